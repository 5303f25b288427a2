import type { ReadSession } from '../../sql/sql-session.ts';
import { type LogSpan, spanOf } from '../tables/log-spans.ts';
import { readOpenRestores, type StoredRestore } from '../tables/restores-table.ts';

/** What an open restore has still to take back. */
export function restoreSpan({ state, shardKeys, startSeq, span, cursorSeq }: StoredRestore): LogSpan {
  // Its shard keys have been behind the fence since: what was changed is its own.
  if (state === 'CANCELLING') return spanOf({ after: startSeq, upTo: cursorSeq, shardKeys });
  return { ...span, upTo: cursorSeq, shardKeys };
}

/** The least seq that open restores need; null: none is open. */
export function leastSeqOfRestores(session: ReadSession): number | null {
  const seqs = readOpenRestores(session).map((restore) => restoreSpan(restore).after + 1);
  return seqs.length === 0 ? null : Math.min(...seqs);
}
