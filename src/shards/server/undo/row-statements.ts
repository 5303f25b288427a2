/** The statements by which rows go back: values keep the types that they were stored with. */
import type { ColumnModel, TableModel, WireValue } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { wireToBinding } from '../../../model/wire-kinds.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { quoteName, ROW_ID } from '../../sql/sql-text.ts';
import type { Version } from '../../version.ts';
import { boundValueSql } from '../commit/column-sql.ts';
import { checkSql, type RowCheck, requireSound } from '../commit/row-check.ts';
import { loggedValueBinding, loggedValueSql } from '../log/row-image.ts';
import { CLOCK_VERSION_SQL } from '../tables/clock-table.ts';
import type { StoredValues } from './row-changes.ts';

const bindings = (values: StoredValues): SqlStorageValue[] => [...values.values()].map(loggedValueBinding);

const terms = (values: StoredValues, operator: '=' | 'IS'): string[] =>
  [...values].map(([{ sqlName }, value]) => `${quoteName(sqlName)} ${operator} ${loggedValueSql(value)}`);

/** The row with this key; null: there is none. Row ids are decimal digits, as they may exceed 2^53. */
export function findRow(
  session: SqlSession,
  { sqlName }: TableModel,
  key: StoredValues,
): { readonly rowId: string; readonly version: Version } | null {
  const row = session.row(
    `SELECT CAST(${ROW_ID} AS TEXT), ${ROW_VERSION_COLUMN} FROM ${quoteName(sqlName)} WHERE ${terms(key, 'IS').join(' AND ')}`,
    ...bindings(key),
  );
  return row ? { rowId: row[0] as string, version: row[1] as Version } : null;
}

/** Id of a row with these values, none of them null, of a key; null: there is none. */
export function findByValues(
  session: SqlSession,
  { sqlName }: TableModel,
  columns: readonly ColumnModel[],
  values: readonly WireValue[],
): string | null {
  const conditions = columns.map((column) => `${quoteName(column.sqlName)} = ${boundValueSql(column, '?')}`);
  const row = session.row(
    `SELECT CAST(${ROW_ID} AS TEXT) FROM ${quoteName(sqlName)} WHERE ${conditions.join(' AND ')}`,
    ...columns.map((column, at) => wireToBinding(column, values[at]!)),
  );
  return (row?.[0] as string | undefined) ?? null;
}

/**
 * Gives the row id.
 *
 * @param check null: what is written is not what is to stay.
 * @throws ShardQLError INVALID_VALUE, after it was written, for a row that the model's rules refuse.
 */
export function insertRow(
  session: SqlSession,
  table: TableModel,
  values: StoredValues,
  check: RowCheck | null,
): string {
  const names = [...values.keys()].map((column) => quoteName(column.sqlName));
  const row = session.row(
    `INSERT INTO ${quoteName(table.sqlName)} (${[...names, ROW_VERSION_COLUMN].join(', ')})
     VALUES (${[...[...values.values()].map(loggedValueSql), CLOCK_VERSION_SQL].join(', ')}) ${returning(check)}`,
    ...bindings(values),
  );
  return checked(table, check, row!);
}

/** As {@link insertRow}. */
export function updateRow(
  session: SqlSession,
  table: TableModel,
  rowId: string,
  values: StoredValues,
  check: RowCheck | null,
): void {
  const row = session.row(
    `UPDATE ${quoteName(table.sqlName)} SET ${[...terms(values, '='), `${ROW_VERSION_COLUMN} = ${CLOCK_VERSION_SQL}`].join(', ')}
     WHERE ${ROW_ID} = CAST(? AS INTEGER) ${returning(check)}`,
    ...bindings(values),
    rowId,
  );
  checked(table, check, row!);
}

const returning = (check: RowCheck | null): string =>
  `RETURNING ${[`CAST(${ROW_ID} AS TEXT)`, ...(check ? checkSql(check) : [])].join(', ')}`;

function checked(table: TableModel, check: RowCheck | null, [rowId, ...cells]: readonly SqlStorageValue[]): string {
  if (check) requireSound(table, check, cells);
  return rowId as string;
}

export const deleteRow = (session: SqlSession, { sqlName }: TableModel, rowId: string): void =>
  session.run(`DELETE FROM ${quoteName(sqlName)} WHERE ${ROW_ID} = CAST(? AS INTEGER)`, rowId);

/** These columns with NULL for a value. */
export const nulls = (columns: readonly ColumnModel[]): StoredValues =>
  new Map(columns.map((column) => [column, { type: 'null' }]));
