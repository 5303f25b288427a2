import type { GraphQLResolveInfo } from 'graphql';
import type { TableModel } from '../model/types.ts';
import { badUserInput } from '../plans/bad-user-input.ts';
import { MAX_NODE_IDS } from '../plans/limits.ts';
import { matchOn, PlanMaker } from '../plans/plan-maker.ts';
import { decodeNodeId, type NodeId } from '../plans/tokens/node-id.ts';
import type { OneAnswer } from '../shards/plan.ts';
import { shardKeyOf } from '../shards/shard-key.ts';
import { placedNodes } from './consistency/placed-nodes.ts';
import type { RequestContext } from './context.ts';
import { readPlan } from './read-plan.ts';
import { rowOf } from './show/answer-source.ts';
import type { Row } from './show/row.ts';

/** Root field `node(nodeId)`. */
export async function resolveNode(
  nodeId: string,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<Row | null> {
  const { table, primaryKey } = decodeNodeId(context.model, nodeId);
  const [row] = await readRows(table, [primaryKey], context, info);
  return row!;
}

/**
 * Root field `nodes(nodeIds)`: one read per type. An id that is none, or whose read fails, is an error in its own
 * place; the executor makes it null with a path.
 */
export async function resolveNodes(
  nodeIds: readonly string[],
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<(Row | null | Error)[]> {
  if (nodeIds.length > MAX_NODE_IDS) {
    throw badUserInput(`Expected at most ${MAX_NODE_IDS} nodeIds, but got ${nodeIds.length}.`);
  }
  const nodes: (Row | null | Error)[] = new Array(nodeIds.length).fill(null);
  const wantedByTable = new Map<TableModel, { index: number; primaryKey: NodeId['primaryKey'] }[]>();
  for (const [index, nodeId] of nodeIds.entries()) {
    try {
      const { table, primaryKey } = decodeNodeId(context.model, nodeId);
      const wanted = wantedByTable.get(table) ?? [];
      wantedByTable.set(table, wanted);
      wanted.push({ index, primaryKey });
    } catch (error) {
      nodes[index] = error as Error;
    }
  }
  await Promise.all(
    [...wantedByTable].map(async ([table, wanted]) => {
      const keys = wanted.map(({ primaryKey }) => primaryKey);
      const rows = await readRows(table, keys, context, info).catch((error: Error) => keys.map(() => error));
      for (const [position, { index }] of wanted.entries()) nodes[index] = rows[position]!;
    }),
  );
  return nodes;
}

async function readRows(
  table: TableModel,
  keys: readonly NodeId['primaryKey'][],
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<(Row | null)[]> {
  const columns = table.primaryKey.names;
  const maker = new PlanMaker(context.model, info);
  const plan = maker.one(table, matchOn(columns), placedNodes(info));
  const answers = await readPlan(
    maker,
    {
      node: plan.node,
      keys,
      shardKeys: keys.map((key) => shardKeyOf(table, key)),
    },
    context,
    info,
  );
  return answers.map((answer) => rowOf(plan, answer as OneAnswer));
}
