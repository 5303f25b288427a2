/**
 * `_operations`: the answers of recent writes by operation id, stored in the write's own transaction. A router that
 * retries a write (its answer was lost) gets the answer of the first try, and nothing is applied twice (W3).
 */
import { MAX_ROW_BYTES } from '../../limits.ts';
import type { Version } from '../../version.ts';
import type { SqlSession } from '../sql-session.ts';

/** How long answers are kept at least. Routers give up retrying long before. */
export const OPERATION_RETENTION_MS = 150_000;

/** Greatest answer that can be kept: one row, with room for the other columns. */
export const MAX_REMEMBERED_ANSWER_BYTES = MAX_ROW_BYTES - 1_000;

/** `seq` follows the order of arrival, so old rows can be trimmed without an index on time. */
export const CREATE_OPERATIONS_TABLE = `CREATE TABLE IF NOT EXISTS _operations (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  rows TEXT NOT NULL
)`;

export interface RememberedOperation {
  readonly version: Version;
  /** JSON text of the selected rows, as in `WriteAnswer.rows`. */
  readonly rows: string;
}

export function findOperation(session: SqlSession, id: string): RememberedOperation | null {
  const row = session.row('SELECT version, rows FROM _operations WHERE id = ?', id);
  return row ? { version: row[0] as Version, rows: row[1] as string } : null;
}

/** Old answers are forgotten once in so many writes, all at once. */
const WRITES_PER_TRIM = 32;

export function rememberOperation(
  session: SqlSession,
  id: string,
  nowMs: number,
  { version, rows }: RememberedOperation,
): void {
  const [seq] = session.row(
    'INSERT INTO _operations (id, at, version, rows) VALUES (?, ?, ?, ?) RETURNING seq',
    id,
    nowMs,
    version,
    rows,
  ) as [number];
  if (seq % WRITES_PER_TRIM === 0) trimOperations(session, nowMs);
}

/** Forgets the oldest answers up to the first one that is still within its time; the newest stays, so seqs grow. */
function trimOperations(session: SqlSession, nowMs: number): void {
  session.run(
    `DELETE FROM _operations
     WHERE seq < (SELECT seq FROM _operations WHERE at >= ? ORDER BY seq LIMIT 1)`,
    nowMs - OPERATION_RETENTION_MS,
  );
}
