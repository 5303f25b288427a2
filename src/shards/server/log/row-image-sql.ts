/** SQL expressions that write log images; the encoding is described in `row-image.ts`. */
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { MAX_FUNCTION_ARGUMENTS } from '../../limits.ts';
import { balanced, orSql, quoteName, quoteText, sumOf } from '../../sql/sql-text.ts';
import type { LoggedTable, StoredColumn } from './logged-table.ts';

const VERSION: StoredColumn = { sqlName: ROW_VERSION_COLUMN, mayBeReal: false };

const encoder = new TextEncoder();
const byteLength = (text: string): number => encoder.encode(text).length;

const concat = (terms: readonly string[]): string =>
  balanced(terms, MAX_FUNCTION_ARGUMENTS, (some) => `concat(${some.join(', ')})`);

/** `row` is `OLD`, `NEW` or an alias, here and below. */
const reference = (row: string, column: StoredColumn): string => `${row}.${quoteName(column.sqlName)}`;

function field(row: string, column: StoredColumn): string {
  const name = quoteText(`${byteLength(column.sqlName)}:${column.sqlName}`);
  const value = reference(row, column);
  const encoded = column.mayBeReal
    ? `CASE typeof(${value}) WHEN 'real' THEN printf('%!.17g', ${value}) ELSE ${value} END`
    : value;
  return `concat(${name}, substr(typeof(${value}), 1, 1), octet_length(${encoded}), ':', ${encoded})`;
}

const image = (fields: readonly string[]): string => `CAST(${concat(fields)} AS BLOB)`;

/** The whole row, its version first. */
export const rowImageSql = ({ columns }: LoggedTable, row: string): string =>
  image([VERSION, ...columns].map((column) => field(row, column)));

/** The primary key. */
export const keyImageSql = ({ primaryKey }: Pick<LoggedTable, 'primaryKey'>, row: string): string =>
  image(primaryKey.map((column) => field(row, column)));

/** The row version alone. */
export const versionImageSql = (row: string): string => image([field(row, VERSION)]);

/**
 * True if two states of a column differ. A change of type or case alone is a change: `IS` is not enough, as 1 equals 1.0
 * and collations may ignore case.
 */
function differsSql(column: StoredColumn, before: string, after: string): string {
  const [old, current] = [reference(before, column), reference(after, column)];
  return `${old} COLLATE BINARY IS NOT ${current} OR typeof(${old}) <> typeof(${current})`;
}

/** True if two states of a row differ in one of the columns. */
export const anyDiffersSql = (columns: readonly StoredColumn[], before: string, after: string): string =>
  orSql(columns.map((column) => differsSql(column, before, after)));

/** The old version, and old values of the columns that an update changed, in the same order. */
export const changesImageSql = ({ columns }: LoggedTable): string =>
  image([
    field('OLD', VERSION),
    ...columns.map(
      (column) => `CASE WHEN ${differsSql(column, 'OLD', 'NEW')} THEN ${field('OLD', column)} ELSE '' END`,
    ),
  ]);

/** Bytes that a field takes besides its name and value, at most: lengths, separators, a real in 17 digits. */
const FIELD_OVERHEAD_BYTES = 40;

/**
 * Bytes of the log row that a delete of this row will need, rounded up by some bytes per column: the greater of the
 * row and its log row, since the log row holds all of the row and its keys again.
 */
export function loggedBytesSql({ columns, primaryKey }: LoggedTable, shardKey: StoredColumn): string {
  const all = [...columns, ...primaryKey, shardKey];
  const overhead = all.reduce((sum, column) => sum + FIELD_OVERHEAD_BYTES + byteLength(column.sqlName), 200);
  const lengths = all.map((column) => `coalesce(octet_length(${reference('NEW', column)}), 0)`);
  return `${sumOf(lengths)} + ${overhead}`;
}
