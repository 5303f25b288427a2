import type { ShardKey } from '../../shard-key.ts';
import type { Routing } from './router-state.ts';

/** Groups indices into `shardKeys` by the shard that owns the key, keeping their order. */
export function groupByOwner(
  indices: readonly number[],
  shardKeyAt: (index: number) => ShardKey,
  routing: Routing,
): Map<string, number[]> {
  const indicesByShard = new Map<string, number[]>();
  const groupByShardKey = new Map<ShardKey, number[]>();
  for (const index of indices) {
    const shardKey = shardKeyAt(index);
    let group = groupByShardKey.get(shardKey);
    if (!group) {
      const shard = routing.ownerOf(shardKey);
      group = indicesByShard.get(shard) ?? [];
      indicesByShard.set(shard, group);
      groupByShardKey.set(shardKey, group);
    }
    group.push(index);
  }
  return indicesByShard;
}
