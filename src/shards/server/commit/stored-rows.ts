import type { ColumnModel, KeyModel, TableModel, WireValue } from '../../../model/types.ts';
import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { cellToWire } from '../../../model/wire-kinds.ts';
import type { WireValues } from '../../operation.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { FALSE_SQL, quoteName, ROW_ID } from '../../sql/sql-text.ts';
import type { Version } from '../../version.ts';
import { cellSql } from '../freshness/cell-sql.ts';
import { chunks, statementFor } from './bulk-rows.ts';
import { boundValueSql, jsonValueSql, wireTextSql } from './column-sql.ts';
import type { LocatedRow } from './locate-row.ts';
import { BY_ROW_IDS } from './row-id-lists.ts';

/** A row that has a key. */
export interface StoredRow extends LocatedRow {
  /** It is hidden. */
  readonly isDeleted: boolean;
}

/**
 * The rows that have these keys; null where none has. A key with a NULL names none.
 *
 * @param keys values of the key's columns, in order.
 */
export function findStoredRows(
  session: SqlSession,
  table: TableModel,
  { columns, liveOnly }: Pick<KeyModel, 'columns' | 'liveOnly'>,
  keys: readonly (readonly WireValue[])[],
): (StoredRow | null)[] {
  const found: (StoredRow | null)[] = keys.map(() => null);
  const primaryKey = table.primaryKey.columns.map((column) => wireTextSql(column, `t.${quoteName(column.sqlName)}`));
  const isDeleted = table.softDelete ? `t.${quoteName(table.softDelete.sqlName)} IS NOT NULL` : FALSE_SQL;
  const select = `SELECT CAST(t.${ROW_ID} AS TEXT), t.${ROW_VERSION_COLUMN}, ${isDeleted}, ${primaryKey.join(', ')}`;
  const from = (values: readonly string[]) => {
    const equal = columns.map((column, index) => `t.${quoteName(column.sqlName)} = ${values[index]}`);
    const conditions = liveOnly ? [...equal, `NOT (${isDeleted})`] : equal;
    return `${quoteName(table.sqlName)} AS t WHERE ${conditions.join(' AND ')}`;
  };
  const statements = {
    bulk: `${select}, j.key FROM json_each(?) AS j CROSS JOIN ${from(columns.map((column, index) => jsonValueSql(column, `j.value ->> ${index}`)))}`,
    single: `${select}, 0 FROM ${from(columns.map((column) => boundValueSql(column, '?')))}`,
  };
  let start = 0;
  for (const chunk of chunks(keys.map((cells) => ({ cells, json: JSON.stringify(cells) })))) {
    for (const [rowId, version, deleted, ...rest] of session.rows(...statementFor(statements, columns, chunk))) {
      const at = rest.pop() as number;
      found[start + at] = {
        rowId: rowId as string,
        version: version as Version,
        isDeleted: deleted === 1,
        primaryKey: rest as WireValue[],
      };
    }
    start += chunk.length;
  }
  return found;
}

/** The wire values of columns, by row id. */
export function readColumns(
  session: SqlSession,
  table: TableModel,
  columns: readonly ColumnModel[],
  rowIds: readonly string[],
): Map<string, WireValues> {
  const rows = session.rows(
    `SELECT ${[`CAST(${ROW_ID} AS TEXT)`, ...columns.map(cellSql)].join(', ')} FROM ${quoteName(table.sqlName)} WHERE ${BY_ROW_IDS}`,
    JSON.stringify(rowIds),
  );
  return new Map(
    rows.map(([rowId, ...cells]) => [
      rowId as string,
      Object.fromEntries(columns.map((column, at) => [column.name, cellToWire(column, cells[at]!)])),
    ]),
  );
}
