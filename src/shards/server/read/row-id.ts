import type { TableModel } from '../../../model/types.ts';

/** SQLite's row id, under a name that no column hides. */
export function rowIdName(table: TableModel): string {
  const taken = new Set(table.columns.map(({ sqlName }) => sqlName.toLowerCase()));
  return ['rowid', '_rowid_', 'oid'].find((name) => !taken.has(name))!;
}
