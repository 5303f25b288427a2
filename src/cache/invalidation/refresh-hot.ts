import type { PlanNode } from '../../shards/plan.ts';
import type { HandedCall } from '../../shards/protocol.ts';
import type { ShardKey } from '../../shards/shard-key.ts';
import type { CacheReader } from '../reading/cache-reader.ts';

/**
 * Puts hot answers into the cache anew, right after the stamps that made the old ones worthless. Those that fail are
 * missed by their next reader, as all others are: nothing depends on this.
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
