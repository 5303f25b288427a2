/**
 * `_log`: every committed change of a row of the model's tables, in order. Written by triggers only (see
 * `../log/log-triggers.ts`), so no write can escape it. It is change log, outbox and undo history in one.
 *
 * - `seq` orders changes, within a commit too. The newest row never goes, so seqs are not given out twice. The oldest
 *   do: which of them count as gone is in `_log_state` (`log-state-table.ts`), commits as a whole. A row that is gone becomes the
 *   next new one, under its seq: that is one row written, where a deletion and an insert are two. So rows are added by `_end_of_log`,
 *   a view that has no other use.
 * - `version`, `origin`: the commit, as in `_clock`. `schema`: tag of the last migration when it was written; of what a migration has
 *   changed, of the one before it.
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

const ADDED_COLUMNS = ['version', 'origin', 'schema', '"table"', 'pk', 'shard_key', 'op', 'image'] as const;

/** `INSERT INTO _end_of_log (…)`: adds rows to the log. */
export const ADD_TO_LOG_SQL = `INSERT INTO _end_of_log (${ADDED_COLUMNS.join(', ')})`;

export const CREATE_END_OF_LOG_VIEW = `CREATE VIEW IF NOT EXISTS _end_of_log AS SELECT ${ADDED_COLUMNS.join(', ')} FROM _log`;

const newValues = ADDED_COLUMNS.map((column) => `NEW.${column}`);

/** Of the view: ShardQL's own, as those of tables are. */
export const END_OF_LOG_TRIGGER = '_new_log_row';

export const CREATE_END_OF_LOG_TRIGGER = `CREATE TRIGGER IF NOT EXISTS ${END_OF_LOG_TRIGGER} INSTEAD OF INSERT ON _end_of_log BEGIN
  UPDATE _log SET seq = (SELECT max(seq) + 1 FROM _log), ${ADDED_COLUMNS.map((column, at) => `${column} = ${newValues[at]}`).join(', ')}
  WHERE seq = (SELECT min(seq) FROM _log) AND seq <= (SELECT spare_seq FROM _log_state);
  INSERT INTO _log (${ADDED_COLUMNS.join(', ')}) SELECT ${newValues.join(', ')} WHERE changes() = 0;
END`;

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

/** A row without its image, which may be large. */
export type LogEntry = Omit<LogRow, 'image'>;

/** The start of statements whose rows `toLogEntry` takes. */
export const SELECT_LOG_ENTRIES = 'SELECT seq, version, origin, schema, "table", pk, shard_key, op FROM _log';
/** The start of statements whose rows `toLogRow` takes. */
export const SELECT_LOG_ROWS = 'SELECT seq, version, origin, schema, "table", pk, shard_key, op, image FROM _log';

export function toLogEntry(values: readonly SqlStorageValue[]): LogEntry {
  const [seq, version, origin, schema, table, pk, shardKey, op] = values;
  return { seq, version, origin, schema, table, pk, shardKey, op } as LogEntry;
}

export function toLogRow(values: readonly SqlStorageValue[]): LogRow {
  const [seq, version, origin, schema, table, pk, shardKey, op, image] = values;
  return { seq, version, origin, schema, table, pk, shardKey, op, image } as LogRow;
}

/** Seq of the newest row; 0 if there is none. */
export const readLastLogSeq = (session: ReadSession): number =>
  session.row('SELECT coalesce(max(seq), 0) FROM _log')![0] as number;

/** Up to `limit` rows with a seq greater than `seq`, newest first. */
export const readLogBackwards = (session: ReadSession, seq: number, limit: number): LogRow[] =>
  session.rows(`${SELECT_LOG_ROWS} WHERE seq > ? ORDER BY seq DESC ${limitSql('?')}`, seq, limit).map(toLogRow);

/** Up to `limit` rows after `seq`, in order, one at a time: images may be large. */
export function* eachLoggedForwards(
  session: ReadSession,
  seq: number,
  limit: number,
): Generator<LogRow, void, undefined> {
  const rows = session.each(`${SELECT_LOG_ROWS} WHERE seq > ? ORDER BY seq ${limitSql('?')}`, seq, limit);
  for (const row of rows) yield toLogRow(row);
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

/** Version of the newest row up to `seq`, or, where that is trimmed, of the last one that is; 0 if there was none, ever. */
export const readVersionAtSeq = (session: ReadSession, seq: number): Version =>
  session.row(
    `SELECT coalesce(
       (SELECT version FROM _log
        WHERE seq <= ? AND seq > coalesce((SELECT trimmed_seq FROM _log_state), 0) ORDER BY seq DESC LIMIT 1),
       (SELECT trimmed_version FROM _log_state), 0)`,
    seq,
  )![0] as Version;

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

/** Up to `limit` rows between two seqs, both included, newest first. */
export const readLogEntries = (session: ReadSession, first: number, last: number, limit: number): LogEntry[] =>
  session
    .rows(`${SELECT_LOG_ENTRIES} WHERE seq BETWEEN ? AND ? ORDER BY seq DESC ${limitSql('?')}`, first, last, limit)
    .map(toLogEntry);

/** The shard keys of the rows between two seqs, both included. */
export const readShardKeysBetween = (session: ReadSession, first: number, last: number): ShardKey[] =>
  session
    .rows('SELECT DISTINCT shard_key FROM _log WHERE seq BETWEEN ? AND ?', first, last)
    .map(([shardKey]) => shardKey as ShardKey);

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

/** The oldest row after `seq`; null: there is none. */
export function readOldestAfter(session: ReadSession, seq: number): Pick<LogRow, 'seq' | 'version'> | null {
  const row = session.row('SELECT seq, version FROM _log WHERE seq > ? ORDER BY seq LIMIT 1', seq);
  return row ? { seq: row[0] as number, version: row[1] as Version } : null;
}

/** The rows between two seqs, both included, in order. */
export const readLogRows = (session: ReadSession, first: number, last: number): LogRow[] =>
  session.rows(`${SELECT_LOG_ROWS} WHERE seq BETWEEN ? AND ? ORDER BY seq`, first, last).map(toLogRow);

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
