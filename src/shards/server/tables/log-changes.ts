/** Statements over `_log` that ask what happened to rows of one table. Of images, which may be large, they read beginnings. */
import type { ReadSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';
import {
  findSeqSince,
  type LogEntry,
  type LogRow,
  readLastLogSeq,
  SELECT_LOG_ENTRIES,
  toLogEntry,
} from './log-table.ts';

/** The first bytes of the images of the updates of one table that the log holds after `seq`: row versions are there. */
export const readLoggedUpdates = (session: ReadSession, table: string, seq: number): ArrayBuffer[] =>
  session
    .rows(`SELECT substr(image, 1, 64) FROM _log WHERE seq > ? AND "table" = ? AND op = 'update'`, seq, table)
    .map(([head]) => head as ArrayBuffer);

/** How many inserts into one table the log holds after `seq`. */
export const countLoggedInserts = (session: ReadSession, table: string, seq: number): number =>
  session.row(`SELECT count(*) FROM _log WHERE seq > ? AND "table" = ? AND op = 'insert'`, seq, table)![0] as number;

/** Bytes at the beginning of an image in which the row version and the stamped columns usually are. */
const HEAD_BYTES = 1_024;

export interface LoggedChange extends Pick<LogRow, 'seq' | 'pk' | 'op'> {
  /** The first bytes of the image; null for inserts. */
  readonly head: ArrayBuffer | null;
}

/**
 * The changes of one table under one shard key after `seq`, newest first. A delete that cascades may have logged hundreds
 * of megabytes of images, of which but the beginnings are read.
 */
export const readChangesBackwards = (
  session: ReadSession,
  table: string,
  shardKey: string,
  seq: number,
): LoggedChange[] =>
  session
    .rows(
      `SELECT seq, pk, op, substr(image, 1, ${HEAD_BYTES}) FROM _log
       WHERE seq > ? AND "table" = ? AND shard_key = ? ORDER BY seq DESC`,
      seq,
      table,
      shardKey,
    )
    .map(([rowSeq, pk, op, head]) => ({ seq: rowSeq, pk, op, head }) as LoggedChange);

export const readLoggedImage = (session: ReadSession, seq: number): ArrayBuffer =>
  session.row('SELECT image FROM _log WHERE seq = ?', seq)![0] as ArrayBuffer;

/**
 * The first bytes of the image that the commit of this version, the newest one, has logged first of a row; null: it has
 * inserted the row.
 *
 * @param pk image of its primary key.
 */
export function readImageBefore(
  session: ReadSession,
  version: Version,
  table: string,
  pk: ArrayBuffer,
): ArrayBuffer | null {
  const first = findSeqSince(session, readLastLogSeq(session), version);
  const row = session.row(
    `SELECT substr(image, 1, ${HEAD_BYTES}) FROM _log WHERE seq >= ? AND "table" = ? AND pk = ? ORDER BY seq LIMIT 1`,
    first,
    table,
    pk,
  );
  return (row?.[0] ?? null) as ArrayBuffer | null;
}

/** The rows between two seqs, both included, without their images, one at a time. */
export function* eachLogEntryBetween(
  session: ReadSession,
  first: number,
  last: number,
  newestFirst: boolean,
): Generator<LogEntry, void, undefined> {
  const order = newestFirst ? 'DESC' : 'ASC';
  for (const row of session.each(
    `${SELECT_LOG_ENTRIES} WHERE seq BETWEEN ? AND ? ORDER BY seq ${order}`,
    first,
    last,
  )) {
    yield toLogEntry(row);
  }
}

/** How many changes of each table are between two seqs, both included. */
export const countChangesBetween = (
  session: ReadSession,
  first: number,
  last: number,
): { readonly table: string; readonly op: LogRow['op']; readonly count: number }[] =>
  session
    .rows('SELECT "table", op, count(*) FROM _log WHERE seq BETWEEN ? AND ? GROUP BY 1, 2', first, last)
    .map(([table, op, count]) => ({ table: table as string, op: op as LogRow['op'], count: count as number }));
