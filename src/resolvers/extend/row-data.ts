/** Rows as users' code sees them: plain objects with column values, from which the row is found again. */
import { wireToCode } from '../../model/codec.ts';
import type { ColumnModel } from '../../model/types.ts';
import { cellOf, type Row, resolveNodeId, resolveVersion } from '../show/row.ts';

const rowByData = new WeakMap<object, Row>();

const columnValue = (row: Row, column: ColumnModel): unknown =>
  wireToCode(column, cellOf(row.view.shape, row.cells, column.name));

/** The values of some columns. The row's plan must have read them. */
export const valuesOf = (row: Row, columns: readonly ColumnModel[]): Readonly<Record<string, unknown>> =>
  Object.freeze(Object.fromEntries(columns.map((column) => [column.name, columnValue(row, column)])));

/** A row of which every column was read. */
export function toData(row: Row): Readonly<Record<string, unknown>> {
  const data = Object.freeze({
    ...valuesOf(row, row.table.columns),
    version: resolveVersion(row),
    [row.table.globalIdField]: resolveNodeId(row),
  });
  rowByData.set(data, row);
  return data;
}

/** The row that an object of {@link toData} stands for; undefined for any other value (a copy of such an object, too). */
export const rowOfData = (data: object): Row | undefined => rowByData.get(data);
