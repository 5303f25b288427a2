import { findCut, giveUpTrimmed, measureRows, moveTrimmed } from '../../../../src/shards/server/log/trim-steps.ts';
import { readLogState } from '../../../../src/shards/server/tables/log-state-table.ts';
import type { SqlSession } from '../../../../src/shards/sql/sql-session.ts';

/** Trims all commits that are as a whole before a seq, and deletes their rows. */
export function trimAtOnce(session: SqlSession, neededSeq: number): void {
  while (measureRows(session, readLogState(session)) !== null);
  const wish = { olderThan: 0, excessBytes: 1e9, neededSeq };
  for (;;) {
    const cut = findCut(session, readLogState(session), wish);
    if (cut === null) return;
    moveTrimmed(session, readLogState(session), cut);
    while (giveUpTrimmed(session, readLogState(session), 0) !== null);
  }
}
