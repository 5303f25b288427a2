import type { ReadSession } from '../../sql/sql-session.ts';
import { type LogSpan, measureChanges } from '../tables/log-spans.ts';
import { findSeqSince, readLastLogSeq, readVersionAtSeq } from '../tables/log-table.ts';
import { ROW_MICROSECONDS } from './change-cost.ts';

/** What a step takes back at most, but for a commit that cannot be split: the shard does nothing else meanwhile. */
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

/** The newest part of a span: what one step takes back. */
interface Chunk {
  /** Whole commits. It may hold no change. */
  readonly commits: LogSpan;
  /** They are one commit that is more than a step may take back: as much of it as it may. Null: they are not. */
  readonly part: LogSpan | null;
}

/** `costOf`: microseconds of a change of a table. */
export function nextChunk(
  session: ReadSession,
  span: LogSpan,
  costOf: (table: string) => number,
  limits: StepLimits,
): Chunk {
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
  const tooMuch = changes.find((change, at) => {
    microseconds += costOf(change.table);
    bytes += change.bytes;
    return at > 0 && (microseconds > limits.microseconds || bytes > limits.bytes);
  });
  if (tooMuch === undefined) return { commits: window, part: null };
  const { version, seq } = tooMuch;
  // The commit for which there is no room is left to the next step.
  if (version !== changes[0]!.version) {
    return { commits: { ...span, after: Math.max(span.after, endBefore(version + 1)) }, part: null };
  }
  return { commits: { ...span, after: endBefore(version) }, part: { ...span, after: seq } };
}
