import type { Model } from '../model/types.ts';

const lifeByModel = new WeakMap<Model, number>();

/**
 * Longest life of a cached answer of this model, in milliseconds: after it, counted from when the answer was asked for,
 * nobody uses it any more.
 */
export function maxEntryLifeMs(model: Model): number {
  let lifeMs = lifeByModel.get(model);
  if (lifeMs === undefined) {
    const seconds = model.tables.map(({ cache }) => cache.ttlSeconds + cache.swrSeconds);
    lifeMs = Math.max(0, ...seconds) * 1000;
    lifeByModel.set(model, lifeMs);
  }
  return lifeMs;
}

/** How much longer stamps are kept than any entry that depends on them, in milliseconds. */
const STAMP_MARGIN_MS = 120_000;

/** How long the stamps of a change are kept, in milliseconds. `lifeMs`: longest life of an answer that depends on them. */
export const stampLifeMs = (lifeMs: number): number => lifeMs + STAMP_MARGIN_MS;
