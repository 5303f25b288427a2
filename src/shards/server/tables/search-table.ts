/**
 * `_search`: the full-text indexes of this database, and how far each has been filled. An index whose definition has
 * changed since is rebuilt.
 */
import type { SqlSession } from '../../sql/sql-session.ts';

/** `indexed_to`: greatest row id indexed so far, null before the first. */
export const CREATE_SEARCH_TABLE = `CREATE TABLE IF NOT EXISTS _search (
  name TEXT PRIMARY KEY,
  hash TEXT NOT NULL,
  indexed_to INTEGER,
  is_complete INTEGER NOT NULL
) WITHOUT ROWID`;

/** State of one index; `name` is that of its table. */
export interface SearchState {
  readonly name: string;
  readonly hash: string;
  /** At least one step of its filling is done. */
  readonly isStarted: boolean;
  /** All rows are indexed; from there on triggers keep it. */
  readonly isComplete: boolean;
}

export const readSearchStates = (session: SqlSession): SearchState[] =>
  session.rows('SELECT name, hash, indexed_to IS NOT NULL, is_complete FROM _search').map((row) => ({
    name: row[0] as string,
    hash: row[1] as string,
    isStarted: row[2] === 1,
    isComplete: row[3] === 1,
  }));

export function addSearchState(session: SqlSession, name: string, hash: string): void {
  session.run('INSERT INTO _search (name, hash, is_complete) VALUES (?, ?, 0)', name, hash);
}

export function removeSearchState(session: SqlSession, name: string): void {
  session.run('DELETE FROM _search WHERE name = ?', name);
}

export function completeSearchState(session: SqlSession, name: string): void {
  session.run('UPDATE _search SET is_complete = 1 WHERE name = ?', name);
}

/** No definition has this hash: every index will be rebuilt. */
export function invalidateSearchStates(session: SqlSession): void {
  session.run("UPDATE _search SET hash = ''");
}
