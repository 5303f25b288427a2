import type { PlanNode } from '../../shards/plan.ts';
import type { HandedCall } from '../../shards/protocol.ts';
import type { ShardKey } from '../../shards/shard-key.ts';
import type { CacheReader } from '../reading/cache-reader.ts';

/**
 * Refills the cache with hot answers, right after the stamps that invalidated the old ones. An optimisation: an answer that
 * cannot be refilled is a miss for its next reader, like any other.
 */
export async function refreshHot(calls: readonly HandedCall[], reader: CacheReader): Promise<void> {
  await Promise.all(calls.map((call) => reader.refill(toRead(call))));
}

const toRead = ({ plan, values, key, shardKey }: HandedCall) => ({
  node: JSON.parse(plan) as PlanNode,
  values,
  keys: [key],
  shardKeys: [shardKey as ShardKey],
});
