/**
 * `_migrations`: the migrations this database has behind it, each recorded in the transaction that applied it. What was
 * recorded stays as it was run, also where a release has an edited migration in its place.
 */
import type { PlannedMigration } from '../../migration-plan.ts';
import type { SqlSession } from '../sql-session.ts';

export const CREATE_MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS _migrations (
  seq INTEGER PRIMARY KEY,
  tag TEXT NOT NULL,
  hash TEXT NOT NULL,
  applied_at INTEGER NOT NULL,
  schema_hash TEXT,
  skipped INTEGER NOT NULL DEFAULT 0
)`;

/** Brings a table that an earlier release made to the form above. Atomic: nothing is awaited. */
export function renewMigrationsTable(session: SqlSession): void {
  const isCurrent = session.row("SELECT 1 FROM pragma_table_info('_migrations') WHERE name = 'schema_hash'");
  if (isCurrent) return;
  session.run('ALTER TABLE _migrations RENAME TO _migrations_before');
  session.run(CREATE_MIGRATIONS_TABLE);
  session.run(`INSERT INTO _migrations (seq, tag, hash, applied_at)
    SELECT seq, tag, hash, applied_at FROM _migrations_before`);
  session.run('DROP TABLE _migrations_before');
}

export interface RecordedMigration {
  readonly tag: string;
  /** Of the statements that were run. */
  readonly hash: string;
  /** Of the tables that it led to; null: an earlier release recorded it. */
  readonly schemaHash: string | null;
}

/** In the order they were recorded. */
export const readMigrations = (session: SqlSession): RecordedMigration[] =>
  session.rows('SELECT tag, hash, schema_hash FROM _migrations ORDER BY seq').map(([tag, hash, schemaHash]) => ({
    tag: tag as string,
    hash: hash as string,
    schemaHash: schemaHash as string | null,
  }));

export function recordMigration(
  session: SqlSession,
  { tag, hash, schemaHash }: PlannedMigration,
  isSkipped: boolean,
  nowMs: number,
): void {
  session.run(
    'INSERT INTO _migrations (tag, hash, applied_at, schema_hash, skipped) VALUES (?, ?, ?, ?, ?)',
    tag,
    hash,
    nowMs,
    schemaHash,
    isSkipped ? 1 : 0,
  );
}

/** Notes which tables the migrations led to that an earlier release recorded, as far as the release has the same ones. */
export function noteSchemas(session: SqlSession, planned: readonly PlannedMigration[]): void {
  for (const { tag, hash, schemaHash } of planned) {
    session.run(
      'UPDATE _migrations SET schema_hash = ? WHERE tag = ? AND hash = ? AND schema_hash IS NULL',
      schemaHash,
      tag,
      hash,
    );
  }
}
