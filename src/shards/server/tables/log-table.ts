/**
 * `_log`: every committed change of a row of the model's tables, in order. Written by triggers only (see
 * `../log/log-triggers.ts`), so no write can escape it. It is change log, outbox and undo history in one.
 *
 * - `seq` orders changes, within a commit too. The newest row is never deleted, so seqs are not given out twice. The oldest
 *   are: which of them count as gone is in `_log_state` (`log-state-table.ts`), commits as a whole.
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

/** Up to `limit` rows after `seq`, in order, one at a time: images may be large. */
export function* eachLoggedForwards(
  session: ReadSession,
  seq: number,
  limit: number,
): Generator<LogRow, void, undefined> {
  const rows = session.each(
    `SELECT seq, version, origin, schema, "table", pk, shard_key, op, image
     FROM _log WHERE seq > ? ORDER BY seq ${limitSql('?')}`,
    seq,
    limit,
  );
  for (const [rowSeq, version, origin, schema, table, pk, shardKey, op, image] of rows) {
    yield { seq: rowSeq, version, origin, schema, table, pk, shardKey, op, image } as LogRow;
  }
}

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
export interface LogTotal {
  readonly table: string;
  readonly shardKey: ShardKey;
  readonly rows: number;
  /** Rows of the table that were inserted, less those that were deleted. */
  readonly added: number;
  /** What the log rows themselves take up, in bytes, about. */
  readonly bytes: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Version of the last of them. */
  readonly version: Version;
}

/** Up to so many rows are summed up here: for a single write, SQLite's grouping takes longer than all the rest. */
const FEW_ROWS = 32;

/** Of a log row; SQLite knows lengths without reading the values. The rest is the head of the row, its numbers and its place. */
const LOG_ROW_BYTES_SQL = `(48 + length(origin) + length(schema) + length("table") + length(pk) + length(shard_key)
  + coalesce(length(image), 0))`;

const ADDED_SQL = "((op = 'insert') - (op = 'delete'))";

/** The rows after `seq`, summed up. */
export function readLogTotals(session: ReadSession, seq: number): LogTotal[] {
  const rows = session.rows(
    `SELECT "table", shard_key, seq, version, ${ADDED_SQL}, ${LOG_ROW_BYTES_SQL}
     FROM _log WHERE seq > ? ORDER BY seq ${limitSql('?')}`,
    seq,
    FEW_ROWS,
  );
  return rows.length < FEW_ROWS ? sumUp(rows as SummedRow[]) : readGroupedTotals(session, seq);
}

type SummedRow = [table: string, shardKey: ShardKey, seq: number, version: Version, added: number, bytes: number];

function sumUp(rows: readonly SummedRow[]): LogTotal[] {
  const totals: LogTotal[] = [];
  for (const [table, shardKey, seq, version, added, bytes] of rows) {
    const index = totals.findIndex((total) => total.table === table && total.shardKey === shardKey);
    const none = { table, shardKey, rows: 0, added: 0, bytes: 0, firstSeq: seq };
    const total = totals[index] ?? none;
    const grown = {
      ...total,
      rows: total.rows + 1,
      added: total.added + added,
      bytes: total.bytes + bytes,
      lastSeq: seq,
      version,
    };
    if (index < 0) totals.push(grown);
    else totals[index] = grown;
  }
  return totals;
}

const readGroupedTotals = (session: ReadSession, seq: number): LogTotal[] =>
  session
    .rows(
      `SELECT "table", shard_key, count(*), sum(${ADDED_SQL}), sum(${LOG_ROW_BYTES_SQL}), min(seq), max(seq), max(version)
       FROM _log WHERE seq > ? GROUP BY "table", shard_key`,
      seq,
    )
    .map(
      ([table, shardKey, rows, added, bytes, firstSeq, lastSeq, version]) =>
        ({ table, shardKey, rows, added, bytes, firstSeq, lastSeq, version }) as LogTotal,
    );

/** Version of the newest row up to `seq`, or, where that is trimmed, of the last one that is; 0 if there was none, ever. */
export const readVersionAtSeq = (session: ReadSession, seq: number): Version =>
  session.row(
    `SELECT coalesce(
       (SELECT version FROM _log
        WHERE seq <= ? AND seq > coalesce((SELECT trimmed_seq FROM _log_state), 0) ORDER BY seq DESC LIMIT 1),
       (SELECT trimmed_version FROM _log_state), 0)`,
    seq,
  )![0] as Version;
/** By how many rows the commit of this version has changed the number of rows of all tables; 0: the log does not hold it. */
export const readAddedBy = (session: ReadSession, version: Version): number =>
  session.row(
    `SELECT coalesce(sum(${ADDED_SQL}), 0) FROM _log WHERE seq >= ? AND version = ?`,
    findSeqSince(session, readLastLogSeq(session), version),
    version,
  )![0] as number;

const MIDDLE_IS_BEFORE_SQL = '(SELECT version FROM _log WHERE seq <= (low + high) / 2 ORDER BY seq DESC LIMIT 1) < ?1';

