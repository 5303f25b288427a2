/** The steps of trimming. Each is short, and durable by itself. */
import type { SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';
import { type LogState, writeLogState } from '../tables/log-state-table.ts';
import { deleteLogRows, findSeqSince, readLastLogSeq, readLogSizes } from '../tables/log-table.ts';

/** Rows that a step looks at: about a millisecond. */
const ROWS_PER_STEP = 500;
/** Bytes that a step deletes, except that one row always goes. SQLite visits each page of a large row to free it. */
const BYTES_PER_STEP = 500_000;

/** The end of a commit: its last row. */
interface CommitEnd {
  readonly seq: number;
  readonly version: Version;
}

/** Adds rows that were not counted yet to the size of the log. Null: there are none. */
export function measureRows(session: SqlSession, state: LogState): LogState | null {
  const rows = readLogSizes(session, state.measuredSeq, ROWS_PER_STEP);
  if (rows.length === 0) return null;
  const bytes = rows.reduce((sum, row) => sum + row.bytes, state.bytes);
  return store(session, { ...state, bytes, measuredSeq: rows.at(-1)!.seq });
}

/** Deletes some of the rows that count as gone. Null: none of those is left. */
export function deleteTrimmed(session: SqlSession, state: LogState): LogState | null {
  let freed = 0;
  let lastSeq = 0;
  for (const { seq, bytes } of readLogSizes(session, 0, ROWS_PER_STEP)) {
    if (seq > state.trimmedSeq || (lastSeq > 0 && freed + bytes > BYTES_PER_STEP)) break;
    freed += bytes;
    lastSeq = seq;
  }
  if (lastSeq === 0) return null;
  deleteLogRows(session, lastSeq);
  return store(session, { ...state, bytes: state.bytes - freed });
}

/** From now on commits up to this one count as gone. */
export const moveTrimmed = (session: SqlSession, state: LogState, { seq, version }: CommitEnd): LogState =>
  store(session, { ...state, trimmedSeq: seq, trimmedVersion: version });

function store(session: SqlSession, state: LogState): LogState {
  writeLogState(session, state);
  return state;
}

/** How much of the log is to go. */
export interface TrimWish {
  /** Commits of versions below this are too old. */
  readonly olderThan: Version;
  /** So many bytes are over the budget. */
  readonly excessBytes: number;
  /** Rows from here on are needed. */
  readonly neededSeq: number;
}

/** A commit is too old, or so many bytes before it are not enough. */
export const isWanted = ({ olderThan, excessBytes }: TrimWish, version: Version, bytesBefore: number): boolean =>
  version < olderThan || bytesBefore < excessBytes;

/** The end of the last commit that can go with those before it, of a few; null: none can. */
export function findCut(session: SqlSession, state: LogState, wish: TrimWish): CommitEnd | null {
  const rows = readLogSizes(session, state.trimmedSeq, ROWS_PER_STEP);
  const isFree = (seq: number): boolean => seq < wish.neededSeq && seq <= state.measuredSeq;
  let [cut, bytes, bytesBefore]: [CommitEnd | null, number, number] = [null, 0, 0];
  for (const [index, { seq, version, bytes: rowBytes }] of rows.entries()) {
    bytes += rowBytes;
    const next = rows[index + 1];
    if (next === undefined || next.version === version) continue;
    if (!isWanted(wish, version, bytesBefore) || !isFree(seq)) return cut;
    cut = { seq, version };
    bytesBefore = bytes;
  }
  if (cut !== null || rows.length === 0) return cut;
  // A commit of more rows than were looked at.
  const { version } = rows[0]!;
  const seq = findSeqSince(session, readLastLogSeq(session), version + 1) - 1;
  return isWanted(wish, version, 0) && isFree(seq) ? { seq, version } : null;
}
