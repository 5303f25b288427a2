import type { Model } from '../../model/types.ts';
import type { Answer, PlanNode, PlanValue } from '../../shards/plan.ts';
import { toShardKey } from '../../shards/shard-key.ts';
import type { ShardRead } from '../../shards/shard-read.ts';
import type { ReadRun } from '../run/read-run.ts';
import type { RelationKey } from './relation-key.ts';

/** Reads a node for many keys: each on its own shard where the key holds the shard key, else over all shards. */
export function readKeys(
  node: PlanNode,
  values: readonly PlanValue[],
  keys: readonly RelationKey[],
  { field: { context, path }, requirement }: ReadRun,
): Promise<readonly Answer[]> {
  const shardKeys = shardKeysOf(context.model, node, keys);
  return context.reader.read({ node, values, keys, shardKeys }, requirement, path);
}

/** The shard keys among the keys of a node; null where they hold none. */
function shardKeysOf(model: Model, node: PlanNode, keys: readonly RelationKey[]): ShardRead['shardKeys'] {
  const { shardKey, index } = shardKeyIn(model, node);
  return index < 0 ? null : keys.map((key) => toShardKey(shardKey, key[index]!));
}

/** Where the keys of a node hold the shard key; −1: nowhere. Rows reached through a join table have its shard keys. */
export function shardKeyIn(model: Model, { table, match, through }: PlanNode) {
  const { shardKey } = model.table(through?.table ?? table);
  return { shardKey, index: (through?.from ?? match).indexOf(shardKey.name) };
}
