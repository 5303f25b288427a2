/** Looks for stored values that are none of their column: a migration may leave behind what the model no longer knows. */

import { requireStored } from '../../../model/codec.ts';
import { InvalidValueError } from '../../../model/invalid-value-error.ts';
import type { ColumnModel } from '../../../model/types.ts';
import { cellToWire } from '../../../model/wire-kinds.ts';
import type { CheckedColumn, ValueColumn } from '../../migration-plan.ts';
import type { RowKeyText } from '../../migration-report.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { quoteName, TRUE_SQL } from '../../sql/sql-text.ts';
import { cellSql } from '../freshness/cell-sql.ts';
import { keysOf, MAX_KEYS } from './refused-rows.ts';

export interface UnfitValues {
  readonly rows: number;
  readonly keys: readonly RowKeyText[];
  /** Why the first one does not fit: "Expected …, but got …." */
  readonly reason: string;
}

/** Null: all values fit. Reads all rows of the table, or those that `condition` names: SQL of our own making. */
export function unfitValues(
  session: SqlSession,
  { table, column }: CheckedColumn,
  condition = TRUE_SQL,
): UnfitValues | null {
  const name = quoteName(column.sqlName);
  const ids: string[] = [];
  let rows = 0;
  let reason: string | null = null;
  const values = session.each(
    `SELECT typeof(${name}), ${cellSql(column)}, CAST(_rowid_ AS TEXT) FROM ${quoteName(table)} WHERE ${name} IS NOT NULL AND ${condition}`,
  );
  for (const [type, cell, id] of values) {
    const misfit = misfitOf(column, type as string, cell ?? null);
    if (misfit === null) continue;
    rows++;
    reason ??= misfit;
    if (ids.length < MAX_KEYS) ids.push(id as string);
  }
  if (reason === null) return null;
  return { rows, keys: keysOf(session, table, `_rowid_ IN (${ids.join(', ')})`), reason };
}

/** Why a stored value is none of the column's; null if it is one. */
function misfitOf(column: ValueColumn, storage: string, cell: SqlStorageValue): string | null {
  try {
    // Decimals alone are worked out from the cell: what is no number cannot be.
    const isText = column.wire === 'decimal' && typeof cell !== 'number';
    // A value that could not be converted is kept as the bytes of its text.
    const isKept = column.wire !== 'blob' && cell instanceof ArrayBuffer;
    const value = isKept ? new TextDecoder().decode(cell) : isText ? cell : cellToWire(column, cell);
    // The codec looks at nothing else of a column.
    requireStored(column as ColumnModel, value, storage);
    return null;
  } catch (error) {
    if (error instanceof InvalidValueError) return error.message;
    throw error;
  }
}
