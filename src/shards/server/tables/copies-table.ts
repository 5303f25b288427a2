/**
 * `_copies`: copies of the rows of a shard key as of an earlier moment, under another shard key, by the id that they have in
 * `_restores`: what all restores have in common is there.
 *
 * - `source_key`, `source_shard`, `version`: whose rows, on which shard, and as of when.
 * - `stage`: what is done next, as JSON; see {@link CopyStage}. It is written in the transaction that does what comes before.
 * - `attempts`: how often its next step was begun and did not come to its end: by a life of the shard, which may have ended amid it.
 * - `problem`: why the copy has turned round by itself, as JSON; null: it has not.
 */
import type { WireError } from '../../errors.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';

export const CREATE_COPIES_TABLE = `CREATE TABLE IF NOT EXISTS _copies (
  id TEXT PRIMARY KEY,
  source_key TEXT NOT NULL,
  source_shard TEXT NOT NULL,
  version INTEGER NOT NULL,
  stage TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  problem TEXT
)`;

/** Brings a table that an earlier release made to the form above. */
export function renewCopiesTable(session: SqlSession): void {
  const names = session.rows("SELECT name FROM pragma_table_info('_copies')").map(([name]) => name);
  if (!names.includes('attempts')) session.run('ALTER TABLE _copies ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0');
}

/** The stages in their order. Tables go by their names in SQL. */
export type CopyStage =
  /** Rows are read as they are. `after`: `next` of the page before; null: the table begins. */
  | { readonly stage: 'ROWS'; readonly table: string; readonly after: string | null }
  /** Changes since the moment are taken back, the last one first. `upTo`: those up to this seq are left; null: all. */
  | { readonly stage: 'CHANGES'; readonly upTo: string | null }
  /** Rows are written under their new shard key. `after`: id of the last one looked at. `hasWritten`: in this round over all tables. */
  | { readonly stage: 'WRITE'; readonly table: string; readonly after: number; readonly hasWritten: boolean };

export interface StoredCopy {
  readonly id: string;
  readonly sourceKey: ShardKey;
  readonly sourceShard: string;
  readonly version: Version;
  readonly stage: CopyStage;
  readonly attempts: number;
  readonly problem: WireError | null;
}

const COLUMNS = 'id, source_key, source_shard, version, stage, attempts, problem';

/** Null: the restore of this id is none that copies. */
export function findCopy(session: ReadSession, id: string): StoredCopy | null {
  const row = session.row(`SELECT ${COLUMNS} FROM _copies WHERE id = ?`, id);
  if (row === undefined) return null;
  const [, sourceKey, sourceShard, version, stage, attempts, problem] = row;
  return {
    id,
    sourceKey: sourceKey as ShardKey,
    sourceShard: sourceShard as string,
    version: version as Version,
    stage: JSON.parse(stage as string) as CopyStage,
    attempts: attempts as number,
    problem: problem === null ? null : (JSON.parse(problem as string) as WireError),
  };
}

/** Writes one that begins, or what has changed of it. */
export const writeCopy = (session: SqlSession, copy: StoredCopy): void =>
  session.run(
    `INSERT INTO _copies (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET stage = excluded.stage, attempts = excluded.attempts, problem = excluded.problem`,
    copy.id,
    copy.sourceKey,
    copy.sourceShard,
    copy.version,
    JSON.stringify(copy.stage),
    copy.attempts,
    copy.problem === null ? null : JSON.stringify(copy.problem),
  );

/** A step has ended, if not well. */
export const forgetAttempts = (session: SqlSession, id: string): void =>
  session.run('UPDATE _copies SET attempts = 0 WHERE id = ? AND attempts > 0', id);

/** Forgets those whose restores are forgotten. */
export const forgetCopies = (session: SqlSession): void =>
  session.run('DELETE FROM _copies WHERE id NOT IN (SELECT id FROM _restores)');
