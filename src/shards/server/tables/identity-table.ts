/**
 * `_identity`: one row, which tells this database from all others. Shards of all installations have the same names. A bookmark of the platform
 * and a copied data folder keep it: whether the log is still the same one, its versions tell.
 */
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';

export const CREATE_IDENTITY_TABLE = `CREATE TABLE IF NOT EXISTS _identity (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  uuid TEXT NOT NULL
)`;

/** Writes nothing where it has been done. */
export function identify(session: SqlSession): void {
  if (session.row('SELECT 1 FROM _identity') !== undefined) return;
  session.run('INSERT INTO _identity (id, uuid) VALUES (1, ?)', crypto.randomUUID());
}

export const readIdentity = (session: ReadSession): string => session.row('SELECT uuid FROM _identity')![0] as string;
