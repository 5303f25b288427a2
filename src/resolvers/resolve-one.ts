import type { GraphQLResolveInfo } from 'graphql';
import type { TableModel } from '../model/types.ts';
import { type KeyInput, rowMatch } from '../plans/arguments/row-key.ts';
import type { OneNodePlan, ReadPlan } from '../plans/node-plan.ts';
import type { RequestContext } from './context.ts';
import { fieldPlan } from './run/field-plan.ts';
import { type FieldRun, fieldRun } from './run/field-run.ts';
import { ReadRun } from './run/read-run.ts';
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
  { by, shardKey }: OneArguments,
  field: FieldRun,
  planOf: (match: readonly string[]) => ReadPlan<OneNodePlan>,
): Promise<Row | null> {
  const match = rowMatch(table, by, shardKey, field.context.access.shardKeyOf(table.typeName));
  const run = new ReadRun(planOf(match.columns), field);
  const [answer] = await run.answers({
    keys: [match.values],
    shardKeys: match.shardKey === null ? null : [match.shardKey],
  });
  return rowOf(run.plan, answer!, run);
}
