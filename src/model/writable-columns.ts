import type { ColumnModel, TableModel } from './types.ts';

/** Whether clients write a column: neither what SQLite works out, nor when a row was deleted. Imports write the latter too. */
export const isWritable = ({ softDelete }: TableModel, column: ColumnModel): boolean =>
  !column.generated && column !== softDelete;
