import type { ReadSession } from '../../sql/sql-session.ts';
import type { LogSpan } from '../tables/log-spans.ts';
import { readOpenRestores, type StoredRestore } from '../tables/restores-table.ts';
import { changesSince } from './past-point.ts';

/** What an open restore has still to take back. */
export function restoreSpan(session: ReadSession, restore: StoredRestore): LogSpan {
  const { state, target, shardKeys, startSeq, cursorSeq } = restore;
  // Its shard keys have been behind the fence since: what was changed is its own.
  if (state === 'CANCELLING') return { after: startSeq, upTo: cursorSeq, shardKeys, partly: null };
  return { ...changesSince(session, target, shardKeys), upTo: cursorSeq };
}

/** The least seq that open restores need; null: none is open. */
export function leastSeqOfRestores(session: ReadSession): number | null {
  const seqs = readOpenRestores(session).map((restore) => restoreSpan(session, restore).after + 1);
  return seqs.length === 0 ? null : Math.min(...seqs);
}
