import { ROW_VERSION_COLUMN } from '../../../model/types.ts';
import { type BackupPage, type PastChange, packParts } from '../../protocol/backup.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';
import { decodeImage, encodeImage } from '../log/row-image.ts';
import { changesSince } from '../recovery/past-point.ts';
import { barrier, type PastSchema } from '../recovery/past-schema.ts';
import { eachLoggedChange } from '../tables/log-spans.ts';
import type { Since } from '../undo/schema-since.ts';

/** What a page has at most, one change aside. */
interface PageLimits {
  readonly changes: number;
  readonly bytes: number;
  /** Log rows that are looked through for those of the shard keys. */
  readonly logRows: number;
}

/** A few milliseconds. */
const LIMITS: PageLimits = { changes: 500, bytes: 1_000_000, logRows: 10_000 };

/**
 * Changes of commits after a version, the newest first, under the tables of today. Each is three parts: a head, the image of the primary
 * key after it, and what it has replaced.
 *
 * @param schemaOfToday tag of the last migration.
 * @param upTo `next` of the page before; null: from the newest change on.
 * @throws ShardQLError BAD_USER_INPUT if the log does not reach back to the version (any more), CONFLICT for a change that a
 * migration has made unreadable.
 */
export function pastPage(
  session: ReadSession,
  schema: PastSchema,
  schemaOfToday: string | null,
  version: Version,
  shardKeys: readonly ShardKey[] | null,
  upTo: string | null,
  limits = LIMITS,
): Pick<BackupPage, 'bytes' | 'next'> {
  // Rows may have been read in the middle of what restores have led back over.
  const span = { ...changesSince(session, version, shardKeys), without: [] };
  const end = upTo === null ? span.upTo : Number(upTo);
  const least = Math.max(span.after, end - limits.logRows);
  const parts: (ArrayBuffer | string | null)[] = [];
  let [bytes, last] = [0, least + 1];
  for (const change of eachLoggedChange(session, { ...span, after: least, upTo: end })) {
    const since = schema(change.table, change.schema);
    if ('changed' in since) throw barrier(change.table, since.changed);
    const today = (image: ArrayBuffer) => (change.schema === schemaOfToday ? image : underTable(since, image));
    const head: PastChange = { table: since.table.sqlName, op: change.op };
    const [pk, before] = [today(change.pk), change.image === null ? null : today(change.image)];
    parts.push(JSON.stringify(head), pk, before);
    bytes += pk.byteLength + (before?.byteLength ?? 0);
    if (bytes < limits.bytes && parts.length < 3 * limits.changes) continue;
    last = change.seq;
    break;
  }
  return { bytes: packParts(parts), next: last - 1 > span.after ? String(last - 1) : null };
}

/** By the names of today, without columns that are gone, or worked out from others by now. */
function underTable(since: Exclude<Since, { readonly changed: string }>, image: ArrayBuffer): ArrayBuffer {
  const values = [...decodeImage(image)].flatMap(([name, value]): [string, typeof value][] => {
    if (name === ROW_VERSION_COLUMN) return [[name, value]];
    const column = since.column(name);
    return column === null ? [] : [[column.sqlName, value]];
  });
  return encodeImage(new Map(values));
}
