/**
 * `_idempotency`: what keyed writes have answered, so that a request that is sent again gets the first answer and changes
 * nothing. A record is written in the transaction of its commit; failures have none. It outlives the `_operations` of the
 * router's own retries by far, and is no part of the log.
 *
 * - `id`: who asks, with which key, for which field. It is the origin of the log rows too. `shard_key`: to which the record
 *   belongs; null for a write under several, which counts for all of them.
 * - `fingerprint`: of what was asked. `version`: of the commit. `answer`: its results, as in `WriteAnswer`.
 * - `kept_from`: when it was written, by `_idempotency_clock`: the order of `seq` is that of time.
 * - `undone`: 1 while its changes are taken back. `undone_by`: version of the commit that has last taken all of them back that
 *   could be, or made all of those again; null: none, or several have taken parts of them back.
 * - `flips`: what became of its changes, and by which version: JSON list of [version, undone], oldest first; `flipped`: the last of these
 *   versions. So a restore finds out what it was at any moment. NULL: its changes have held since.
 * - `rows`: of a caller with rules, the rows that the answer shows (JSON of `AnsweredRows`); null: it has none.
 *
 * `_idempotency_clock`: one row, time as far as a wall clock can be trusted: `now_ms` grows by what has passed since `wall_ms`,
 * by a few minutes at most and never back. So a clock that leaps ahead takes little of the time that records are kept, one that was set back
 * does not keep them for ever, and where little is written they are kept longer.
 */
import type { OperationResult } from '../../operation.ts';
import type { JsonText } from '../../protocol/json-text.ts';
import type { Idempotency } from '../../protocol/write.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';

export const CREATE_IDEMPOTENCY_TABLE = `CREATE TABLE IF NOT EXISTS _idempotency (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL,
  shard_key TEXT,
  fingerprint TEXT NOT NULL,
  version INTEGER NOT NULL,
  answer TEXT NOT NULL,
  kept_from INTEGER NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0,
  undone_by INTEGER,
  rows TEXT,
  flips TEXT,
  flipped INTEGER
)`;

export const CREATE_IDEMPOTENCY_INDEX = 'CREATE INDEX IF NOT EXISTS _idempotency_by_id ON _idempotency (id)';

/** Brings a table that an earlier release made to the form above. */
export function renewIdempotencyTable(session: SqlSession): void {
  const names = session.rows("SELECT name FROM pragma_table_info('_idempotency')").map(([name]) => name);
  if (!names.includes('undone_by')) session.run('ALTER TABLE _idempotency ADD COLUMN undone_by INTEGER');
  if (!names.includes('rows')) session.run('ALTER TABLE _idempotency ADD COLUMN rows TEXT');
  if (!names.includes('flips')) {
    session.run('ALTER TABLE _idempotency ADD COLUMN flips TEXT');
    session.run('ALTER TABLE _idempotency ADD COLUMN flipped INTEGER');
  }
  session.run('CREATE INDEX IF NOT EXISTS _idempotency_flipped ON _idempotency (flipped) WHERE flipped IS NOT NULL');
  session.run(
    `CREATE INDEX IF NOT EXISTS _idempotency_by_undo ON _idempotency (undone_by) WHERE undone_by IS NOT NULL`,
  );
}

export const CREATE_IDEMPOTENCY_CLOCK_TABLE = `CREATE TABLE IF NOT EXISTS _idempotency_clock (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  wall_ms INTEGER NOT NULL,
  now_ms INTEGER NOT NULL
)`;

/** Records are kept for 24 hours at least; the rest is for clocks that leap. */
const RETENTION_MS = 25 * 3_600_000;
/** So much counts as passed at most, however far the wall clock is from where it was last. */
const MAX_STEP_MS = 5 * 60_000;
/** What has passed is stored once it is so much. */
const MIN_STEP_MS = 60_000;
/** Records that are forgotten in one step. */
const MAX_FORGOTTEN = 64;

/** What the first request under an id has asked and got. */
export interface IdempotencyRecord {
  readonly fingerprint: string;
  readonly version: Version;
  /** As in `WriteAnswer`. */
  readonly results: JsonText<readonly OperationResult[]>;
  readonly isUndone: boolean;
  /** JSON text; null: the caller was one without rules. */
  readonly rows: string | null;
}

/**
 * The record of an id; null: there is none.
 *
 * @param shardKey that it belongs to, if it does not belong to several; null: to any.
 */
export function findRecord(session: ReadSession, id: string, shardKey: ShardKey | null): IdempotencyRecord | null {
  const row = session.row(
    `SELECT fingerprint, version, answer, undone, rows FROM _idempotency
     WHERE id = ?1 AND (?2 IS NULL OR shard_key IS NULL OR shard_key = ?2) ORDER BY seq DESC LIMIT 1`,
    id,
    shardKey,
  );
  if (!row) return null;
  const [fingerprint, version, results, undone, rows] = row as [string, Version, string, number, string | null];
  return { fingerprint, version, results, isUndone: undone === 1, rows };
}

/** The shard key that the last write under an id belongs to; null: there is none, or it has several. */
export const findRecordedKey = (session: ReadSession, id: string): ShardKey | null =>
  (session.row('SELECT shard_key FROM _idempotency WHERE id = ? ORDER BY seq DESC LIMIT 1', id)?.[0] ??
    null) as ShardKey | null;

