import type { SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';
import { recordsAbout, recordUndo } from '../tables/idempotency-table.ts';
import { type LogSpan, readCommits } from '../tables/log-spans.ts';
import { findCommit, readLastLogSeq, readShardKeysBetween } from '../tables/log-table.ts';

/**
 * The commit `by` has taken back what a span holds of each commit: keyed writes among them are refused from now on, and not executed
 * again; where it was an undo that is taken back, the first answer holds again. Call it before the log rows of `by` are written.
 */
export function recordTakenBack(session: SqlSession, span: LogSpan, by: Version): void {
  const commits = readCommits(session, span);
  const concerned = recordsAbout(session, commits);
  if (concerned.size === 0) return;
  const lastSeq = readLastLogSeq(session);
  for (const commit of commits) {
    if (!concerned.has(commit.version)) continue;
    const { first, last } = findCommit(session, lastSeq, commit.version);
    const { shardKeys } = span;
    const isWhole =
      shardKeys === null || readShardKeysBetween(session, first, last).every((key) => shardKeys.includes(key));
    recordUndo(session, commit, by, isWhole);
  }
}
