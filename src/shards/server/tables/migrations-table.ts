/**
 * `_migrations`: the migrations this database has behind it, each recorded in the transaction that applied it. What was
 * recorded stays as it was run, also where a release has an edited migration in its place. `skipped`: it was not run.
 * `superseded`: it was run, and other migrations have taken its place in the list since. `additive`: releases that do not have it can work
 * with the tables all the same.
 */
import type { PlannedMigration } from '../../migration-plan.ts';
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';

export const CREATE_MIGRATIONS_TABLE = `CREATE TABLE IF NOT EXISTS _migrations (
  seq INTEGER PRIMARY KEY,
  tag TEXT NOT NULL,
  hash TEXT NOT NULL,
  applied_at INTEGER NOT NULL,
  schema_hash TEXT,
  skipped INTEGER NOT NULL DEFAULT 0,
  superseded INTEGER NOT NULL DEFAULT 0,
  additive INTEGER NOT NULL DEFAULT 0
)`;

/** Brings a table that an earlier release made to the form above. Atomic: nothing is awaited. */
export function renewMigrationsTable(session: SqlSession): void {
  const names = session.rows("SELECT name FROM pragma_table_info('_migrations')").map(([name]) => name);
  if (names.includes('additive')) return;
  session.run('ALTER TABLE _migrations RENAME TO _migrations_before');
  session.run(CREATE_MIGRATIONS_TABLE);
  session.run(`INSERT INTO _migrations (${names.join(', ')}) SELECT ${names.join(', ')} FROM _migrations_before`);
  session.run('DROP TABLE _migrations_before');
}

export interface RecordedMigration {
  readonly tag: string;
  /** Of the statements that were run. */
  readonly hash: string;
  /** Of the tables that it led to; null: an earlier release recorded it. */
  readonly schemaHash: string | null;
  readonly isSuperseded: boolean;
  readonly isAdditive: boolean;
}

/** In the order they were recorded. */
export const readMigrations = (session: ReadSession): RecordedMigration[] =>
  session
    .rows('SELECT tag, hash, schema_hash, superseded, additive FROM _migrations ORDER BY seq')
    .map(([tag, hash, schemaHash, superseded, additive]) => ({
      tag: tag as string,
      hash: hash as string,
      schemaHash: schemaHash as string | null,
      isSuperseded: superseded === 1,
      isAdditive: additive === 1,
    }));

export function recordMigration(
  session: SqlSession,
  { tag, hash, schemaHash }: PlannedMigration,
  { isSkipped, isAdditive }: { readonly isSkipped: boolean; readonly isAdditive: boolean },
  nowMs: number,
): void {
  session.run(
    'INSERT INTO _migrations (tag, hash, applied_at, schema_hash, skipped, additive) VALUES (?, ?, ?, ?, ?, ?)',
    tag,
    hash,
    nowMs,
    schemaHash,
    isSkipped ? 1 : 0,
    isAdditive ? 1 : 0,
  );
}

/** From now on the first `kept` ones count. */
export function supersedeMigrations(session: SqlSession, kept: number): void {
  session.run(
    `UPDATE _migrations SET superseded = 1
     WHERE superseded = 0 AND seq NOT IN (SELECT seq FROM _migrations WHERE superseded = 0 ORDER BY seq LIMIT ?)`,
    kept,
  );
}

/** Tag of the last one that counts; null: there is none. */
export const lastMigration = (session: ReadSession): string | null =>
  readMigrations(session).findLast(({ isSuperseded }) => !isSuperseded)?.tag ?? null;

/** Tags of those that were run after a time, in milliseconds since 1970. */
export const migrationsSince = (session: ReadSession, timeMs: number): string[] =>
  session
    .rows('SELECT tag FROM _migrations WHERE applied_at > ? AND skipped = 0 ORDER BY seq', timeMs)
    .map(([tag]) => tag as string);

/** Notes which tables the migrations led to that an earlier release recorded, as far as the release has the same ones. */
export function recordSchemas(session: SqlSession, planned: readonly PlannedMigration[]): void {
  for (const { tag, hash, schemaHash } of planned) {
    session.run(
      'UPDATE _migrations SET schema_hash = ? WHERE tag = ? AND hash = ? AND schema_hash IS NULL',
      schemaHash,
      tag,
      hash,
    );
  }
}
