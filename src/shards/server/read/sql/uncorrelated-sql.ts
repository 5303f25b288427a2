/**
 * Related rows that are not looked up from the rows around them: all that may be needed are found once for the statement,
 * which takes time in proportion to their table, however often they are asked for.
 */
import type { AggregateColumn } from '../../../plan/computed.ts';
import type { RelatedRows, Source } from '../../../plan/source.ts';
import { quoteName, ROW_ID } from '../../../sql/sql-text.ts';
import type { SourceFields, StoredField } from '../compile/fields.ts';
import { checkDepth } from './check-depth.ts';
import { and, type Expression, enclosing, expression } from './expression.ts';

/** A row as this file sees it: `RowCompiler`. */
export interface UncorrelatedRow {
  readonly fields: SourceFields;
  readonly alias: string;
  /** Columns of its table, in SQL. */
  columnsSql(names: readonly string[], keeps?: (field: StoredField) => boolean): string[];
  /** Name of a common table expression of the statement. */
  cte(select: string): string;
  /** A row of other rows, which is looked at once. */
  inner(rows: Source): UncorrelatedRow;
  /** What keeps a row of a source, and confines it to the shard keys of the node's rows, as far as they are known. */
  keptOf(source: Source): Expression[];
  /** What an aggregate does with the values `v` of rows, of which this is one. */
  aggregated(column: AggregateColumn): { readonly result: Expression; readonly value: Expression };
}

/** Levels of a row value, or of a result, and of what stands around it. */
const TUPLE_DEPTH = 5;
const COLUMN_DEPTH = 2;

const isNullable = ({ notNull }: StoredField): boolean => !notNull;

/** True if rows that its filter keeps are related to the row, else false; never unknown. */
export function isAmong(row: UncorrelatedRow, related: RelatedRows): Expression {
  const { through, from, match } = related;
  if (through === null) return hasKeyAmong(row, from, related, match);
  return hasKeyAmong(row, from, through, through.from, (joined) => [hasKeyAmong(joined, through.to, related, match)]);
}

function hasKeyAmong(
  outer: UncorrelatedRow,
  from: readonly string[],
  rows: Source,
  match: readonly string[],
  others: (row: UncorrelatedRow) => readonly Expression[] = () => [],
): Expression {
  const row = outer.inner(rows);
  // A NULL among the keys would make unknown what is false.
  const given = row.columnsSql(match, isNullable).map((column) => expression(`${column} IS NOT NULL`));
  const condition = and([...given, ...row.keptOf(rows), ...others(row)]);
  const keys = row.columnsSql(match);
  // Of a plain column, SQLite might look rows up by the keys, instead of reading them in their order.
  const columns = outer.columnsSql(from).map((column) => `+${column}`);
  const tuple = columns.length === 1 ? columns[0]! : `(${columns.join(', ')})`;
  const nullable = outer.columnsSql(from, isNullable);
  const found = `SELECT ${namesOf(keys)} FROM (SELECT ${named(keys)} FROM ${tableSql(row)} WHERE ${condition.sql})`;
  return {
    sql: `(${tuple} IN (${found})${nullable.map((column) => ` AND ${column} IS NOT NULL`).join('')})`,
    depth: TUPLE_DEPTH + nullable.length,
    subqueryDepth: condition.depth + condition.subqueryDepth,
  };
}

/**
 * An aggregate over the rows that are related to the row: a common table expression holds those of all rows, and SQLite
 * makes an index for it.
 */
export function groupedAggregate(outer: UncorrelatedRow, column: AggregateColumn): Expression {
  const { related, function: name } = column;
  const { through } = related;
  const row = outer.inner(related);
  const { result, value } = row.aggregated(column);
  const joined = through && row.inner(through);
  const conditions = row.keptOf(related);
  if (joined) conditions.push(pairedWith(row, related.match, joined, through.to), ...joined.keptOf(through));
  const condition = and(conditions);
  const keys = joined ? joined.columnsSql(through.from) : row.columnsSql(related.match);
  // A row that several join rows lead to counts once.
  const select = joined ? `SELECT DISTINCT ${row.alias}.${ROW_ID},` : 'SELECT';
  const tables = joined ? `${tableSql(joined)} CROSS JOIN ${tableSql(row)}` : tableSql(row);
  const values = `${select} ${named(keys)}, ${value.sql} AS v FROM ${tables} WHERE ${condition.sql}`;
  const groups = outer.cte(`SELECT ${namesOf(keys)}, ${result.sql} AS v FROM (${values}) GROUP BY ${namesOf(keys)}`);
  const inner = enclosing([value, condition], '', 0);
  checkDepth(
    { sql: '', depth: result.depth, subqueryDepth: inner.depth + inner.subqueryDepth },
    'an order or a filter',
  );
  const pairs = outer.columnsSql(related.from).map((outerColumn, at) => `_k${at} = ${outerColumn}`);
  const shown = name === 'count' || name === 'countDistinct' ? 'coalesce(max(v), 0)' : 'max(v)';
  return {
    sql: `(SELECT ${shown} FROM ${groups} WHERE ${pairs.join(' AND ')})`,
    depth: COLUMN_DEPTH + 1,
    subqueryDepth: pairs.length + COLUMN_DEPTH,
  };
}

function pairedWith(
  row: UncorrelatedRow,
  columns: readonly string[],
  other: UncorrelatedRow,
  otherColumns: readonly string[],
): Expression {
  const others = other.columnsSql(otherColumns);
  const pairs = row.columnsSql(columns).map((column, at) => `${column} = ${others[at]}`);
  return expression(pairs.join(' AND '), pairs.length + COLUMN_DEPTH);
}

const tableSql = ({ fields, alias }: UncorrelatedRow): string => `${quoteName(fields.table.sqlName)} ${alias}`;

const named = (keys: readonly string[]): string => keys.map((key, at) => `${key} AS _k${at}`).join(', ');
const namesOf = (keys: readonly string[]): string => keys.map((_, at) => `_k${at}`).join(', ');
