import { memoizeByObject } from '../lib/memoize-by-object.ts';
import type { Model } from '../model/types.ts';

/**
 * Longest life of a cached answer of this model, in milliseconds: after it, counted from when the answer was requested,
 * it is no longer used.
 */
export const maxEntryLifeMs = memoizeByObject(({ tables }: Model): number => {
  const seconds = tables.map(({ cache }) => cache.ttlSeconds + cache.swrSeconds);
  return Math.max(0, ...seconds) * 1000;
});

/** How much longer stamps are kept than any entry that depends on them, in milliseconds. */
const STAMP_MARGIN_MS = 120_000;

/** How long the stamps of a change are kept, in milliseconds. `lifeMs`: longest life of an answer that depends on them. */
export const stampLifeMs = (lifeMs: number): number => lifeMs + STAMP_MARGIN_MS;
