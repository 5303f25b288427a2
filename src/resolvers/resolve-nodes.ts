import type { GraphQLResolveInfo } from 'graphql';
import { getOrInsert } from '../lib/get-or-insert.ts';
import type { Model, TableModel } from '../model/types.ts';
import { badUserInput } from '../plans/bad-user-input.ts';
import { MAX_NODE_IDS } from '../plans/limits.ts';
import { decodeNodeId, type NodeId } from '../plans/tokens/node-id.ts';
import { shardKeyOf } from '../shards/shard-key.ts';
import type { RequestContext } from './context.ts';
import { type RowOrError, requireFew, rowsInPlace } from './rows-in-place.ts';
import { fieldPlan } from './run/field-plan.ts';
import { fieldRun } from './run/field-run.ts';
import { ReadRun } from './run/read-run.ts';
import { rowOf } from './show/resolved-value.ts';
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
 * Root field `nodes(nodeIds)`: one read per type. An invalid id, or one whose read fails, is an error in its own place; the
 * executor makes it null with a path.
 */
export async function resolveNodes(
  nodeIds: readonly string[],
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<readonly RowOrError[]> {
  const { failures, requestsByTable } = requestedNodes(context.model, nodeIds);
  requireFew(failures);
  if (new Set(nodeIds).size < nodeIds.length) context.sharesRows = true;
  const reads = [...requestsByTable].map(([table, requests]) => {
    const keys = requests.map(({ primaryKey }) => primaryKey);
    return { places: requests.map(({ index }) => index), rows: readRows(table, keys, context, info) };
  });
  return await rowsInPlace(nodeIds.length, failures, reads);
}

interface NodeRequest {
  /** Place among the ids. */
  readonly index: number;
  readonly primaryKey: NodeId['primaryKey'];
}

/** The rows that ids name, by table, and what is wrong with other ids, by their place. */
export function requestedNodes(model: Model, nodeIds: readonly string[]) {
  if (nodeIds.length > MAX_NODE_IDS) {
    throw badUserInput(`Expected at most ${MAX_NODE_IDS} ${model.globalIdField}s, but got ${nodeIds.length}.`);
  }
  const failures = new Map<number, Error>();
  const requestsByTable = new Map<TableModel, NodeRequest[]>();
  for (const [index, nodeId] of nodeIds.entries()) {
    try {
      const { table, primaryKey } = decodeNodeId(model, nodeId);
      getOrInsert(requestsByTable, table, () => []).push({ index, primaryKey });
    } catch (error) {
      failures.set(index, error as Error);
    }
  }
  return { failures, requestsByTable };
}

async function readRows(
  table: TableModel,
  keys: readonly NodeId['primaryKey'][],
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<(Row | null)[]> {
  const field = fieldRun(context, info);
  const read = fieldPlan(field, info, 'nodes').readByTable.get(table)!;
  if (read instanceof Error) throw read;
  const run = new ReadRun(read, field);
  const answers = await run.answers({ keys, shardKeys: keys.map((key) => shardKeyOf(table, key)) });
  return answers.map((answer) => rowOf(run.plan, answer, run));
}
