/**
 * `_log`: every committed change of a row of the model's tables, in order. Written by triggers only (see
 * `../log/log-triggers.ts`), so no write can escape it. It is change log, outbox and undo history in one.
 *
 * - `seq` orders changes, within a commit too. The newest row is never deleted, so seqs are not given out twice.
 * - `version`, `origin`: the commit, as in `_clock`. `schema`: tag of the last migration when it was written.
 * - `table`: name in SQL. `pk`: primary key after the change (for deletes: before it), as an image of its columns.
 * - `image` (encoding: `../log/row-image.ts`): nothing for inserts; the old row version and the old values of the changed
 *   columns for updates; the old row for deletes. Generated columns are left out. The version comes first, then the stamped
 *   columns.
 */

import type { ShardKey } from '../../shard-key.ts';
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';
import { limitSql } from '../../sql/sql-text.ts';
import type { Version } from '../../version.ts';

export const CREATE_LOG_TABLE = `CREATE TABLE IF NOT EXISTS _log (
  seq INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  origin TEXT NOT NULL,
  schema TEXT NOT NULL,
  "table" TEXT NOT NULL,
  pk BLOB NOT NULL,
  shard_key TEXT NOT NULL,
  op TEXT NOT NULL CHECK (op IN ('insert', 'update', 'delete')),
  image BLOB
)`;

export interface LogRow {
  readonly seq: number;
  readonly version: Version;
  readonly origin: string;
  readonly schema: string;
  readonly table: string;
  readonly pk: ArrayBuffer;
  readonly shardKey: ShardKey;
  readonly op: 'insert' | 'update' | 'delete';
  /** Null for inserts. */
  readonly image: ArrayBuffer | null;
}

/** Seq of the newest row; 0 if there is none. */
export const readLastLogSeq = (session: ReadSession): number =>
  session.row('SELECT coalesce(max(seq), 0) FROM _log')![0] as number;

/** Up to `limit` rows with a seq greater than `seq`, newest first. */
export const readLogBackwards = (session: ReadSession, seq: number, limit: number): LogRow[] =>
  session
    .rows(
      `SELECT seq, version, origin, schema, "table", pk, shard_key, op, image
       FROM _log WHERE seq > ? ORDER BY seq DESC ${limitSql('?')}`,
      seq,
      limit,
    )
    .map(
      ([rowSeq, version, origin, schema, table, pk, shardKey, op, image]) =>
        ({ seq: rowSeq, version, origin, schema, table, pk, shardKey, op, image }) as LogRow,
    );

/** Up to `limit` rows from `seq` on, in order, without their images. */
export const readLogForwards = (
  session: ReadSession,
  seq: number,
  limit: number,
): Pick<LogRow, 'version' | 'table' | 'pk' | 'shardKey'>[] =>
  session
    .rows(`SELECT version, "table", pk, shard_key FROM _log WHERE seq >= ? ORDER BY seq ${limitSql('?')}`, seq, limit)
    .map(([version, table, pk, shardKey]) => ({ version, table, pk, shardKey }) as LogRow);

/** The first bytes of the images of the updates of one table that the log holds after `seq`: row versions are there. */
export const readLoggedUpdates = (session: ReadSession, table: string, seq: number): ArrayBuffer[] =>
  session
    .rows(`SELECT substr(image, 1, 64) FROM _log WHERE seq > ? AND "table" = ? AND op = 'update'`, seq, table)
    .map(([head]) => head as ArrayBuffer);

/** How many inserts into one table the log holds after `seq`. */
export const countLoggedInserts = (session: ReadSession, table: string, seq: number): number =>
  session.row(`SELECT count(*) FROM _log WHERE seq > ? AND "table" = ? AND op = 'insert'`, seq, table)![0] as number;

/** What the log holds of one table under one shard key. */
interface LogTotal {
  readonly table: string;
  readonly shardKey: ShardKey;
  readonly rows: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Version of the last of them. */
  readonly version: Version;
}

/** Up to so many rows are summed up here: for a single write, SQLite's grouping takes longer than all the rest. */
const FEW_ROWS = 32;

/** The rows after `seq`, summed up. */
export function readLogTotals(session: ReadSession, seq: number): LogTotal[] {
  const rows = session.rows(
    `SELECT "table", shard_key, seq, version FROM _log WHERE seq > ? ORDER BY seq ${limitSql('?')}`,
    seq,
    FEW_ROWS,
  );
  return rows.length < FEW_ROWS
    ? sumUp(rows as [string, ShardKey, number, Version][])
    : readGroupedTotals(session, seq);
}

function sumUp(rows: readonly [table: string, shardKey: ShardKey, seq: number, version: Version][]): LogTotal[] {
  const totals: LogTotal[] = [];
  for (const [table, shardKey, seq, version] of rows) {
    const index = totals.findIndex((total) => total.table === table && total.shardKey === shardKey);
    const total = totals[index] ?? { table, shardKey, rows: 0, firstSeq: seq, lastSeq: seq, version };
    const grown = { ...total, rows: total.rows + 1, lastSeq: seq, version };
    if (index < 0) totals.push(grown);
    else totals[index] = grown;
  }
  return totals;
}

