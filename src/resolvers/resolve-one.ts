import type { GraphQLResolveInfo } from 'graphql';
import type { TableModel } from '../model/types.ts';
import { type KeyInput, rowMatch } from '../plans/arguments/row-key.ts';
import type { OneNodePlan, ReadPlan } from '../plans/node-plan.ts';
import type { RequestContext } from './context.ts';
import { type BegunRead, beginRead } from './run/begun-read.ts';
import { fieldPlan } from './run/field-plan.ts';
import { type FieldRun, fieldRun } from './run/field-run.ts';
import { rowOf } from './show/resolved-value.ts';
import type { Row } from './show/row.ts';

export interface OneArguments {
  readonly by: KeyInput;
  readonly shardKey?: unknown;
}

/** Root field `customer(by, shardKey)`. The read starts in the caller's tick, so that it can share an RPC with others. */
export const resolveOne = (
  table: TableModel,
  args: OneArguments,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<Row | null> => {
  const field = fieldRun(context, info);
  return readOne(table, args, field, () => fieldPlan(field, info, 'one').read);
};

/**
 * The same with any plan of a row.
 *
 * @param planOf the plan that finds the row by these columns.
 */
export async function readOne(
  table: TableModel,
  args: OneArguments,
  field: FieldRun,
  planOf: (match: readonly string[]) => ReadPlan<OneNodePlan>,
): Promise<Row | null> {
  const { plan, run, answers } = beginOne(table, args, field, planOf);
  const [answer] = await answers;
  return rowOf(plan, answer!, run);
}

/** Asks for the row. */
export function beginOne(
  table: TableModel,
  { by, shardKey }: OneArguments,
  field: FieldRun,
  planOf: (match: readonly string[]) => ReadPlan<OneNodePlan>,
): BegunRead<OneNodePlan> {
  const match = rowMatch(table, by, shardKey, field.context.access.shardKeyOf(table.typeName));
  return beginRead(planOf(match.columns), field, {
    keys: [match.values],
    shardKeys: match.shardKey === null ? null : [match.shardKey],
  });
}
