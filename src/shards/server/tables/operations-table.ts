/**
 * `_operations`: the outcomes of recent writes by operation id, failures and writes that changed nothing included. That of a
 * commit is stored in its own transaction. A router that retries a write (its answer was lost) gets the outcome of the
 * first attempt, and an attempt that arrives late has no effect of its own (W3).
 */
import type { WireError } from '../../errors.ts';
import { MAX_ROW_BYTES } from '../../limits.ts';
import type { OperationResult } from '../../operation.ts';
import type { JsonText } from '../../protocol/json-text.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';

/** How long outcomes are kept at least. Routers give up retrying long before. */
export const OPERATION_RETENTION_MS = 150_000;

/** Greatest answer that can be kept: one row, with room for the other columns. */
export const MAX_REMEMBERED_ANSWER_BYTES = MAX_ROW_BYTES - 1_000;

/**
 * `seq` follows the order of arrival, so old rows can be trimmed without an index on time. `version`: of the commit; 0:
 * it failed. `answer`: JSON text of its results, or of the failure.
 */
export const CREATE_OPERATIONS_TABLE = `CREATE TABLE IF NOT EXISTS _operations (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  answer TEXT NOT NULL
)`;

/** Brings a table that an earlier release made to the form above. */
export function renewOperationsTable(session: SqlSession): void {
  const names = session.rows("SELECT name FROM pragma_table_info('_operations')").map(([name]) => name);
  if (names.includes('rows')) session.run('ALTER TABLE _operations RENAME COLUMN rows TO answer');
}

export interface Committed {
  readonly version: Version;
  /** As in `WriteAnswer`. */
  readonly results: JsonText<readonly OperationResult[]>;
}

/** Nothing was written. */
export interface Failed {
  /** Of the operation that failed; null: the request as a whole did, by its idempotency key, say. */
  readonly index: number | null;
  /** Of the row that failed, if the operation has rows of its own. */
  readonly row?: number | undefined;
  readonly error: WireError;
}

/** What became of a write's transaction. */
export type Outcome = Committed | Failed;

/** Null: the operation id is new. */
export function findOutcome(session: SqlSession, id: string): Outcome | null {
  const row = session.row('SELECT version, answer FROM _operations WHERE id = ?', id);
  if (!row) return null;
  const [version, answer] = row as [Version, string];
  return version === 0 ? (JSON.parse(answer) as Failed) : { version, results: answer };
}

/** What is old is forgotten once in so many writes. */
const WRITES_PER_TRIM = 32;

/** Gives true if it is time to forget what is old. */
export function rememberOutcome(session: SqlSession, id: string, nowMs: number, outcome: Outcome): boolean {
  const [version, answer] = 'error' in outcome ? [0, JSON.stringify(outcome)] : [outcome.version, outcome.results];
  const [seq] = session.row(
    'INSERT INTO _operations (id, at, version, answer) VALUES (?, ?, ?, ?) RETURNING seq',
    id,
    nowMs,
    version,
    answer,
  ) as [number];
  return seq % WRITES_PER_TRIM === 0;
}

/** Forgets the oldest outcomes up to the first one that is still within its time; the newest stays, so seqs grow. */
export function forgetOutcomes(session: SqlSession, nowMs: number): void {
  session.run(
    `DELETE FROM _operations
     WHERE seq < (SELECT seq FROM _operations WHERE at >= ? ORDER BY seq LIMIT 1)`,
    nowMs - OPERATION_RETENTION_MS,
  );
}