const readGroupedTotals = (session: ReadSession, seq: number): LogTotal[] =>
  session
    .rows(
      `SELECT "table", shard_key, count(*), min(seq), max(seq), max(version)
       FROM _log WHERE seq > ? GROUP BY "table", shard_key`,
      seq,
    )
    .map(
      ([table, shardKey, rows, firstSeq, lastSeq, version]) =>
        ({ table, shardKey, rows, firstSeq, lastSeq, version }) as LogTotal,
    );

/** Version of the newest row up to `seq`; 0 if there was none, ever. What was trimmed counts as just before the oldest. */
export function readVersionAtSeq(session: ReadSession, seq: number): Version {
  const version = session.row('SELECT version FROM _log WHERE seq <= ? ORDER BY seq DESC LIMIT 1', seq)?.[0];
  if (version !== undefined) return version as Version;
  const [oldest, oldestVersion] = session.row('SELECT seq, version FROM _log ORDER BY seq LIMIT 1') ?? [1, 0];
  return oldest === 1 ? 0 : (oldestVersion as Version) - 1;
}

/** The least seq from which on all rows have at least this version: versions grow with seqs. `lastSeq`: of the newest row. */
export function findSeqSince(session: ReadSession, lastSeq: number, version: Version): number {
  if (readVersionAtSeq(session, lastSeq) < version) return lastSeq + 1;
  let low = 1;
  let high = lastSeq;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (readVersionAtSeq(session, middle) < version) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Seqs of the first and the last row of one commit; `first` is greater if there is none. `lastSeq`: of the newest row. */
export const findCommit = (
  session: ReadSession,
  lastSeq: number,
  version: Version,
): { first: number; last: number } => ({
  first: findSeqSince(session, lastSeq, version),
  last: findSeqSince(session, lastSeq, version + 1) - 1,
});

/** The tables that one commit changed. `lastSeq`: of the newest row. */
export function readTablesOfVersion(session: ReadSession, lastSeq: number, version: Version): string[] {
  const { first, last } = findCommit(session, lastSeq, version);
  return session
    .rows('SELECT DISTINCT "table" FROM _log WHERE seq BETWEEN ? AND ?', first, last)
    .map(([table]) => table as string);
}

/** A row without its image, which may be large. */
export type LogEntry = Omit<LogRow, 'image'>;

/** Up to `limit` rows between two seqs, both included, newest first. */
export const readLogEntries = (session: ReadSession, first: number, last: number, limit: number): LogEntry[] =>
  session
    .rows(
      `SELECT seq, version, origin, schema, "table", pk, shard_key, op
       FROM _log WHERE seq BETWEEN ? AND ? ORDER BY seq DESC ${limitSql('?')}`,
      first,
      last,
      limit,
    )
    .map(
      ([seq, version, origin, schema, table, pk, shardKey, op]) =>
        ({ seq, version, origin, schema, table, pk, shardKey, op }) as LogEntry,
    );

/** Version of the oldest row, if there were older ones; null: none was trimmed. */
export function readTrimmedBefore(session: ReadSession): Version | null {
  const [seq, version] = session.row('SELECT seq, version FROM _log ORDER BY seq LIMIT 1') ?? [1, 0];
  return seq === 1 ? null : (version as Version);
}

/** The shard keys of the rows between two seqs, both included. */
export const readShardKeysBetween = (session: ReadSession, first: number, last: number): ShardKey[] =>
  session
    .rows('SELECT DISTINCT shard_key FROM _log WHERE seq BETWEEN ? AND ?', first, last)
    .map(([shardKey]) => shardKey as ShardKey);

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

/** Up to `limit` rows from `seq` on, in order. */
export const readLoggedKeys = (
  session: ReadSession,
  seq: number,
  limit: number,
): [seq: number, shardKey: ShardKey, version: Version][] =>
  session.rows(`SELECT seq, shard_key, version FROM _log WHERE seq >= ? ORDER BY seq ${limitSql('?')}`, seq, limit) as [
    number,
    ShardKey,
    Version,
  ][];

/** The shard keys of rows from `seq` on that `_keys` does not know. */
export const readNewShardKeys = (session: ReadSession, seq: number): ShardKey[] =>
  session
    .rows('SELECT DISTINCT shard_key FROM _log WHERE seq >= ? AND shard_key NOT IN (SELECT shard_key FROM _keys)', seq)
    .map(([shardKey]) => shardKey as ShardKey);

/** Rows from `seq` on are of a table that has got another name. */
export const renameLoggedTable = (session: SqlSession, seq: number, from: string, to: string): void =>
  session.run('UPDATE _log SET "table" = ? WHERE seq >= ? AND "table" = ?', to, seq, from);
