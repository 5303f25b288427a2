/**
 * `_clock`: one row, the commit that is in progress (inside a write transaction) or was last made. Log triggers take
 * the version and the origin of their rows from it, so it is set before anything else is written. `start` is the
 * version that the running shard started with (see `startVersion` in `../clock.ts`).
 */
import type { Version } from '../../version.ts';
import type { SqlSession } from '../sql-session.ts';

export const CREATE_CLOCK_TABLE = `CREATE TABLE IF NOT EXISTS _clock (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  version INTEGER NOT NULL DEFAULT 0,
  origin TEXT NOT NULL DEFAULT '',
  start INTEGER NOT NULL DEFAULT 0
)`;

/** Version of the commit in progress, as an SQL expression. */
export const CLOCK_VERSION_SQL = '(SELECT version FROM _clock)';

export interface StoredClock {
  /** Version of the last commit; 0 before the first. */
  readonly last: Version;
  /** Version that the shard last started with; 0 before the first start. */
  readonly start: Version;
}

export function readClock(session: SqlSession): StoredClock {
  const [last, start] = session.row('SELECT version, start FROM _clock') ?? [0, 0];
  return { last: last as Version, start: start as Version };
}

export function writeStart(session: SqlSession, start: Version): void {
  session.run(
    'INSERT INTO _clock (id, start) VALUES (1, ?) ON CONFLICT (id) DO UPDATE SET start = excluded.start',
    start,
  );
}

/** Starts a commit: `origin` is the id of the operation that makes it. */
export function writeClock(session: SqlSession, version: Version, origin: string): void {
  session.run(
    `INSERT INTO _clock (id, version, origin) VALUES (1, ?, ?)
     ON CONFLICT (id) DO UPDATE SET version = excluded.version, origin = excluded.origin`,
    version,
    origin,
  );
}
