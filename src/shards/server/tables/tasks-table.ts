/**
 * `_tasks`: work of the shard that is due at some time, by name. A row is written in the turn of the commit that makes the
 * work necessary, and goes once the work is done: what a life of the shard leaves is done by the next.
 */
import type { SqlSession } from '../../sql/sql-session.ts';

export const CREATE_TASKS_TABLE = `CREATE TABLE IF NOT EXISTS _tasks (
  name TEXT PRIMARY KEY,
  due_at INTEGER NOT NULL
) WITHOUT ROWID`;

/** When each is due, in milliseconds since 1970. */
export const readTasks = (session: SqlSession): [name: string, dueAtMs: number][] =>
  session.rows('SELECT name, due_at FROM _tasks') as [string, number][];

export const writeTask = (session: SqlSession, name: string, dueAtMs: number): void =>
  session.run(
    'INSERT INTO _tasks (name, due_at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET due_at = excluded.due_at',
    name,
    dueAtMs,
  );

export const removeTask = (session: SqlSession, name: string): void =>
  session.run('DELETE FROM _tasks WHERE name = ?', name);