/** Halves the part of the log, of what is not trimmed, in which the first row of a version is. */
const FIND_SEQ_SQL = `WITH RECURSIVE part (low, high) AS (
    SELECT coalesce((SELECT trimmed_seq FROM _log_state), 0) + 1, CAST(?2 AS INTEGER) + 1
    UNION ALL
    SELECT CASE WHEN ${MIDDLE_IS_BEFORE_SQL} THEN (low + high) / 2 + 1 ELSE low END,
      CASE WHEN ${MIDDLE_IS_BEFORE_SQL} THEN high ELSE (low + high) / 2 END
    FROM part WHERE low < high
  )
  SELECT max(low) FROM part`;

/**
 * The least seq, of what is not trimmed, from which on all rows have at least this version: versions grow with seqs.
 * `lastSeq`: of the newest row.
 */
export const findSeqSince = (session: ReadSession, lastSeq: number, version: Version): number =>
  session.row(FIND_SEQ_SQL, version, lastSeq)![0] as number;

/**
 * Seqs of the first and the last row of one commit that is not trimmed; `first` is greater if there is none. `lastSeq`: of the
 * newest row.
 */
export const findCommit = (
  session: ReadSession,
  lastSeq: number,
  version: Version,
): { first: number; last: number } => ({
  first: findSeqSince(session, lastSeq, version),
  last: findSeqSince(session, lastSeq, version + 1) - 1,
});

/** The tables that one commit changed which is not trimmed. `lastSeq`: of the newest row. */
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

/** What the bytes of a row's values do not include: its head, and its part of the page, about. */
const ROW_OVERHEAD_BYTES = 48;

/** Bytes that a row takes, about. Lengths are in the row's head, so that large images are not read. */
const SIZE_SQL = `${ROW_OVERHEAD_BYTES} + octet_length(origin) + octet_length(schema) + octet_length("table")
  + octet_length(pk) + octet_length(shard_key) + coalesce(octet_length(image), 0)`;

export interface MeasuredRow extends Pick<LogRow, 'seq' | 'version'> {
  readonly bytes: number;
}

/** Up to `limit` rows after `seq`, in order, with about the bytes that they take. */
export const readLogSizes = (session: ReadSession, seq: number, limit: number): MeasuredRow[] =>
  session
    .rows(`SELECT seq, version, ${SIZE_SQL} AS bytes FROM _log WHERE seq > ? ORDER BY 1 ${limitSql('?')}`, seq, limit)
    .map(([rowSeq, version, bytes]) => ({ seq: rowSeq, version, bytes }) as MeasuredRow);

/** Seq of the last of up to `limit` rows between two seqs, the first one not included, and their bytes together; 0: none. */
export function readLogSize(
  session: ReadSession,
  after: number,
  last: number,
  limit: number,
): { readonly lastSeq: number; readonly bytes: number } {
  const [lastSeq, bytes] = session.row(
    `SELECT coalesce(max(seq), 0), coalesce(sum(bytes), 0) FROM
     (SELECT seq, ${SIZE_SQL} AS bytes FROM _log WHERE seq > ? AND seq <= ? ORDER BY seq ${limitSql('?')})`,
    after,
    last,
    limit,
  ) as [number, number];
  return { lastSeq, bytes };
}

/** Rows that are looked at together. */
const SUMMED_ROWS = 1_000;

/** Seq of the last row, of some after `seq`, before which there are less than so many bytes. */
export const readSeqWithin = (session: ReadSession, seq: number, bytes: number): number =>
  session.row(
    `SELECT coalesce(max(seq), 0) FROM
     (SELECT seq, sum(bytes) OVER (ORDER BY seq) - bytes AS before FROM
      (SELECT seq, ${SIZE_SQL} AS bytes FROM _log WHERE seq > ? ORDER BY seq LIMIT ${SUMMED_ROWS}))
     WHERE before < ?`,
    seq,
    bytes,
  )![0] as number;

/** Deletes rows up to `seq`. The newest row of the log must stay. */
export const deleteLogRows = (session: SqlSession, seq: number): void =>
  session.run('DELETE FROM _log WHERE seq <= ?', seq);

/** The oldest row after `seq`; null: there is none. */
export function readOldestAfter(session: ReadSession, seq: number): Pick<LogRow, 'seq' | 'version'> | null {
  const row = session.row('SELECT seq, version FROM _log WHERE seq > ? ORDER BY seq LIMIT 1', seq);
  return row ? { seq: row[0] as number, version: row[1] as Version } : null;
}

/** The rows between two seqs, both included, in order. */
export const readLogRows = (session: ReadSession, first: number, last: number): LogRow[] =>
  session
    .rows(
      `SELECT seq, version, origin, schema, "table", pk, shard_key, op, image
       FROM _log WHERE seq BETWEEN ? AND ? ORDER BY seq`,
      first,
      last,
    )
    .map(
      ([seq, version, origin, schema, table, pk, shardKey, op, image]) =>
        ({ seq, version, origin, schema, table, pk, shardKey, op, image }) as LogRow,
    );

/** Puts a row back that was trimmed. */
export const insertLogRow = (session: SqlSession, row: LogRow): void =>
  session.run(
    `INSERT INTO _log (seq, version, origin, schema, "table", pk, shard_key, op, image)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row.seq,
    row.version,
    row.origin,
    row.schema,
    row.table,
    row.pk,
    row.shardKey,
    row.op,
    row.image,
  );
