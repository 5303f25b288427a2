import { getOrInsert } from '../../../lib/get-or-insert.ts';
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
    const groupOfOwner = () => getOrInsert(indicesByShard, routing.ownerOf(shardKey), (): number[] => []);
    getOrInsert(groupByShardKey, shardKey, groupOfOwner).push(index);
  }
  return indicesByShard;
}
