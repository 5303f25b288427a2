/** The steps of trimming. Each is short, and durable by itself. */
import type { SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';
import { deleteLogRows, readFirstLogSeq, readLogSize, readSeqWithin } from '../tables/log-sizes.ts';
import { type LogState, writeLogState } from '../tables/log-state-table.ts';
import { findSeqSince, readLastLogSeq, readVersionAtSeq } from '../tables/log-table.ts';

/** Rows that a step measures or deletes: about a millisecond. */
const ROWS_PER_STEP = 500;
/** Bytes that a step deletes, except that one row always goes. SQLite visits each page of a large row to free it. */
const BYTES_PER_STEP = 500_000;
/** Rows that stay to become new ones: of a busy shard, what is trimmed at a time. At most some megabytes. */
const SPARE_ROWS = 4_096;

/** The end of a commit: its last row. */
export interface CommitEnd {
  readonly seq: number;
  readonly version: Version;
}

/** Adds rows that were not counted yet to the size of the log. Null: there are none. */
export function measureRows(session: SqlSession, state: LogState): LogState | null {
  const { lastSeq, bytes } = readLogSize(session, state.measuredSeq, Number.MAX_SAFE_INTEGER, ROWS_PER_STEP);
  return lastSeq === 0 ? null : store(session, { ...state, bytes: state.bytes + bytes, measuredSeq: lastSeq });
}

/**
 * Gives up some of the rows that count as gone: they become new rows, unless they are large or too many. Null: there are none left, but
 * for those that may stay.
 *
 * @param deletedSeq rows up to this one are deleted: whatever they held is not to stay for ever where nothing is written.
 */
export function giveUpTrimmed(session: SqlSession, state: LogState, deletedSeq: number): LogState | null {
  const { trimmedSeq, spareSeq } = state;
  if (spareSeq < trimmedSeq) return giveUpSome(session, state, deletedSeq >= trimmedSeq);
  const first = readFirstLogSeq(session);
  const last = Math.max(Math.min(deletedSeq, spareSeq), spareSeq - SPARE_ROWS);
  if (first === 0 || first > last) return null;
  deleteLogRows(session, 0, Math.min(last, first + ROWS_PER_STEP - 1));
  return state;
}

function giveUpSome(session: SqlSession, state: LogState, areDeleted: boolean): LogState {
  const { trimmedSeq, spareSeq } = state;
  let limit = ROWS_PER_STEP;
  let size = readLogSize(session, spareSeq, trimmedSeq, limit);
  const areLarge = size.bytes > BYTES_PER_STEP;
  while (size.bytes > BYTES_PER_STEP && limit > 1) {
    limit = Math.ceil(limit / 4);
    size = readLogSize(session, spareSeq, trimmedSeq, limit);
  }
  if (size.lastSeq === 0) return store(session, { ...state, spareSeq: trimmedSeq });
  if (areLarge || areDeleted) deleteLogRows(session, spareSeq, size.lastSeq);
  return store(session, { ...state, bytes: state.bytes - size.bytes, spareSeq: size.lastSeq });
}

/** There are rows that wait to become new ones. */
export function hasSpareRows(session: SqlSession, { spareSeq }: LogState): boolean {
  const first = readFirstLogSeq(session);
  return first > 0 && first <= spareSeq;
}

/** From now on commits up to this one count as gone. */
export const moveTrimmed = (session: SqlSession, state: LogState, { seq, version }: CommitEnd): LogState =>
  store(session, { ...state, trimmedSeq: seq, trimmedVersion: version });

function store(session: SqlSession, state: LogState): LogState {
  writeLogState(session, state);
  return state;
}

/** How much of the log is to go. */
interface TrimWish {
  /** Commits of versions below this are too old. */
  readonly olderThan: Version;
  /** So many bytes are over the budget. */
  readonly excessBytes: number;
  /** Rows from here on are needed. */
  readonly neededSeq: number;
}

/** The end of a commit that can go with all before it; null: none can. Of a log that is too large, a part is looked at. */
export function findCut(session: SqlSession, state: LogState, wish: TrimWish): CommitEnd | null {
  const lastSeq = readLastLogSeq(session);
  const endOfCommit = (seq: number): number => findSeqSince(session, lastSeq, readVersionAtSeq(session, seq) + 1) - 1;
  const tooOld = findSeqSince(session, lastSeq, wish.olderThan) - 1;
  // A commit that begins before so many bytes goes as a whole.
  const within = wish.excessBytes > 0 ? readSeqWithin(session, state.trimmedSeq, wish.excessBytes) : 0;
  const wanted = Math.max(tooOld, within === 0 ? 0 : endOfCommit(within));
  const seq = Math.min(wanted, wish.neededSeq - 1, state.measuredSeq);
  if (seq <= state.trimmedSeq) return null;
  if (endOfCommit(seq) === seq) return { seq, version: readVersionAtSeq(session, seq) };
  const before = findSeqSince(session, lastSeq, readVersionAtSeq(session, seq)) - 1;
  return before <= state.trimmedSeq ? null : { seq: before, version: readVersionAtSeq(session, before) };
}
