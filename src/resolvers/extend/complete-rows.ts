/**
 * What users' fields give in place of rows and lists becomes what was selected of them: rows that were read already are
 * shown if nothing is missing, all others are read by their keys, each list in one read.
 */

import type { GraphQLResolveInfo } from 'graphql';
import { withArticle } from '../../model/names.ts';
import type { Model, TableModel, WireValue } from '../../model/types.ts';
import { toWire } from '../../plans/arguments/wire-input.ts';
import type { OneNodePlan } from '../../plans/node-plan.ts';
import { planPage } from '../../plans/read-planner.ts';
import { authorsConsistency } from '../../plans/selection/asked-consistency.ts';
import { FieldArguments } from '../../plans/selection/field-arguments.ts';
import { matchOn } from '../../shards/plan/node.ts';
import { shardKeyOf } from '../../shards/shard-key.ts';
import type { RequestContext } from '../context.ts';
import { readList } from '../resolve-list.ts';
import { spendRows } from '../row-budget.ts';
import { fieldRun } from '../run/field-run.ts';
import { ReadRun } from '../run/read-run.ts';
import type { Connection } from '../show/connection.ts';
import { rowOf } from '../show/resolved-value.ts';
import { cellOf, Row, storedCellOf } from '../show/row.ts';
import { UserCodeError } from '../user-code-error.ts';
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
  const field = fieldRun(context, info);
  const rows: (Row | null)[] = new Array(given.length).fill(null);
  const missingByTable = new Map<TableModel, { readonly index: number; readonly key: PrimaryKey }[]>();
  // All rows of a level share a run, so that their relations are read together.
  const runOf = (source: TableModel): ReadRun<OneNodePlan> =>
    field.operation.keptAt(
      info.path,
      `rows of ${source.typeName}`,
      () => new ReadRun(field.operation.rowsAt(info.path, source), field),
    );
  for (const [index, item] of given.entries()) {
    if (item === null || item === undefined) continue;
    const known = typeof item === 'object' ? (item instanceof Row ? item : rowOfData(item)) : undefined;
    const source = tableOf(item, known, table, context.model);
    // The caller may not see that type at all.
    if (source === null) continue;
    // With all rights it was read from another model: whether the caller may see it is not known.
    const shown = known && known.table === source && project(known, runOf(source));
    if (shown) {
      rows[index] = shown;
      continue;
    }
    const missing = missingByTable.get(source) ?? [];
    missingByTable.set(source, missing);
    missing.push({ index, key: known ? keyOfRow(known) : keyOf(source, item as object) });
  }
  await Promise.all(
    [...missingByTable].map(async ([source, missing]) => {
      const keys = missing.map(({ key }) => key);
      const read = await readRows(runOf(source), source, keys);
      for (const [position, { index }] of missing.entries()) rows[index] = read[position]!;
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
    const field = fieldRun(context, info);
    const { kind, scope } = field.operation;
    const fixed = authorsConsistency(kind, given.consistency);
    const args = FieldArguments.ofCode(given.args);
    const selected = field.operation.selectionAt(info.path);
    return readList(table, given.args, field, (match) =>
      planPage(scope, table, matchOn(match), `Query.${table.list}`, args, selected, fixed),
    );
  }
  const at = `${info.parentType.name}.${info.fieldName}`;
  throw misuse(`Expected ${at} to give context.connection('${table.typeName}', …), but got another value.`);
}

function tableOf(item: unknown, known: Row | undefined, table: TableModel | null, model: Model): TableModel | null {
  if (known && (table === null || known.table.typeName === table.typeName))
    return model.tableByType.get(known.table.typeName) ?? null;
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
function project(row: Row, run: ReadRun<OneNodePlan>): Row | undefined {
  const {
    compiled: { node },
    view,
  } = run.plan;
  const { columnIndex } = row.view.shape;
  if (node.relations.length > 0 || !node.columns.every((column) => columnIndex.has(column))) return undefined;
  return new Row(
    view,
    node.columns.map((column) => storedCellOf(row.view.shape, row.cells, column)),
    run,
  );
}

async function readRows(
  run: ReadRun<OneNodePlan>,
  table: TableModel,
  keys: readonly PrimaryKey[],
): Promise<(Row | null)[]> {
  const answers = await run.answers({ keys, shardKeys: keys.map((key) => shardKeyOf(table, key)) });
  for (const answer of answers) spendRows(run.field.context, answer);
  return answers.map((answer) => rowOf(run.plan, answer, run));
}
