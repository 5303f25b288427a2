import type { GraphQLResolveInfo } from 'graphql';
import type { TableModel } from '../model/types.ts';
import { shardKeyArgument } from '../plans/arguments/row-key.ts';
import { shardKeyOfWhere } from '../plans/filter/filter.ts';
import { type ListArguments, matchOn } from '../plans/plan-maker.ts';
import type { PageAnswer } from '../shards/plan.ts';
import { toShardKey } from '../shards/shard-key.ts';
import { placedNodes } from './consistency/placed-nodes.ts';
import type { RequestContext } from './context.ts';
import { plannedAnew, plannedRead } from './plan/planned-read.ts';
import { readPlan } from './read-plan.ts';
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
): Promise<Connection> => readList(table, args, context, info, plannedRead);

/**
 * The same with arguments that do not stand in the document.
 *
 * @param planned makes the plan.
 */
export async function readList(
  table: TableModel,
  args: RootListArguments,
  context: RequestContext,
  info: GraphQLResolveInfo,
  planned: typeof plannedRead = plannedAnew,
): Promise<Connection> {
  const argument = shardKeyArgument(table, args.shardKey);
  const shardKey = argument ?? (args.where ? shardKeyOfWhere(table, args.where) : undefined);
  const match = matchOn(shardKey === undefined ? [] : [table.shardKey.name]);
  const { maker, plan } = planned(context.model, info, match, (maker) =>
    maker.page(table, match, `Query.${table.list}`, args, placedNodes(info)),
  );
  const [answer] = await readPlan(
    maker,
    {
      node: plan.node,
      keys: [shardKey === undefined ? [] : [shardKey]],
      shardKeys: shardKey === undefined ? null : [toShardKey(table.shardKey, shardKey)],
    },
    context,
    info,
  );
  return new Connection(plan, answer as PageAnswer);
}
