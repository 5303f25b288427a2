/**
 * `_clock`: one row, the commit that is in progress (inside a write transaction) or was last made. Log triggers take
 * the version and the origin of their rows from it, so it is set before anything else is written.
 */

import type { SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';

export const CREATE_CLOCK_TABLE = `CREATE TABLE IF NOT EXISTS _clock (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL DEFAULT 0,
  origin TEXT NOT NULL DEFAULT ''
)`;

/** Version of the commit in progress, as an SQL expression. */
export const CLOCK_VERSION_SQL = '(SELECT version FROM _clock)';

/** Version of the last commit; 0 before the first. */
export const readLastVersion = (session: SqlSession): Version =>
  (session.row('SELECT version FROM _clock')?.[0] as Version | undefined) ?? 0;

/** Starts a commit: `origin` is the id of the operation that makes it. */
export function writeClock(session: SqlSession, version: Version, origin: string): void {
  session.run(
    `INSERT INTO _clock (id, version, origin) VALUES (1, ?, ?)
     ON CONFLICT (id) DO UPDATE SET version = excluded.version, origin = excluded.origin`,
    version,
    origin,
  );
}

/** No commit is in progress, for as long as the transaction lasts, which must be rolled back: triggers then log nothing. */
export const stopClock = (session: SqlSession): void => session.run('DELETE FROM _clock');
