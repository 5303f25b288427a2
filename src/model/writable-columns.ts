import type { ColumnModel, TableModel } from './types.ts';

/** Whether clients write a column: neither what SQLite works out, nor when a row was deleted. Imports write the latter too. */
export const isWritable = ({ softDelete }: TableModel, column: ColumnModel): boolean =>
  !column.generated && column !== softDelete;

/** The columns that clients may give when they create or update rows of a table, as far as the rules of their role go. */
export function columnsToWrite(table: TableModel, verb: 'create' | 'update'): readonly ColumnModel[] {
  if (table.rules === null) return table.columns.filter((column) => isWritable(table, column));
  const { columns } = table.rules[verb] ?? {};
  // Some may be written, but not read.
  return [...table.columnByName.values()].filter((column) => isWritable(table, column) && columns?.has(column.name));
}

/** Whether the rules of a role let rows of a table be written so. */
export const mayWrite = ({ rules }: TableModel, verb: 'create' | 'update' | 'delete'): boolean =>
  rules === null || rules[verb] !== null;
