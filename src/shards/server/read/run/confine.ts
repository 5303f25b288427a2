import type { WireValue } from '../../../../model/types.ts';
import { type ShardKey, toShardKey } from '../../../shard-key.ts';
import type { CompiledNode } from '../compile/compiled-node.ts';

/** How a call is held to its shard keys: by its keys where they contain one, else by a condition on the rows. */
export function confine(node: CompiledNode, shardKeys: readonly ShardKey[] | null) {
  const position = node.shardKeyPosition;
  if (shardKeys === null || position < 0) return { shardKeys, keepsKey: null };
  const allowed = new Set(shardKeys);
  const { shardKey } = node.table;
  const keepsKey = (key: readonly unknown[]) =>
    allowed.has(toShardKey(shardKey, key[position] as Exclude<WireValue, null>));
  return { shardKeys: null, keepsKey };
}
