import { propertyOf } from '../../model/field-names.ts';
import type { IndexModel, Model, TableModel } from '../../model/types.ts';
import type { AdvisedIndex } from '../advice.ts';
import type { SlowRead } from '../isolate-report.ts';
import type { IndexNeeds } from './index-needs.ts';

/** Columns that an index serves of what a plan needs. */
interface Served {
  /** Columns that must equal a value, which it begins with. */
  readonly equals: number;
  /** The next column is one of a range. */
  readonly hasRange: boolean;
  /** The next columns are those of the order. */
  readonly isOrdered: boolean;
}

/** The columns of an index that would serve the plan; null: an index has them, or none could help. */
export function missingColumns(model: Model, needs: IndexNeeds): readonly string[] | null {
  const table = model.tableByType.get(needs.table);
  if (table === undefined) return null;
  const columns = wantedColumns(table, needs);
  if (columns.length === 0 || findsOneRow(table, needs)) return null;
  return indexesOf(table).some((index) => serves(table, index, needs)) ? null : columns;
}

/**
 * The same of an index that is declared for a read of some or all shard keys: one that begins with the shard key serves them one by one.
 * Null as well for lists that all rows are looked at for, and lookups.
 */
export function undeclaredColumns(model: Model, needs: IndexNeeds): readonly string[] | null {
  const shardKey = model.tableByType.get(needs.table)?.shardKey.name;
  if (shardKey === undefined || needs.limit === null || needs.order.length === 0) return null;
  const columns = missingColumns(model, needs);
  if (columns === null || needs.equals.includes(shardKey)) return columns;
  const order = needs.order.filter(({ column }) => column !== shardKey);
  return missingColumns(model, { ...needs, equals: [shardKey, ...needs.equals], order });
}

/** The shard key first, then what equals a value, then the range or the order. */
function wantedColumns(table: TableModel, needs: IndexNeeds): string[] {
  const { shardKey, columnByName } = table;
  const equals = needs.equals
    .filter((column) => columnByName.has(column))
    .sort((a, b) => Number(b === shardKey.name) - Number(a === shardKey.name));
  const [range] = needs.ranges.filter((column) => columnByName.has(column));
  const order = orderColumns(table, needs);
  const rest = range === undefined ? order : order[0] === range ? order : [range];
  return [...equals, ...rest];
}

/**
 * What delivers the order: as many columns as have one direction, as an index is read forwards or backwards. The primary key's, which come
 * last, only put rows in order that are equal in all others.
 */
function orderColumns({ primaryKey }: TableModel, { order, limit }: IndexNeeds): string[] {
  if (limit === null || order.length === 0) return [];
  const turn = order.findIndex(({ descending }) => descending !== order[0]!.descending);
  const columns = order.slice(0, turn < 0 ? order.length : turn).map(({ column }) => column);
  const last = columns.findLastIndex((column) => !primaryKey.names.includes(column));
  return last < 0 ? columns : columns.slice(0, last + 1);
}

const findsOneRow = ({ primaryKey, uniqueKeys }: TableModel, { equals }: IndexNeeds): boolean =>
  [primaryKey, ...uniqueKeys].some(({ names }) => names.every((name) => equals.includes(name)));

const indexesOf = ({ primaryKey, uniqueKeys, indexes }: TableModel): (readonly (string | null)[])[] => [
  ...[primaryKey, ...uniqueKeys].map(({ names }) => names),
  ...indexes.filter(({ partial, liveOnly }) => !partial || liveOnly).map(({ columns }) => columns),
];

/** No other index would serve the plan better. */
function serves(table: TableModel, index: readonly (string | null)[], needs: IndexNeeds): boolean {
  const { equals, hasRange, isOrdered } = servedBy(table, index, needs);
  if (equals < needs.equals.length) return false;
  return needs.ranges.length > 0 ? hasRange || isOrdered : isOrdered;
}

function servedBy(table: TableModel, index: readonly (string | null)[], needs: IndexNeeds): Served {
  const other = index.findIndex((column) => column === null || !needs.equals.includes(column));
  const equals = other < 0 ? index.length : other;
  const rest = index.slice(equals);
  const order = orderColumns(table, needs);
  return {
    equals,
    hasRange: rest[0] != null && needs.ranges.includes(rest[0]),
    isOrdered: order.every((column, at) => rest[at] === column),
  };
}

/**
 * Rows that the platform counts for a read by an index that serves it: each row is one of the index and one of the table, one row more
 * is read of each key to know whether there are further ones, and one is where the index ends. Null: not known, as other rows are read and left out too.
 */
export function predictedRows(
  table: TableModel,
  needs: IndexNeeds,
  columns: readonly string[],
  { keys, rowsReturned }: Pick<SlowRead, 'keys' | 'rowsReturned'>,
): number | null {
  const { ranges, order, limit, hasOtherTests } = needs;
  const isInOrder = orderColumns(table, needs).every((column, at) => columns[needs.equals.length + at] === column);
  const isWhole = limit === null || rowsReturned < limit * keys;
  // How many rows are counted or left out is not known; nor how many there are beyond a page that is put in order.
  if (hasOtherTests || ranges.length > 1 || limit === null) return null;
  if (!isInOrder && order.length > 0 && !isWhole) return null;
  return ROWS_PER_ROW * (rowsReturned + (isWhole ? 0 : keys)) + keys;
}

const ROWS_PER_ROW = 2;

/** An index on those columns, ready to be declared. */
export function advisedIndex(
  model: Model,
  table: TableModel,
  columns: readonly string[],
  rows: Pick<AdvisedIndex, 'rowsReadNow' | 'rowsReadThen'>,
): AdvisedIndex {
  const [name, sqlNames] = [nameOf(table, columns), sqlNamesOf(table, columns)];
  return {
    name,
    columns,
    drizzle: declaredIndex(model, table, columns),
    ddl: `CREATE INDEX ${quoted(name)} ON ${quoted(table.sqlName)} (${sqlNames.map(quoted).join(', ')})`,
    ...rows,
  };
}

/** As it stands in the model. */
export function declaredIndex(model: Model, table: TableModel, columns: readonly string[]): string {
  const properties = columns.map((name) => `t.${propertyOf(model.globalIdField, name)}`);
  return `index('${nameOf(table, columns)}').on(${properties.join(', ')}),`;
}

function nameOf(table: TableModel, columns: readonly string[]): string {
  const others = sqlNamesOf(table, columns).filter((column) => column !== table.shardKey.sqlName);
  return `${table.sqlName}_by_${others.join('_and_')}`;
}

const sqlNamesOf = (table: TableModel, columns: readonly string[]): string[] =>
  columns.map((name) => table.columnByName.get(name)!.sqlName);

/** One that the model declares, to be dropped. */
export function droppedIndex(model: Model, { name, columns }: IndexModel): AdvisedIndex {
  const known = columns.filter((column) => column !== null);
  const properties = known.map((column) => `t.${propertyOf(model.globalIdField, column)}`);
  return {
    ...{ name, columns: known, rowsReadNow: null, rowsReadThen: null },
    drizzle: `index('${name}').on(${properties.join(', ')}),`,
    ddl: `DROP INDEX ${quoted(name)}`,
  };
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
