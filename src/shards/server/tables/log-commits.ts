/** Statements over `_log` that ask for commits rather than for changes. */
import type { ReadSession } from '../../sql/sql-session.ts';
import { limitSql } from '../../sql/sql-text.ts';
import type { Version } from '../../version.ts';
import { findSeqSince, type LogEntry, readLastLogSeq, SELECT_LOG_ENTRIES, toLogEntry } from './log-table.ts';

/** Rows that are read at first, and most that are read at a time: twice as many each time. Of a commit that has more, the rest is skipped. */
const FIRST_PAGE_ROWS = 4;
const MAX_PAGE_ROWS = 256;

/** The commits that the log has rows of, newest first. It may be left at any of them. */
export function* eachCommitBackwards(
  session: ReadSession,
): Generator<{ readonly version: Version; readonly origin: string }, void, undefined> {
  const lastSeq = readLastLogSeq(session);
  let seq = lastSeq;
  let last: Version | null = null;
  for (let limit = FIRST_PAGE_ROWS; ; limit = Math.min(2 * limit, MAX_PAGE_ROWS)) {
    const rows = session.rows(
      `SELECT seq, version, origin FROM _log WHERE seq <= ? ORDER BY seq DESC ${limitSql('?')}`,
      seq,
      limit,
    ) as [seq: number, version: Version, origin: string][];
    const isOfOne = rows.length > 0 && rows.every(([, version]) => version === last);
    for (const [, version, origin] of rows) {
      if (version !== last) yield { version, origin };
      last = version;
    }
    if (rows.length < limit) return;
    seq = rows.at(-1)![0] - 1;
    if (isOfOne) seq = Math.min(seq, findSeqSince(session, lastSeq, last!) - 1);
  }
}

/** Rows of a commit among which the one of a lone operation is looked for. */
const FIRST_ROWS = 64;

const FIRST_CHANGE_SQL = `SELECT * FROM (${SELECT_LOG_ENTRIES} WHERE seq > ? ORDER BY seq ${limitSql('?')})
  WHERE "table" = ? AND version = ? ORDER BY seq LIMIT 1`;

/** The first change of a table that the commit of this version has logged, all of whose rows are after `seq`; null: there is none near its beginning. */
export function readFirstChange(session: ReadSession, seq: number, version: Version, table: string): LogEntry | null {
  const row = session.row(FIRST_CHANGE_SQL, seq, FIRST_ROWS, table, version);
  return row === undefined ? null : toLogEntry(row);
}
