import type { TableModel } from '../../../model/types.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import type { Version } from '../../version.ts';
import { readLogState } from '../tables/log-state-table.ts';
import { findSeqSince, readLastLogSeq, readVersionAtSeq } from '../tables/log-table.ts';
import { readLogTotals } from '../tables/log-totals.ts';
import type { StampBook } from './stamp-book.ts';

/** Greatest number of log rows that a start reads: some ten milliseconds. */
const MAX_LOADED_ROWS = 10_000;

/**
 * Fills the book of a shard that starts with the changes since `since`, coarsely: each counts for all of its table. What
 * is not read raises the floor. Gives the seq of the last log row.
 */
export function loadStamps(
  session: SqlSession,
  book: StampBook,
  tableBySqlName: ReadonlyMap<string, TableModel>,
  since: Version,
): number {
  const lastSeq = readLastLogSeq(session);
  const firstSeq = Math.max(
    findSeqSince(session, lastSeq, since),
    lastSeq - MAX_LOADED_ROWS + 1,
    // Of what is trimmed some rows may still be there: less than was changed.
    readLogState(session).trimmedSeq + 1,
  );
  book.forget(readVersionAtSeq(session, firstSeq - 1));
  const totals = readLogTotals(session, firstSeq - 1).sort((a, b) => a.version - b.version);
  for (const { table, shardKey, version } of totals) {
    // No reader of this release can ask for a table that it does not know.
    const type = tableBySqlName.get(table)?.typeName;
    if (type !== undefined) book.record(shardKey, type, version, null);
  }
  return lastSeq;
}
