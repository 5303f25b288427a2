import { askAgain, type CacheableRead } from '../../shards/plan/read.ts';
import type { CacheReader } from '../reading/cache-reader.ts';

/**
 * Refills the cache with hot answers, right after the stamps that invalidated the old ones. An optimisation: an answer that
 * cannot be refilled is a miss for its next reader, like any other.
 */
export async function refreshHot(calls: readonly CacheableRead[], reader: CacheReader): Promise<void> {
  await Promise.all(calls.map((call) => reader.refill(askAgain(call))));
}
