import type { GraphQLResolveInfo } from 'graphql';
import type { TableModel } from '../model/types.ts';
import { type KeyInput, rowMatch } from '../plans/arguments/row-key.ts';
import { matchOn } from '../plans/plan-maker.ts';
import type { OneAnswer } from '../shards/plan.ts';
import { placedNodes } from './consistency/placed-nodes.ts';
import type { RequestContext } from './context.ts';
import { plannedRead } from './plan/planned-read.ts';
import { readPlan } from './read-plan.ts';
import { rowOf } from './show/answer-source.ts';
import type { Row } from './show/row.ts';

export interface OneArguments {
  readonly by: KeyInput;
  readonly shardKey?: unknown;
}

/** Root field `customer(by, shardKey)`. The read starts in the caller's tick, so that it can share an RPC with others. */
export async function resolveOne(
  table: TableModel,
  { by, shardKey }: OneArguments,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<Row | null> {
  const match = rowMatch(table, by, shardKey);
  const on = matchOn(match.columns);
  const { maker, plan } = plannedRead(context.model, info, on, (maker) => maker.one(table, on, placedNodes(info)));
  const [answer] = await readPlan(
    maker,
    {
      node: plan.node,
      keys: [match.values],
      shardKeys: match.shardKey === null ? null : [match.shardKey],
    },
    context,
    info,
  );
  return rowOf(plan, answer as OneAnswer);
}
