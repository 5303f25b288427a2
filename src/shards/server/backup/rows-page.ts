import type { Model, TableModel } from '../../../model/types.ts';
import { type BackupPage, packParts } from '../../protocol/backup.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import { limitSql, quoteName, ROW_ID } from '../../sql/sql-text.ts';
import { loggedTable } from '../log/logged-table.ts';
import { rowImageSql } from '../log/row-image-sql.ts';
import type { PageLimits } from './page-limits.ts';

/** The rows of a table after a row id, in the order of row ids: images of whole rows, row version first. */
export function rowsPage(
  session: ReadSession,
  model: Model,
  table: TableModel,
  after: string | null,
  limits: Pick<PageLimits, 'rows' | 'bytes'>,
): Pick<BackupPage, 'bytes' | 'next'> {
  // Row ids are decimal digits, as they may exceed 2^53.
  const rows = session.each(
    `SELECT CAST(${ROW_ID} AS TEXT), ${rowImageSql(loggedTable(model, table), 't')} FROM ${quoteName(table.sqlName)} AS t
     ${after === null ? '' : `WHERE ${ROW_ID} > CAST(? AS INTEGER)`} ORDER BY ${ROW_ID} ${limitSql('?')}`,
    ...(after === null ? [] : [after]),
    limits.rows,
  );
  const images: ArrayBuffer[] = [];
  let [bytes, last] = [0, after];
  let isFull = false;
  for (const [rowId, image] of rows) {
    images.push(image as ArrayBuffer);
    bytes += (image as ArrayBuffer).byteLength;
    last = rowId as string;
    isFull = bytes >= limits.bytes || images.length === limits.rows;
    if (isFull) break;
  }
  return { bytes: packParts(images), next: isFull ? last : null };
}
