import type { Model, TableModel } from '../../../model/types.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import { quoteName } from '../../sql/sql-text.ts';
import { loggedTable } from './logged-table.ts';
import { decodeImage, loggedValueBinding, loggedValueSql } from './row-image.ts';
import { rowImageSql } from './row-image-sql.ts';

/** The row as it is now, as an image; null: there is none. @param pk image of its primary key. */
export function presentRow(session: ReadSession, model: Model, table: TableModel, pk: ArrayBuffer): ArrayBuffer | null {
  const key = [...decodeImage(pk)];
  const conditions = key.map(([name, value]) => `${quoteName(name)} IS ${loggedValueSql(value)}`);
  const row = session.row(
    `SELECT ${rowImageSql(loggedTable(model, table), 't')} FROM ${quoteName(table.sqlName)} AS t
     WHERE ${conditions.join(' AND ')}`,
    ...key.map(([, value]) => loggedValueBinding(value)),
  );
  return (row?.[0] ?? null) as ArrayBuffer | null;
}
