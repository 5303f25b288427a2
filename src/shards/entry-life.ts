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
const STAMP_MARGIN_MS = 180_000;

/**
 * How long stamps are kept, in milliseconds. `lifeMs`: longest life of an answer that depends on them. A trace lasts for two lives, so
 * that answers may still be cached one life after the stamps were put.
 */
export const stampLifeMs = (lifeMs: number): number => 2 * lifeMs + STAMP_MARGIN_MS;
