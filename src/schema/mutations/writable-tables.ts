/** Of which tables rows can be created and updated, and with which columns: as far as the model goes, and the rules of the caller's role. */
import type { ColumnModel, TableModel } from '../../model/types.ts';
import { columnsToWrite, isWritable, mayWrite } from '../../model/writable-columns.ts';

/** Columns that an update may change: the primary key says which row it is, and where it lives. */
export const isUpdatable = (table: TableModel, column: ColumnModel): boolean =>
  isWritable(table, column) && !table.primaryKey.columns.includes(column);

export const updatableColumns = (table: TableModel): readonly ColumnModel[] =>
  columnsToWrite(table, 'update').filter((column) => isUpdatable(table, column));

/** False for tables that have nothing to update, or nothing that the caller's role may. */
export const hasUpdate = (table: TableModel): boolean => updatableColumns(table).length > 0;

/** False for tables of which the caller's role may not create rows. */
export const hasCreate = (table: TableModel): boolean => mayWrite(table, 'create');
