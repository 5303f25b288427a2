import type { ReadSession } from '../../sql/sql-session.ts';
import { type LogSpan, measureChanges } from '../tables/log-spans.ts';
import { findSeqSince, readLastLogSeq, readVersionAtSeq } from '../tables/log-table.ts';

/** What a step takes back at most, unless a single commit is larger: the shard does nothing else meanwhile. */
const MAX_CHANGES = 150;
const MAX_BYTES = 500_000;
/** Log rows that a step looks through at most, for those of the shard keys. */
const MAX_LOG_ROWS = 10_000;

/**
 * The newest part of a span, which one step takes back: whole commits, as rows are in no state in the middle of one. It may hold
 * no change.
 */
export function nextChunk(session: ReadSession, span: LogSpan): LogSpan {
  const lastSeq = readLastLogSeq(session);
  const endBefore = (version: number): number => Math.max(span.after, findSeqSince(session, lastSeq, version) - 1);
  const reach = span.upTo - MAX_LOG_ROWS;
  const window = {
    ...span,
    after: reach <= span.after ? span.after : endBefore(readVersionAtSeq(session, reach)),
  };
  const changes = measureChanges(session, window, MAX_CHANGES + 1);
  let bytes = 0;
  const tooMuch = changes.findIndex((change, at) => {
    bytes += change.bytes;
    return at > 0 && (at === MAX_CHANGES || bytes > MAX_BYTES);
  });
  if (tooMuch < 0) return window;
  // The commit for which there is no room is left to the next step; but one at least is taken.
  const { version } = changes[tooMuch]!;
  const isFirst = version === changes[0]!.version;
  return { ...span, after: isFirst ? endBefore(version) : Math.max(span.after, endBefore(version + 1)) };
}
