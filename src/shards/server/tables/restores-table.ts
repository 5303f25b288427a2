/**
 * `_restores`: restores to a point in time, open and past ones. The row of an open one is its fence: reads and writes under its
 * shard keys are refused for as long as it is there. Each step writes its progress in the commit that changes rows.
 *
 * - `shard_keys`: JSON list; null: all that the shard owns. `target`: version to which rows go back.
 * - `start_seq`, `start_version`: of the last change before it. All changes of its shard keys from there until it ends are its own.
 * - `span`: what of the log it takes back, JSON. It stays the same for as long as the restore runs, whatever is forgotten meanwhile.
 * - `cursor_seq`: changes up to this seq are still to be taken back: those of the span, or (`CANCELLING`) after `start_seq`.
 * - `end_seq`, `end_version`: of the last change and the last commit of the shard when it ended; null: it is open.
 * - `total`, `taken_back`: how many changes there were when it began, and how many are taken back; `CANCELLING` counts anew.
 * - `undoes`: id of the restore that this one takes back; null: it is none of those.
 */
import type { RestoreState, ShardRestore } from '../../restore.ts';
import { OPEN_RESTORE_STATES } from '../../restore.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';
import { limitSql } from '../../sql/sql-text.ts';
import type { Version } from '../../version.ts';
import type { LogSpan } from './log-spans.ts';

export const CREATE_RESTORES_TABLE = `CREATE TABLE IF NOT EXISTS _restores (
  id TEXT PRIMARY KEY,
  shard_keys TEXT,
  target INTEGER NOT NULL,
  state TEXT NOT NULL,
  start_seq INTEGER NOT NULL,
  start_version INTEGER NOT NULL,
  span TEXT NOT NULL,
  cursor_seq INTEGER NOT NULL,
  end_seq INTEGER,
  end_version INTEGER,
  total INTEGER NOT NULL,
  taken_back INTEGER NOT NULL DEFAULT 0,
  began_at INTEGER NOT NULL,
  ended_at INTEGER,
  undoes TEXT
)`;

/** A restore as its shard stores it. Times are milliseconds since 1970. */
export interface StoredRestore extends Omit<ShardRestore, 'state' | 'undoneBy' | 'copyOf' | 'problem'> {
  /** Whether one that is done was undone is told by the others. */
  readonly state: Exclude<RestoreState, 'UNDONE'>;
  readonly startSeq: number;
  readonly span: RestoredSpan;
  readonly cursorSeq: number;
  /** Null: it has not ended, or is a copy that is done: that has led no rows back. */
  readonly endSeq: number | null;
}

/** Up to the beginning of the restore, and of its shard keys. */
type RestoredSpan = Pick<LogSpan, 'after' | 'partly' | 'without'>;

const COLUMNS =
  'id, shard_keys, target, state, start_seq, start_version, span, cursor_seq, end_seq, end_version, total, taken_back, began_at, ended_at, undoes';
const OPEN = OPEN_RESTORE_STATES.map((state) => `'${state}'`).join(', ');

function toRestore(row: readonly SqlStorageValue[]): StoredRestore {
  const [id, shardKeys, target, state, startSeq, startVersion, span, cursorSeq, endSeq, endVersion] = row;
  const [total, takenBack, beganAtMs, endedAtMs, undoes] = row.slice(10);
  return {
    id: id as string,
    shardKeys: shardKeys === null ? null : (JSON.parse(shardKeys as string) as ShardKey[]),
    target: target as Version,
    state: state as StoredRestore['state'],
    startSeq: startSeq as number,
    startVersion: startVersion as Version,
    span: JSON.parse(span as string) as RestoredSpan,
    cursorSeq: cursorSeq as number,
    endSeq: endSeq as number | null,
    endVersion: endVersion as Version | null,
    total: total as number,
    takenBack: takenBack as number,
    beganAtMs: beganAtMs as number,
    endedAtMs: endedAtMs as number | null,
    undoes: undoes as string | null,
  };
}

export const findRestore = (session: ReadSession, id: string): StoredRestore | null => {
  const row = session.row(`SELECT ${COLUMNS} FROM _restores WHERE id = ?`, id);
  return row ? toRestore(row) : null;
};

/** Those that have not ended, in the order in which they began. */
export const readOpenRestores = (session: ReadSession): StoredRestore[] =>
  session.rows(`SELECT ${COLUMNS} FROM _restores WHERE state IN (${OPEN}) ORDER BY began_at, id`).map(toRestore);

/** The latest ones, newest first. */
export const readRestores = (session: ReadSession, limit: number): StoredRestore[] =>
  session.rows(`SELECT ${COLUMNS} FROM _restores ORDER BY began_at DESC, id ${limitSql('?')}`, limit).map(toRestore);

/** Those that had begun by this version, and had not ended. */
export const readRestoresAt = (session: ReadSession, version: Version): StoredRestore[] =>
  session
    .rows(
      `SELECT ${COLUMNS} FROM _restores WHERE start_version <= ?1 AND (end_version IS NULL OR end_version > ?1)`,
      version,
    )
    .map(toRestore);

/** Those that have ended after this seq, the last one first. */
export const readRestoresEndedAfter = (session: ReadSession, seq: number): StoredRestore[] =>
  session
    .rows(`SELECT ${COLUMNS} FROM _restores WHERE end_seq > ? ORDER BY end_seq DESC, began_at DESC`, seq)
    .map(toRestore);

/** A restore that takes another one back. */
export interface Undo extends Pick<StoredRestore, 'id' | 'state' | 'total' | 'takenBack'> {
  readonly undoes: string;
}

/** Those that are done, or under way. */
export const readUndos = (session: ReadSession): Undo[] =>
  session
    .rows(
      `SELECT id, undoes, state, total, taken_back FROM _restores WHERE undoes IS NOT NULL AND state <> 'CANCELLED'`,
    )
    .map(([id, undoes, state, total, takenBack]) => ({ id, undoes, state, total, takenBack }) as Undo);

/** Writes one that begins, or what has changed of it. */
export function writeRestore(session: SqlSession, restore: StoredRestore): void {
  session.run(
    `INSERT INTO _restores (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET state = excluded.state, cursor_seq = excluded.cursor_seq, end_seq = excluded.end_seq,
       end_version = excluded.end_version,
       total = excluded.total, taken_back = excluded.taken_back, ended_at = excluded.ended_at`,
    restore.id,
    restore.shardKeys === null ? null : JSON.stringify(restore.shardKeys),
    restore.target,
    restore.state,
    restore.startSeq,
    restore.startVersion,
    JSON.stringify(restore.span),
    restore.cursorSeq,
    restore.endSeq,
    restore.endVersion,
    restore.total,
    restore.takenBack,
    restore.beganAtMs,
    restore.endedAtMs,
    restore.undoes,
  );
}

/** Forgets the oldest ones beyond `kept` that have ended. Nothing from while they ran can be told apart then: see `past-point.ts`. */
export const forgetRestores = (session: SqlSession, kept: number): void =>
  session.run(
    `DELETE FROM _restores WHERE end_version IS NOT NULL
       AND id NOT IN (SELECT id FROM _restores ORDER BY began_at DESC ${limitSql('?')})`,
    kept,
  );

/** Each start asks for those that are open. */
export const CREATE_RESTORES_INDEX = `CREATE INDEX IF NOT EXISTS _restores_open ON _restores (began_at) WHERE state IN (${OPEN})`;
