/** SQL expressions that write log images; the encoding is described in `image.ts`. */
import type { ColumnModel, TableModel } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { MAX_FUNCTION_ARGUMENTS } from '../../limits.ts';
import { balanced, quoteName, quoteText, sumOf } from '../sql-text.ts';

/** What images need to know of a column. */
interface StoredColumn {
  readonly sqlName: string;
  /** The column can hold REALs. Columns of TEXT affinity cannot, which makes their SQL shorter. */
  readonly mayBeReal: boolean;
}

const VERSION: StoredColumn = { sqlName: ROW_VERSION_COLUMN, mayBeReal: false };

const toStoredColumn = (column: ColumnModel): StoredColumn => ({
  sqlName: column.sqlName,
  mayBeReal: column.wire !== 'text',
});

/** Columns whose values a row consists of: generated ones follow from the others. */
const storedColumns = (table: TableModel): StoredColumn[] =>
  table.columns.filter((column) => !column.generated).map(toStoredColumn);

/** As they follow each other in images: what is often asked for is at the beginning of what may be megabytes. */
const loggedColumns = (table: TableModel, first: readonly ColumnModel[]): StoredColumn[] => {
  const names = new Set(first.map(({ sqlName }) => sqlName));
  const { true: leading = [], false: rest = [] } = Object.groupBy(storedColumns(table), ({ sqlName }) =>
    names.has(sqlName) ? 'true' : 'false',
  );
  return [...leading, ...rest];
};

const encoder = new TextEncoder();
const byteLength = (text: string): number => encoder.encode(text).length;

const concat = (terms: readonly string[]): string =>
  balanced(terms, MAX_FUNCTION_ARGUMENTS, (some) => `concat(${some.join(', ')})`);

const reference = (row: 'OLD' | 'NEW', column: StoredColumn): string => `${row}.${quoteName(column.sqlName)}`;

function field(row: 'OLD' | 'NEW', column: StoredColumn): string {
  const name = quoteText(`${byteLength(column.sqlName)}:${column.sqlName}`);
  const value = reference(row, column);
  const encoded = column.mayBeReal
    ? `CASE typeof(${value}) WHEN 'real' THEN printf('%!.17g', ${value}) ELSE ${value} END`
    : value;
  return `concat(${name}, substr(typeof(${value}), 1, 1), octet_length(${encoded}), ':', ${encoded})`;
}

const image = (fields: readonly string[]): string => `CAST(${concat(fields)} AS BLOB)`;

/** The whole row: its version, the columns `first`, the others. */
export const rowImageSql = (table: TableModel, row: 'OLD' | 'NEW', first: readonly ColumnModel[]): string =>
  image([VERSION, ...loggedColumns(table, first)].map((column) => field(row, column)));

/** The primary key. */
export const keyImageSql = (table: TableModel, row: 'OLD' | 'NEW'): string =>
  image(table.primaryKey.columns.map((column) => field(row, toStoredColumn(column))));

/**
 * The old version, and old values of the columns that an update changed, in the same order. A change of type or case alone
 * is a change: `IS` is not enough, as 1 equals 1.0 and collations may ignore case.
 */
export const changesImageSql = (table: TableModel, first: readonly ColumnModel[]): string =>
  image([
    field('OLD', VERSION),
    ...loggedColumns(table, first).map((column) => {
      const before = reference('OLD', column);
      const after = reference('NEW', column);
      const isChanged = `${before} COLLATE BINARY IS NOT ${after} OR typeof(${before}) <> typeof(${after})`;
      return `CASE WHEN ${isChanged} THEN ${field('OLD', column)} ELSE '' END`;
    }),
  ]);

/** Bytes that a field takes besides its name and value, at most: lengths, separators, a real in 17 digits. */
const FIELD_OVERHEAD_BYTES = 40;

/**
 * Bytes of the log row that a delete of this row will need, rounded up by some bytes per column: the greater of the
 * row and its log row, since the log row holds all of the row and its keys again.
 */
export function loggedBytesSql(table: TableModel): string {
  const columns = storedColumns(table);
  const keys = [...table.primaryKey.columns, table.shardKey].map(toStoredColumn);
  const all = [...columns, ...keys];
  const overhead = all.reduce((sum, column) => sum + FIELD_OVERHEAD_BYTES + byteLength(column.sqlName), 200);
  const lengths = all.map((column) => `coalesce(octet_length(${reference('NEW', column)}), 0)`);
  return `${sumOf(lengths)} + ${overhead}`;
}
