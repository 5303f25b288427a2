/**
 * `_rebuilds`: tables that a migration rebuilds in steps, by name. While `phase` is `copying`, rows go to the copy: `copied_to` is the
 * greatest row id that has, null before the first; `copied_from`: the one before the last step. `rows`: how many were copied.
 *
 * `swapped`: the copy has taken the table's place. What is left: rows of the old table after `settled_to` to compare (`compares`: some may
 * have changed), the old table to drop, and the statements of `later` (a JSON array) to run. `schema`: the last migration before.
 *
 * `_rebuild_rows`: row ids of rows that were copied, and have changed since: they are no longer in the copy.
 */
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';

export const CREATE_REBUILDS_TABLE = `CREATE TABLE IF NOT EXISTS _rebuilds (
  name TEXT PRIMARY KEY,
  id TEXT NOT NULL,
  phase TEXT NOT NULL CHECK (phase IN ('copying', 'swapped')),
  copied_from INTEGER,
  copied_to INTEGER,
  rows INTEGER NOT NULL DEFAULT 0,
  compares INTEGER NOT NULL,
  settled_from INTEGER,
  settled_to INTEGER,
  schema TEXT NOT NULL DEFAULT '',
  tag TEXT NOT NULL DEFAULT '',
  later TEXT NOT NULL DEFAULT '[]'
) WITHOUT ROWID`;

export const CREATE_REBUILD_ROWS_TABLE = `CREATE TABLE IF NOT EXISTS _rebuild_rows (
  name TEXT NOT NULL,
  id INTEGER NOT NULL,
  PRIMARY KEY (name, id)
) WITHOUT ROWID`;

/** Row ids may exceed 2^53, so they stay in SQL. */
export interface RebuildRecord {
  readonly name: string;
  /** Of the statements that make the copy. */
  readonly id: string;
  readonly phase: 'copying' | 'swapped';
  /** At least one step of the copying, or of the comparison, is done. */
  readonly isStarted: boolean;
  /** Rows that were copied. */
  readonly rows: number;
  readonly compares: boolean;
  readonly schema: string;
  /** The migration that is the last of its run. */
  readonly tag: string;
  readonly later: readonly string[];
}

export const readRebuilds = (session: ReadSession): RebuildRecord[] =>
  session
    .rows(
      `SELECT name, id, phase, iif(phase = 'copying', copied_to, settled_to) IS NOT NULL, rows, compares, schema, tag, later
       FROM _rebuilds ORDER BY name`,
    )
    .map(([name, id, phase, isStarted, rows, compares, schema, tag, later]) => ({
      name: name as string,
      id: id as string,
      phase: phase as RebuildRecord['phase'],
      isStarted: isStarted === 1,
      rows: rows as number,
      compares: compares === 1,
      schema: schema as string,
      tag: tag as string,
      later: JSON.parse(later as string) as string[],
    }));

/** `compares`: some rows may have other values in the copy. */
export const addRebuild = (session: SqlSession, name: string, id: string, compares: boolean): void =>
  session.run(
    "INSERT INTO _rebuilds (name, id, phase, compares) VALUES (?, ?, 'copying', ?)",
    name,
    id,
    compares ? 1 : 0,
  );

/** The copy has taken the table's place. */
export const noteSwap = (
  session: SqlSession,
  name: string,
  { schema, tag, later }: Pick<RebuildRecord, 'schema' | 'tag' | 'later'>,
): void =>
  session.run(
    "UPDATE _rebuilds SET phase = 'swapped', schema = ?, tag = ?, later = ? WHERE name = ?",
    schema,
    tag,
    JSON.stringify(later),
    name,
  );

export const writeLater = (session: SqlSession, name: string, later: readonly string[]): void =>
  session.run('UPDATE _rebuilds SET later = ? WHERE name = ?', JSON.stringify(later), name);

export function removeRebuild(session: SqlSession, name: string): void {
  session.run('DELETE FROM _rebuild_rows WHERE name = ?', name);
  session.run('DELETE FROM _rebuilds WHERE name = ?', name);
}
