import type { WireValue } from '../../model/types.ts';
import type { PlanValues } from '../../plans/node-plan.ts';
import type { Answer, PlanNode } from '../../shards/plan.ts';
import { toShardKey } from '../../shards/shard-key.ts';
import type { FieldRead } from '../consistency/field-read.ts';

/** Values of the columns that rows are matched by. */
export type RelationKey = readonly Exclude<WireValue, null>[];

/** Reads a node for many keys: each on its own shard where the key holds the shard key, else over all shards. */
export function readKeys(
  node: PlanNode,
  values: PlanValues,
  keys: readonly RelationKey[],
  { context: { model, reader }, requirement, path }: FieldRead,
): Promise<readonly Answer[]> {
  // Rows reached through a join table have its shard keys.
  const { shardKey } = model.table(node.through?.table ?? node.table);
  const index = (node.through?.from ?? node.match).indexOf(shardKey.name);
  const shardKeys = index < 0 ? null : keys.map((key) => toShardKey(shardKey, key[index]!));
  return reader.read({ node, values, keys, shardKeys }, requirement, path);
}
