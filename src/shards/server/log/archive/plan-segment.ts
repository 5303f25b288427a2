import type { SqlSession } from '../../../sql/sql-session.ts';
import {
  addSegment,
  type LogSegment,
  readArchivedSeq,
  readPendingSegment,
  removePendingSegments,
} from '../../tables/log-archive-table.ts';
import { type MeasuredRow, readLogSizes } from '../../tables/log-sizes.ts';
import type { LogState } from '../../tables/log-state-table.ts';
import { readVersionAtSeq } from '../../tables/log-table.ts';
import type { CommitEnd } from '../trim-steps.ts';

/** What one object holds at most, except that one row always fits: it is in memory as a whole. */
const MAX_SEGMENT_BYTES = 4_000_000;
const MAX_SEGMENT_ROWS = 10_000;
/** Rows that are looked at together. */
const ROWS_PER_READ = 1_000;

/**
 * Notes which of the rows up to the cut are archived next: whole commits, or a part of one that is too large. The same as
 * before, if those may not have been put. Run in a transaction.
 */
export function planSegment(session: SqlSession, state: LogState, cut: CommitEnd): LogSegment {
  const pending = readPendingSegment(session);
  if (pending !== null && pending.firstSeq > state.trimmedSeq) return pending;
  removePendingSegments(session);
  const before = Math.max(state.trimmedSeq, readArchivedSeq(session));
  const rows = rowsOfSegment(session, before, cut.seq);
  const [first, last] = [rows[0]!, rows.at(-1)!];
  const segment = {
    firstSeq: first.seq,
    lastSeq: last.seq,
    versionBefore: readVersionAtSeq(session, before),
    firstVersion: first.version,
    lastVersion: last.version,
    bytes: rows.reduce((sum, { bytes }) => sum + bytes, 0),
  };
  addSegment(session, segment);
  return segment;
}

/** At least one row; `lastSeq` is the end of a commit. */
function rowsOfSegment(session: SqlSession, before: number, lastSeq: number): readonly MeasuredRow[] {
  const rows: MeasuredRow[] = [];
  let bytes = 0;
  /** How many of them are whole commits. */
  let whole = 0;
  for (const row of eachRow(session, before)) {
    if (row.version !== rows.at(-1)?.version) whole = rows.length;
    if (row.seq > lastSeq) break;
    const isFull = rows.length === MAX_SEGMENT_ROWS || (rows.length > 0 && bytes + row.bytes > MAX_SEGMENT_BYTES);
    if (isFull) return whole > 0 ? rows.slice(0, whole) : rows;
    rows.push(row);
    bytes += row.bytes;
  }
  return rows;
}

function* eachRow(session: SqlSession, after: number): Generator<MeasuredRow> {
  for (let seq = after; ; ) {
    const rows = readLogSizes(session, seq, ROWS_PER_READ);
    yield* rows;
    if (rows.length < ROWS_PER_READ) return;
    seq = rows.at(-1)!.seq;
  }
}
