import type { Model, TableModel } from '../../../model/types.ts';
import { type BackupPage, type PackedChange, packParts } from '../../protocol/backup.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';
import { presentRow } from '../log/present-row.ts';
import { decodeImage } from '../log/row-image.ts';
import { eachLoggedForwards, type LogRow } from '../tables/log-table.ts';
import type { PageLimits } from './page-limits.ts';

/**
 * Changes after a seq, in order. Each is four parts: a head, the image of the primary key after it, what it has replaced, and the row as
 * it is now (nothing: it is gone). A change up to `version` needs no old values, and a later one no present row, unless it has given a row another key: whoever
 * copies may know the row by either one.
 */
export function changesPage(
  session: ReadSession,
  model: Model,
  afterSeq: number,
  version: Version,
  limits: Pick<PageLimits, 'changes' | 'bytes'>,
): Pick<BackupPage, 'bytes' | 'next'> {
  const tables = new Map(model.tables.map((table) => [table.sqlName, table]));
  const parts: (ArrayBuffer | string | null)[] = [];
  let [bytes, changes, last] = [0, 0, afterSeq];
  let isFull = false;
  for (const change of eachLoggedForwards(session, afterSeq, limits.changes)) {
    last = change.seq;
    changes++;
    const table = tables.get(change.table);
    // Of a table that a migration has dropped.
    if (table !== undefined) {
      const isLater = change.version > version;
      const head: PackedChange = { table: change.table, op: change.op, isLater };
      const isBoth = changesKey(table, change);
      const values = [
        isLater || isBoth ? change.image : null,
        !isLater || isBoth ? presentRow(session, model, table, change.pk) : null,
      ];
      parts.push(JSON.stringify(head), change.pk, ...values);
      bytes += values.reduce((sum, value) => sum + (value?.byteLength ?? 0), change.pk.byteLength);
    }
    isFull = bytes >= limits.bytes || changes === limits.changes;
    if (isFull) break;
  }
  return { bytes: packParts(parts), next: isFull ? String(last) : null };
}

/** Foreign-key actions do: no request can. */
function changesKey({ primaryKey }: TableModel, { op, image }: LogRow): boolean {
  if (op !== 'update') return false;
  const before = decodeImage(image!);
  return primaryKey.columns.some(({ sqlName }) => before.has(sqlName));
}