export function keepRecord(
  session: SqlSession,
  { id, fingerprint }: Idempotency,
  shardKeys: readonly ShardKey[],
  wallMs: number,
  { version, results, rows }: Pick<IdempotencyRecord, 'version' | 'results' | 'rows'>,
): void {
  session.run(
    'INSERT INTO _idempotency (id, shard_key, fingerprint, version, answer, kept_from, rows) VALUES (?, ?, ?, ?, ?, ?, ?)',
    id,
    onlyKey(shardKeys),
    fingerprint,
    version,
    results,
    trustedNow(session, wallMs),
    rows,
  );
}

/** To which a record belongs; null: to several. */
export const onlyKey = (shardKeys: readonly ShardKey[]): ShardKey | null =>
  shardKeys.length === 1 ? shardKeys[0]! : null;

/** Notes what becomes of a record by the commit whose version is the first parameter. */
const flipSql = (undone: string): string =>
  `flipped = ?1, flips = json_insert(coalesce(flips, '[]'), '$[#]', json_array(?1, ${undone}))`;

/**
 * The commit `by` has undone another one, in part at least. If that was a keyed write, repeated requests are refused with that
 * reason, and not executed again. If it was itself the undo of one, the first answer holds again, provided that all that it had
 * taken back was made again; and so on.
 */
export function recordUndo(
  session: SqlSession,
  undone: { readonly origin: string; readonly version: Version },
  by: Version,
  isWhole: boolean,
): void {
  const { origin, version } = undone;
  session.run(
    `UPDATE _idempotency SET undone = 1 - undone, undone_by = ?1, ${flipSql('1 - undone')}
     WHERE undone_by = ?2 AND (undone = 0 OR ?3)`,
    by,
    version,
    isWhole ? 1 : 0,
  );
  session.run(
    `UPDATE _idempotency SET undone = 1, undone_by = CASE undone WHEN 0 THEN ?1 END, ${flipSql('1')}
     WHERE id = ?2 AND version = ?3`,
    by,
    origin,
    version,
  );
}

/** Commits of a restore's step are taken back: what they did is not done again. `by`: version of the step. */
export const recordTakenBack = (
  session: SqlSession,
  commits: readonly { readonly origin: string; readonly version: Version }[],
  by: Version,
): void =>
  session.run(
    `UPDATE _idempotency SET undone = 1, undone_by = NULL, ${flipSql('1')}
     WHERE undone = 0 AND (id, version) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?2))`,
    by,
    JSON.stringify(commits.map(({ origin, version }) => [origin, version])),
  );

/** A record that has been undone, or done again, since some version. */
interface FlippedRecord {
  readonly seq: number;
  /** Null: it belongs to several. */
  readonly shardKey: ShardKey | null;
  readonly version: Version;
  readonly isUndone: boolean;
  /** What became of it, and by which version, oldest first. */
  readonly flips: readonly (readonly [by: Version, undone: 0 | 1])[];
}

export const readFlippedRecords = (session: ReadSession, after: Version): FlippedRecord[] =>
  session
    .rows('SELECT seq, shard_key, version, undone, flips FROM _idempotency WHERE flipped > ?', after)
    .map(([seq, shardKey, version, undone, flips]) => ({
      seq: seq as number,
      shardKey: shardKey as ShardKey | null,
      version: version as Version,
      isUndone: undone === 1,
      flips: JSON.parse(flips as string) as FlippedRecord['flips'],
    }));

export const flipRecord = (session: SqlSession, seq: number, undone: 0 | 1, by: Version): void =>
  session.run(
    `UPDATE _idempotency SET undone = ?2, undone_by = NULL, ${flipSql('?2')} WHERE seq = ?3`,
    by,
    undone,
    seq,
  );

/** Forgets a few of the oldest records, if their time is over. Writes nothing where there are none. */
export function forgetRecords(session: SqlSession, wallMs: number): void {
  if (session.row('SELECT 1 FROM _idempotency LIMIT 1') === undefined) return;
  session.run(
    `DELETE FROM _idempotency
     WHERE seq IN (SELECT seq FROM _idempotency ORDER BY seq LIMIT ${MAX_FORGOTTEN}) AND kept_from < ?
       AND seq < (SELECT max(seq) FROM _idempotency)`,
    trustedNow(session, wallMs) - RETENTION_MS,
  );
}

/** Time by `_idempotency_clock`. */
function trustedNow(session: SqlSession, wallMs: number): number {
  const row = session.row('SELECT wall_ms, now_ms FROM _idempotency_clock');
  const [lastWallMs, lastNowMs] = (row ?? [wallMs, 0]) as [number, number];
  const nowMs = lastNowMs + Math.min(Math.max(0, wallMs - lastWallMs), MAX_STEP_MS);
  if (row === undefined || wallMs < lastWallMs || nowMs >= lastNowMs + MIN_STEP_MS) {
    session.run(
      `INSERT INTO _idempotency_clock (id, wall_ms, now_ms) VALUES (1, ?, ?)
       ON CONFLICT (id) DO UPDATE SET wall_ms = excluded.wall_ms, now_ms = excluded.now_ms`,
      wallMs,
      nowMs,
    );
  }
  return nowMs;
}
