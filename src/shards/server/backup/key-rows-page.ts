import { fromHex, toHex } from '../../../lib/hex.ts';
import type { Model, TableModel } from '../../../model/types.ts';
import { wireToBinding } from '../../../model/wire-kinds.ts';
import { ShardQLError } from '../../errors.ts';
import { type BackupPage, packParts } from '../../protocol/backup.ts';
import { type ShardKey, shardKeyTag, shardKeyToWire } from '../../shard-key.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import { limitSql, quoteName } from '../../sql/sql-text.ts';
import { equalSql } from '../commit/column-sql.ts';
import { loggedTable } from '../log/logged-table.ts';
import { decodeImage, type LoggedValue, loggedValueBinding, loggedValueSql } from '../log/row-image.ts';
import { keyImageSql, rowImageSql } from '../log/row-image-sql.ts';

/** What a page has at most, one row aside. */
interface PageLimits {
  readonly rows: number;
  readonly bytes: number;
}

/** A few milliseconds. */
const LIMITS: PageLimits = { rows: 500, bytes: 1_000_000 };

/**
 * Rows of a table under a shard key, in the order of the primary key. Each is two parts: the image of its primary key, and that of the
 * row, row version first.
 */
export function keyRowsPage(
  session: ReadSession,
  model: Model,
  table: TableModel,
  shardKey: ShardKey,
  after: string | null,
  limits = LIMITS,
): Pick<BackupPage, 'bytes' | 'next'> {
  // A key of another kind than the table's has no rows there.
  if (!shardKey.startsWith(`${shardKeyTag(table.shardKey)}:`)) return { bytes: packParts([]), next: null };
  const logged = loggedTable(model, table);
  const position = after === null ? null : positionOf(table, after);
  // Within a shard key, these are the key.
  const columns = table.primaryKey.columns.filter((column) => column !== table.shardKey);
  const at = table.primaryKey.columns.flatMap((column, index) => (column === table.shardKey ? [] : [index]));
  const names = columns.map(({ sqlName }) => quoteName(sqlName));
  const since =
    position === null || columns.length === 0
      ? ''
      : `AND (${names.join(', ')}) > (${at.map((index) => loggedValueSql(position[index]!)).join(', ')})`;
  const rows = session.each(
    `SELECT ${keyImageSql(logged, 't')}, ${rowImageSql(logged, 't')} FROM ${quoteName(table.sqlName)} AS t
     WHERE ${equalSql([table.shardKey])} ${since} ${names.length === 0 ? '' : `ORDER BY ${names.join(', ')}`} ${limitSql('?')}`,
    wireToBinding(table.shardKey, shardKeyToWire(table.shardKey, shardKey)),
    ...(since === '' ? [] : at.map((index) => loggedValueBinding(position![index]!))),
    limits.rows,
  );
  const parts: ArrayBuffer[] = [];
  let [bytes, last]: [number, ArrayBuffer | null] = [0, null];
  let isFull = false;
  for (const [key, image] of rows as Iterable<[ArrayBuffer, ArrayBuffer]>) {
    parts.push(key, image);
    bytes += key.byteLength + image.byteLength;
    last = key;
    isFull = bytes >= limits.bytes || parts.length === 2 * limits.rows;
    if (isFull) break;
  }
  return { bytes: packParts(parts), next: isFull ? toHex(new Uint8Array(last!)) : null };
}

/** @throws ShardQLError BAD_USER_INPUT */
function positionOf({ primaryKey }: TableModel, after: string): readonly LoggedValue[] {
  try {
    const values = [...decodeImage(fromHex(after)).values()];
    if (values.length === primaryKey.columns.length) return values;
  } catch {
    // As one of another table.
  }
  throw new ShardQLError(
    'BAD_USER_INPUT',
    'Expected the position that a page of these rows has ended with, but got another.',
  );
}
