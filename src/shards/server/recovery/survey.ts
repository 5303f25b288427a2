import type { ReadSession } from '../../sql/sql-session.ts';
import { type LogSpan, readChangedTables } from '../tables/log-spans.ts';
import { barrier, type PastSchema } from './past-schema.ts';

/** Log rows that are looked through at a time: a few milliseconds. */
const WINDOW_ROWS = 10_000;

export interface Surveyed {
  readonly changes: number;
  /** Of the values that come back. */
  readonly bytes: number;
}

/**
 * Counts the changes of a span, part by part, and holds them to what can be taken back, before anything is.
 *
 * @throws ShardQLError CONFLICT that names the table and the migration that is in between.
 */
export function* survey(session: ReadSession, schema: PastSchema, span: LogSpan): Generator<void, Surveyed> {
  let total = 0;
  let totalBytes = 0;
  for (let upTo = span.upTo; upTo > span.after; upTo -= WINDOW_ROWS) {
    const window = { ...span, after: Math.max(span.after, upTo - WINDOW_ROWS), upTo };
    for (const { table, schema: written, changes, bytes } of readChangedTables(session, window)) {
      const since = schema(table, written);
      if ('changed' in since) throw barrier(table, since.changed);
      total += changes;
      totalBytes += bytes;
    }
    yield;
  }
  return { changes: total, bytes: totalBytes };
}
