/**
 * What users' fields give in place of rows and lists becomes what was selected of them: rows that were read already are
 * shown if nothing is missing, all others are read by their keys, each list in one read.
 */
import type { GraphQLResolveInfo } from 'graphql';
import { withArticle } from '../../model/names.ts';
import type { TableModel, WireValue } from '../../model/types.ts';
import { toWire } from '../../plans/arguments/wire-input.ts';
import type { OneNodePlan } from '../../plans/node-plan.ts';
import { matchOn, PlanMaker } from '../../plans/plan-maker.ts';
import { fixedConsistency, withAuthorsConsistency } from '../../plans/selection/asked-consistency.ts';
import type { OneAnswer } from '../../shards/plan.ts';
import { shardKeyOf } from '../../shards/shard-key.ts';
import { placedNodes } from '../consistency/placed-nodes.ts';
import type { RequestContext } from '../context.ts';
import { readPlan } from '../read-plan.ts';
import { readList } from '../resolve-list.ts';
import { spendRows } from '../row-budget.ts';
import { rowOf } from '../show/answer-source.ts';
import type { Connection } from '../show/connection.ts';
import { cellOf, Row, storedCellOf } from '../show/row.ts';
import { UserCodeError } from '../unforeseen-error.ts';
import { ListReference } from './list-reference.ts';
import { rowOfData } from './row-data.ts';

type PrimaryKey = readonly Exclude<WireValue, null>[];

/** `table`: of a field whose type is a row; null for the interface of all rows. */
export async function completeRows(
  given: readonly unknown[],
  table: TableModel | null,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<(Row | null)[]> {
  const rows: (Row | null)[] = new Array(given.length).fill(null);
  const wantedByTable = new Map<TableModel, { readonly index: number; readonly key: PrimaryKey }[]>();
  for (const [index, item] of given.entries()) {
    if (item === null || item === undefined) continue;
    const known = typeof item === 'object' ? (item instanceof Row ? item : rowOfData(item)) : undefined;
    const source = tableOf(item, known, table);
    const shown = known && project(known, planOf(source, context, info).plan);
    if (shown) {
      rows[index] = shown;
      continue;
    }
    const wanted = wantedByTable.get(source) ?? [];
    wantedByTable.set(source, wanted);
    wanted.push({ index, key: known ? keyOfRow(known) : keyOf(source, item as object) });
  }
  await Promise.all(
    [...wantedByTable].map(async ([source, wanted]) => {
      const keys = wanted.map(({ key }) => key);
      const read = await readRows(source, keys, context, info);
      for (const [position, { index }] of wanted.entries()) rows[index] = read[position]!;
    }),
  );
  return rows;
}

/** The page of a list that users' code named. */
export async function completeList(
  given: unknown,
  table: TableModel,
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<Connection> {
  if (given instanceof ListReference && given.table === table) {
    return readList(table, given.args, context, withAuthorsConsistency(info, given.consistency));
  }
  const at = `${info.parentType.name}.${info.fieldName}`;
  throw misuse(`Expected ${at} to give context.connection('${table.typeName}', …), but got another value.`);
}

function tableOf(item: unknown, known: Row | undefined, table: TableModel | null): TableModel {
  if (known && (table === null || known.table === table)) return known.table;
  if (table !== null && !known && typeof item === 'object' && holdsKey(table, item as object)) return table;
  if (table === null) throw misuse('Expected a row that context.load and its like gave, but got another value.');
  const key = table.primaryKey.names.join(', ');
  throw misuse(
    `Expected ${withArticle(table.typeName)}: a row that context.load and its like gave, or an object with its primary key (${key}), but got ${known ? withArticle(known.table.typeName) : 'another value'}.`,
  );
}

/** What a field gave is its author's to mend. */
const misuse = (message: string): UserCodeError => new UserCodeError(new TypeError(message));

const holdsKey = ({ primaryKey }: TableModel, item: object): boolean =>
  primaryKey.names.every((name) => ((item as Record<string, unknown>)[name] ?? null) !== null);

const keyOf = (table: TableModel, item: object): PrimaryKey =>
  table.primaryKey.columns.map((column) => toWire(table, column, (item as Record<string, unknown>)[column.name]));

const keyOfRow = (row: Row): PrimaryKey =>
  row.table.primaryKey.names.map((name) => cellOf(row.view.shape, row.cells, name)) as unknown as PrimaryKey;

/** The row as the plan would have read it; undefined if it does not hold all that the plan reads. */
function project(row: Row, { node, view }: OneNodePlan): Row | undefined {
  const { columnIndex } = row.view.shape;
  if (node.relations.length > 0 || !node.columns.every((column) => columnIndex.has(column))) return undefined;
  return new Row(
    view,
    node.columns.map((column) => storedCellOf(row.view.shape, row.cells, column)),
  );
}

async function readRows(
  table: TableModel,
  keys: readonly PrimaryKey[],
  context: RequestContext,
  info: GraphQLResolveInfo,
): Promise<(Row | null)[]> {
  const { plan, maker } = planOf(table, context, info);
  const shardKeys = keys.map((key) => shardKeyOf(table, key));
  const answers = await readPlan(maker, { node: plan.node, keys, shardKeys }, context, info);
  for (const answer of answers) spendRows(context, answer);
  return answers.map((answer) => rowOf(plan, answer as OneAnswer));
}

interface FinishPlan {
  readonly plan: OneNodePlan;
  readonly maker: PlanMaker;
}

/** By the field's nodes, which the executor makes once per execution and place: all rows of a place share a plan. */
const plansByNodes = new WeakMap<GraphQLResolveInfo['fieldNodes'], Map<TableModel, FinishPlan>>();

function planOf(table: TableModel, context: RequestContext, info: GraphQLResolveInfo): FinishPlan {
  let plans = plansByNodes.get(info.fieldNodes);
  if (!plans) {
    plans = new Map();
    plansByNodes.set(info.fieldNodes, plans);
  }
  let made = plans.get(table);
  if (!made) {
    const maker = new PlanMaker(context.model, info, fixedConsistency(withAuthorsConsistency(info, undefined)));
    const match = matchOn(table.primaryKey.names);
    made = { plan: maker.one(table, match, placedNodes(info)), maker };
    plans.set(table, made);
  }
  return made;
}
