/**
 * `_operations`: the outcomes of recent writes by operation id, failures and writes that changed nothing included; but for writes of one row,
 * which the log remembers (`../commit/logged-outcomes.ts`). That of a
 * commit is stored in its own transaction. A router that retries a write (its answer was lost) gets the outcome of the
 * first attempt, and an attempt that arrives late has no effect of its own (W3).
 *
 * A row is written in the place of one that is no longer needed, and has no index: to remember an outcome costs one row. Who looks for
 * one knows its place (`../commit/outcomes.ts`).
 */
import type { WireError } from '../../errors.ts';
import { MAX_ROW_BYTES } from '../../limits.ts';
import type { OperationResult } from '../../operation.ts';
import type { JsonText } from '../../protocol/json-text.ts';
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';

/** How long outcomes are kept at least. Routers give up retrying long before. */
export const OPERATION_RETENTION_MS = 150_000;

/** Greatest answer that can be kept: one row, with room for the other columns. */
export const MAX_REMEMBERED_ANSWER_BYTES = MAX_ROW_BYTES - 1_000;

/**
 * `turn` follows the order of arrival; `at`: milliseconds since 1970. `version`: of the commit; 0: it failed. `answer`: JSON text of
 * its results, or of the failure.
 */
export const CREATE_OPERATIONS_TABLE = `CREATE TABLE IF NOT EXISTS _operations (
  place INTEGER PRIMARY KEY,
  turn INTEGER NOT NULL,
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  version INTEGER NOT NULL,
  answer TEXT NOT NULL
)`;

/** Replaces a table that an earlier release made: its outcomes are those of some minutes. */
export function renewOperationsTable(session: SqlSession): void {
  const names = session.rows("SELECT name FROM pragma_table_info('_operations')").map(([name]) => name);
  if (names.includes('place')) return;
  session.run('DROP TABLE _operations');
  session.run(CREATE_OPERATIONS_TABLE);
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

/** Where an outcome is. */
export interface OutcomePlace {
  readonly place: number;
  readonly turn: number;
  readonly atMs: number;
}

/** All of them, by operation id, oldest first. */
export const readOutcomePlaces = (session: SqlSession): (readonly [id: string, place: OutcomePlace])[] =>
  session
    .rows('SELECT id, place, turn, at FROM _operations ORDER BY turn')
    .map(([id, place, turn, atMs]) => [id, { place, turn, atMs }] as [string, OutcomePlace]);

export function readOutcome(session: SqlSession, place: number): Outcome {
  const row = session.row('SELECT version, answer FROM _operations WHERE place = ?', place);
  const [version, answer] = row as [Version, string];
  return version === 0 ? (JSON.parse(answer) as Failed) : { version, results: answer };
}

export function writeOutcome(
  session: SqlSession,
  id: string,
  { place, turn, atMs }: OutcomePlace,
  outcome: Outcome,
): void {
  const [version, answer] = 'error' in outcome ? [0, JSON.stringify(outcome)] : [outcome.version, outcome.results];
  session.run(
    `INSERT INTO _operations (place, turn, id, at, version, answer) VALUES (?, ?, ?, ?, ?, ?)
     ON CONFLICT (place) DO UPDATE
     SET turn = excluded.turn, id = excluded.id, at = excluded.at, version = excluded.version, answer = excluded.answer`,
    place,
    turn,
    id,
    atMs,
    version,
    answer,
  );
}

/** Outcomes of later than `beyondMs` are stored as of now: a clock that was ahead has written them, and how old they are nobody knows. */
export const storeAsOfNow = (session: SqlSession, nowMs: number, beyondMs: number): void =>
  session.run('UPDATE _operations SET at = ? WHERE at > ?', nowMs, beyondMs);

/** The least version of the commits whose outcomes are of that time or later; null: there are none. It reads all outcomes. */
export const readLeastVersionSince = (session: ReadSession, sinceMs: number): Version | null =>
  session.row('SELECT min(version) FROM _operations WHERE version > 0 AND at >= ?', sinceMs)![0] as Version | null;

export const deleteOutcome = (session: SqlSession, place: number): void =>
  session.run('DELETE FROM _operations WHERE place = ?', place);
