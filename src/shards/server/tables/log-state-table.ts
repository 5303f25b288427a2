/**
 * `_log_state`: one row, what of `_log` is gone and how large the rest is.
 *
 * - `trimmed_seq`, `trimmed_version`: the last row of the last commit that counts as gone; 0: none is. The commits after it are
 *   all there, so that rows can be taken back to how they were right after it. Rows up to it may still be stored: they are
 *   given up in steps.
 * - `spare_seq`: rows up to this one have been given up: each that is still stored becomes a new row.
 * - `measured_seq`, `bytes`: about how many bytes the stored rows up to this one take, those that were given up left out.
 * - `held_version`, `held_until`: commits after this version stay until then (milliseconds since 1970), whatever the budget.
 *   Rows that were brought back from the archive would else be trimmed at once.
 */
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';

export const CREATE_LOG_STATE_TABLE = `CREATE TABLE IF NOT EXISTS _log_state (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  trimmed_seq INTEGER NOT NULL,
  trimmed_version INTEGER NOT NULL,
  spare_seq INTEGER NOT NULL DEFAULT 0,
  measured_seq INTEGER NOT NULL,
  bytes INTEGER NOT NULL,
  held_version INTEGER NOT NULL,
  held_until INTEGER NOT NULL
)`;

/** Brings a table that an earlier release made to the form above. */
export function renewLogStateTable(session: SqlSession): void {
  const names = session.rows("SELECT name FROM pragma_table_info('_log_state')").map(([name]) => name);
  if (!names.includes('spare_seq'))
    session.run('ALTER TABLE _log_state ADD COLUMN spare_seq INTEGER NOT NULL DEFAULT 0');
}

export interface LogState {
  readonly trimmedSeq: number;
  readonly trimmedVersion: Version;
  readonly spareSeq: number;
  readonly measuredSeq: number;
  readonly bytes: number;
  readonly heldVersion: Version;
  readonly heldUntilMs: number;
}

/** How long rows that were brought back stay at least, in milliseconds. */
export const HOLD_MS = 10 * 60_000;

/** Rows are held. A hold that lasts longer than any may was set by a clock that was ahead: else nothing would be trimmed until then. */
export const isHeld = ({ heldUntilMs }: LogState, nowMs: number): boolean =>
  nowMs < heldUntilMs && heldUntilMs <= nowMs + 2 * HOLD_MS;

const UNTOUCHED: LogState = {
  trimmedSeq: 0,
  trimmedVersion: 0,
  spareSeq: 0,
  measuredSeq: 0,
  bytes: 0,
  heldVersion: 0,
  heldUntilMs: 0,
};

export function readLogState(session: ReadSession): LogState {
  const row = session.row(
    'SELECT trimmed_seq, trimmed_version, spare_seq, measured_seq, bytes, held_version, held_until FROM _log_state',
  );
  if (row === undefined) return UNTOUCHED;
  const [trimmedSeq, trimmedVersion, spareSeq, measuredSeq, bytes, heldVersion, heldUntilMs] = row as number[];
  return {
    trimmedSeq: trimmedSeq!,
    trimmedVersion: trimmedVersion!,
    spareSeq: spareSeq!,
    measuredSeq: measuredSeq!,
    bytes: bytes!,
    heldVersion: heldVersion!,
    heldUntilMs: heldUntilMs!,
  };
}

export const writeLogState = (session: SqlSession, state: LogState): void =>
  session.run(
    `INSERT INTO _log_state (id, trimmed_seq, trimmed_version, spare_seq, measured_seq, bytes, held_version, held_until)
     VALUES (1, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET trimmed_seq = excluded.trimmed_seq,
       trimmed_version = excluded.trimmed_version, spare_seq = excluded.spare_seq, measured_seq = excluded.measured_seq, bytes = excluded.bytes,
       held_version = excluded.held_version, held_until = excluded.held_until`,
    state.trimmedSeq,
    state.trimmedVersion,
    state.spareSeq,
    state.measuredSeq,
    state.bytes,
    state.heldVersion,
    state.heldUntilMs,
  );

/** Version of the last commit that is gone: all later ones are in the log. 0: none is gone. */
export const readTrimmedVersion = (session: ReadSession): Version =>
  (session.row('SELECT trimmed_version FROM _log_state')?.[0] as Version | undefined) ?? 0;
