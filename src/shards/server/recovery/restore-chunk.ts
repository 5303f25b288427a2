import type { ReadSession } from '../../sql/sql-session.ts';
import { type LogSpan, measureChanges } from '../tables/log-spans.ts';
import { findSeqSince, readLastLogSeq, readVersionAtSeq } from '../tables/log-table.ts';
import { ROW_MICROSECONDS } from './change-cost.ts';

/** What a step takes back at most, unless a single commit is larger: the shard does nothing else meanwhile. */
interface StepLimits {
  /** That changes take, by an estimate. */
  readonly microseconds: number;
  /** Of the values that come back. */
  readonly bytes: number;
  /** Log rows that are looked through for those of the shard keys. */
  readonly logRows: number;
}

/** A few milliseconds. */
export const STEP_LIMITS: StepLimits = { microseconds: 6_000, bytes: 500_000, logRows: 10_000 };

/**
 * The newest part of a span, which one step takes back: whole commits, as rows are in no state in the middle of one. It may hold
 * no change. `costOf`: microseconds of a change of a table.
 */
export function nextChunk(
  session: ReadSession,
  span: LogSpan,
  costOf: (table: string) => number,
  limits: StepLimits,
): LogSpan {
  const lastSeq = readLastLogSeq(session);
  const endBefore = (version: number): number => Math.max(span.after, findSeqSince(session, lastSeq, version) - 1);
  const reach = span.upTo - limits.logRows;
  const window = {
    ...span,
    after: reach <= span.after ? span.after : endBefore(readVersionAtSeq(session, reach)),
  };
  const changes = measureChanges(session, window, Math.ceil(limits.microseconds / ROW_MICROSECONDS) + 1);
  let microseconds = 0;
  let bytes = 0;
  const tooMuch = changes.findIndex((change, at) => {
    microseconds += costOf(change.table);
    bytes += change.bytes;
    return at > 0 && (microseconds > limits.microseconds || bytes > limits.bytes);
  });
  if (tooMuch < 0) return window;
  // The commit for which there is no room is left to the next step; but one at least is taken.
  const { version } = changes[tooMuch]!;
  const isFirst = version === changes[0]!.version;
  return { ...span, after: isFirst ? endBefore(version) : Math.max(span.after, endBefore(version + 1)) };
}
