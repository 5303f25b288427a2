/**
 * `_clock`: one row, the commit that is in progress (inside a write transaction) or was last made. Log triggers take
 * the version and the origin of their rows from it, so it is set before anything else is written.
 *
 * `rows`: how many rows all tables of the model had before that commit, by its count; NULL: not known. It is here because each
 * commit writes this row anyway.
 */

import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';

export const CREATE_CLOCK_TABLE = `CREATE TABLE IF NOT EXISTS _clock (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL DEFAULT 0,
  origin TEXT NOT NULL DEFAULT '',
  rows INTEGER
)`;

/** Brings a table that an earlier release made to the form above. */
export function renewClockTable(session: SqlSession): void {
  const names = session.rows("SELECT name FROM pragma_table_info('_clock')").map(([name]) => name);
  if (!names.includes('rows')) session.run('ALTER TABLE _clock ADD COLUMN rows INTEGER');
}

/** Version of the commit in progress, as an SQL expression. */
export const CLOCK_VERSION_SQL = '(SELECT version FROM _clock)';

/** Version of the last commit; 0 before the first. */
export const readLastVersion = (session: ReadSession): Version =>
  (session.row('SELECT version FROM _clock')?.[0] as Version | undefined) ?? 0;

/** Rows before the last commit. Null: not known. */
export function readRowsBefore(session: ReadSession): number | null {
  const row = session.row('SELECT rows FROM _clock');
  return row === undefined ? 0 : (row[0] as number | null);
}

/**
 * Starts a commit.
 *
 * @param origin id of the operation that makes it.
 * @param rows how many rows there are before it; null: as many as before the last one, as far as anybody knows.
 */
export function writeClock(session: SqlSession, version: Version, origin: string, rows: number | null = null): void {
  session.run(
    `INSERT INTO _clock (id, version, origin, rows) VALUES (1, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE
     SET version = excluded.version, origin = excluded.origin, rows = coalesce(excluded.rows, rows)`,
    version,
    origin,
    rows,
  );
}

/** No commit is in progress, for as long as the transaction lasts, which must be rolled back: triggers then log nothing. */
export const stopClock = (session: SqlSession): void => session.run('DELETE FROM _clock');
