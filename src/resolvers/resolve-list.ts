import type { GraphQLResolveInfo } from 'graphql';
import type { TableModel } from '../model/types.ts';
import { shardKeyOfList } from '../plans/compile-operation.ts';
import type { PageNodePlan, ReadPlan } from '../plans/node-plan.ts';
import type { ListArguments } from '../plans/read-planner.ts';
import { toShardKey } from '../shards/shard-key.ts';
import type { RequestContext } from './context.ts';
import { type BegunRead, beginRead } from './run/begun-read.ts';
import { fieldPlan } from './run/field-plan.ts';
import { type FieldRun, fieldRun } from './run/field-run.ts';
import { Connection } from './show/connection.ts';

export interface RootListArguments extends ListArguments {
  readonly shardKey?: unknown;
}

/** Root field `customers(where, …, shardKey)`: one shard if the arguments name the shard key, else all of them. */
export const resolveList = (
  table: TableModel,
  args: RootListArguments,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<Connection> => {
  const field = fieldRun(context, info);
  return readList(table, args, field, () => fieldPlan(field, info, 'list').read);
};

/**
 * The same with any plan of a list.
 *
 * @param planOf the plan for these arguments, matched by their shard key if they name one.
 */
export async function readList(
  table: TableModel,
  args: RootListArguments,
  field: FieldRun,
  planOf: (match: readonly string[]) => ReadPlan<PageNodePlan>,
): Promise<Connection> {
  const { plan, run, answers } = beginList(table, args, field, planOf);
  const [answer] = await answers;
  return new Connection(plan, answer!, run);
}

/** Asks for the page. */
export function beginList(
  table: TableModel,
  args: RootListArguments,
  field: FieldRun,
  planOf: (match: readonly string[]) => ReadPlan<PageNodePlan>,
): BegunRead<PageNodePlan> {
  const shardKey = shardKeyOfList(field.context.access, table, args);
  return beginRead(planOf(shardKey === undefined ? [] : [table.shardKey.name]), field, {
    keys: [shardKey === undefined ? [] : [shardKey]],
    shardKeys: shardKey === undefined ? null : [toShardKey(table.shardKey, shardKey)],
  });
}
