import type { Model } from '../../model/types.ts';
import type { RelationKey } from '../../plans/node-plan.ts';
import type { AnswerOf } from '../../shards/plan/answer.ts';
import type { CompiledPlan } from '../../shards/plan/compiled-plan.ts';
import type { PlanNode } from '../../shards/plan/node.ts';
import type { Read } from '../../shards/plan/read.ts';
import type { PlanValue } from '../../shards/plan/value.ts';
import { toShardKey } from '../../shards/shard-key.ts';
import type { ReadRun } from '../run/read-run.ts';

/** Reads a plan for many keys: each on its own shard where the key holds the shard key, else over all shards. */
export async function readKeys<Node extends PlanNode>(
  plan: CompiledPlan<Node>,
  values: readonly PlanValue[],
  keys: readonly RelationKey[],
  { field: { context, path }, requirement }: ReadRun,
): Promise<readonly AnswerOf<Node>[]> {
  const shardKeys = shardKeysOf(context.model, plan.node, keys);
  return context.reader.read({ plan, values, keys, shardKeys }, requirement, path);
}

/** The shard keys among the keys of a node; null where they hold none. */
function shardKeysOf(model: Model, node: PlanNode, keys: readonly RelationKey[]): Read['shardKeys'] {
  const { shardKey, index } = shardKeyIn(model, node);
  return index < 0 ? null : keys.map((key) => toShardKey(shardKey, key[index]!));
}

/** Where the keys of a node hold the shard key; −1: nowhere. Rows reached through a join table have its shard keys. */
export function shardKeyIn(model: Model, { table, match, through }: PlanNode) {
  const { shardKey } = model.table(through?.table ?? table);
  return { shardKey, index: (through?.from ?? match).indexOf(shardKey.name) };
}
