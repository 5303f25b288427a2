/**
 * `_log_archive`: the objects in the archive that hold trimmed rows of `_log`, one row each. An object holds the rows from
 * `first_seq` to `last_seq`; its format is described in `../log/archive/log-object.ts`.
 *
 * - A row is written before its object is: after a crash the same rows are put again under the same key. `sha256` is of the
 *   bytes that were put, in hexadecimal; null: they may not have been.
 * - `version_before`: of the row before the first one. `first_version`, `last_version`: of the first and the last one. Of a
 *   commit that takes several objects, an object begins where the one before it has ended: with the same version.
 * - `bytes`: about how many they take in the log.
 */
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';

export const CREATE_LOG_ARCHIVE_TABLE = `CREATE TABLE IF NOT EXISTS _log_archive (
  first_seq INTEGER PRIMARY KEY,
  last_seq INTEGER NOT NULL,
  version_before INTEGER NOT NULL,
  first_version INTEGER NOT NULL,
  last_version INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  sha256 TEXT
)`;

/** Rows of the log that are to be archived together. */
export interface LogSegment {
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly versionBefore: Version;
  readonly firstVersion: Version;
  readonly lastVersion: Version;
  readonly bytes: number;
}

export interface ArchivedSegment extends LogSegment {
  readonly sha256: string;
}

const COLUMNS = 'first_seq, last_seq, version_before, first_version, last_version, bytes, sha256';

const toSegment = (row: readonly SqlStorageValue[]): ArchivedSegment => {
  const [firstSeq, lastSeq, versionBefore, firstVersion, lastVersion, bytes, sha256] = row as [
    ...[number, number, Version, Version, Version, number],
    string,
  ];
  return { firstSeq, lastSeq, versionBefore, firstVersion, lastVersion, bytes, sha256 };
};

export const addSegment = (session: SqlSession, segment: LogSegment): void =>
  session.run(
    `INSERT INTO _log_archive (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, NULL)`,
    segment.firstSeq,
    segment.lastSeq,
    segment.versionBefore,
    segment.firstVersion,
    segment.lastVersion,
    segment.bytes,
  );

export const completeSegment = (session: SqlSession, { firstSeq }: LogSegment, sha256: string): void =>
  session.run('UPDATE _log_archive SET sha256 = ? WHERE first_seq = ?', sha256, firstSeq);

/** The one whose object may not be there yet; null: there is none. */
export function readPendingSegment(session: ReadSession): LogSegment | null {
  const row = session.row(`SELECT ${COLUMNS} FROM _log_archive ORDER BY first_seq DESC LIMIT 1`);
  return row === undefined || row[6] !== null ? null : toSegment(row);
}

/** Its rows are gone from the log, and in no object. */
export const removePendingSegments = (session: SqlSession): void =>
  session.run('DELETE FROM _log_archive WHERE sha256 IS NULL');

/** Of the newest row that is in the archive; 0: none is. */
export const readArchivedSeq = (session: ReadSession): number =>
  (session.row('SELECT last_seq FROM _log_archive WHERE sha256 IS NOT NULL ORDER BY first_seq DESC LIMIT 1')?.[0] ??
    0) as number;

/** The object that holds this row; null: none does. */
export function findSegment(session: ReadSession, seq: number): ArchivedSegment | null {
  const row = session.row(
    `SELECT ${COLUMNS} FROM _log_archive
     WHERE first_seq <= ?1 AND last_seq >= ?1 AND sha256 IS NOT NULL ORDER BY first_seq DESC LIMIT 1`,
    seq,
  );
  return row === undefined ? null : toSegment(row);
}
