/** `_migrations`: the migrations applied to this database, each recorded in the transaction that applied it. */
import type { Migration } from '../../../model/types.ts';
import type { SqlSession } from '../sql-session.ts';

export const CREATE_MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS _migrations (
  seq INTEGER PRIMARY KEY,
  tag TEXT NOT NULL UNIQUE,
  hash TEXT NOT NULL,
  applied_at INTEGER NOT NULL
)`;

export type AppliedMigration = Pick<Migration, 'tag' | 'hash'>;

/** In the order they were applied. */
export const readAppliedMigrations = (session: SqlSession): AppliedMigration[] =>
  session
    .rows('SELECT tag, hash FROM _migrations ORDER BY seq')
    .map(([tag, hash]) => ({ tag: tag as string, hash: hash as string }));

export function recordMigration(session: SqlSession, { tag, hash }: Migration, nowMs: number): void {
  session.run('INSERT INTO _migrations (tag, hash, applied_at) VALUES (?, ?, ?)', tag, hash, nowMs);
}
