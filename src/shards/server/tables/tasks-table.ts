/**
 * `_tasks`: work of the shard that is due at some time, by name. `since`: of the first log row that the work is about; 0: of any. A row is written in the turn of the commit that makes the
 * work necessary, and goes once the work is done: what a life of the shard leaves is done by the next.
 */
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';

export const CREATE_TASKS_TABLE = `CREATE TABLE IF NOT EXISTS _tasks (
  name TEXT PRIMARY KEY,
  due_at INTEGER NOT NULL,
  since INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID`;

/** Brings a table that an earlier release made to the form above. */
export function renewTasksTable(session: SqlSession): void {
  const names = session.rows("SELECT name FROM pragma_table_info('_tasks')").map(([name]) => name);
  if (!names.includes('since')) session.run('ALTER TABLE _tasks ADD COLUMN since INTEGER NOT NULL DEFAULT 0');
}

/** `dueAtMs`: milliseconds since 1970. */
export const readTasks = (session: SqlSession): [name: string, dueAtMs: number, sinceSeq: number][] =>
  session.rows('SELECT name, due_at, since FROM _tasks') as [string, number, number][];

/** Of the first log row that a task is about; null: it is not due. */
export const readTaskSince = (session: ReadSession, name: string): number | null =>
  (session.row('SELECT since FROM _tasks WHERE name = ?', name)?.[0] as number | undefined) ?? null;

export const writeTask = (session: SqlSession, name: string, dueAtMs: number, sinceSeq = 0): void =>
  session.run(
    `INSERT INTO _tasks (name, due_at, since) VALUES (?, ?, ?)
     ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at, since = min(since, excluded.since)`,
    name,
    dueAtMs,
    sinceSeq,
  );

export const removeTask = (session: SqlSession, name: string): void =>
  session.run('DELETE FROM _tasks WHERE name = ?', name);
