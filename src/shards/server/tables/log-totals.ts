/** Statements over `_log` that sum up what was changed, for stamps and for reports of capacity. */
import type { ShardKey } from '../../shard-key.ts';
import type { ReadSession } from '../../sql/sql-session.ts';
import { limitSql } from '../../sql/sql-text.ts';
import type { Version } from '../../version.ts';
import { readLastVersion, readRowsBefore } from './clock-table.ts';
import { LOG_ROW_BYTES_SQL } from './log-sizes.ts';
import { findSeqSince, readLastLogSeq } from './log-table.ts';

/** What the log holds of one table under one shard key. */
export interface LogTotal {
  readonly table: string;
  readonly shardKey: ShardKey;
  readonly rows: number;
  /** Rows of the table that were inserted, less those that were deleted. */
  readonly added: number;
  /** What the log rows themselves take up, in bytes, about. */
  readonly bytes: number;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** Version of the last of them. */
  readonly version: Version;
}

/** Up to so many rows are summed up here: for a single write, SQLite's grouping takes longer than all the rest. */
const FEW_ROWS = 32;

const ADDED_SQL = "((op = 'insert') - (op = 'delete'))";

const FEW_SQL = `SELECT "table", shard_key, seq, version, ${ADDED_SQL}, ${LOG_ROW_BYTES_SQL}
  FROM _log WHERE seq > ? ORDER BY seq ${limitSql('?')}`;

/** The rows after `seq`, summed up. */
export function readLogTotals(session: ReadSession, seq: number): LogTotal[] {
  const rows = session.rows(FEW_SQL, seq, FEW_ROWS);
  return rows.length < FEW_ROWS ? sumUp(rows as SummedRow[]) : readGroupedTotals(session, seq);
}

type SummedRow = [table: string, shardKey: ShardKey, seq: number, version: Version, added: number, bytes: number];

function sumUp(rows: readonly SummedRow[]): LogTotal[] {
  const totals: LogTotal[] = [];
  for (const [table, shardKey, seq, version, added, bytes] of rows) {
    const index = totals.findIndex((total) => total.table === table && total.shardKey === shardKey);
    const none = { table, shardKey, rows: 0, added: 0, bytes: 0, firstSeq: seq };
    const total = totals[index] ?? none;
    const grown = {
      ...total,
      rows: total.rows + 1,
      added: total.added + added,
      bytes: total.bytes + bytes,
      lastSeq: seq,
      version,
    };
    if (index < 0) totals.push(grown);
    else totals[index] = grown;
  }
  return totals;
}

const readGroupedTotals = (session: ReadSession, seq: number): LogTotal[] =>
  session
    .rows(
      `SELECT "table", shard_key, count(*), sum(${ADDED_SQL}), sum(${LOG_ROW_BYTES_SQL}), min(seq), max(seq), max(version)
       FROM _log WHERE seq > ? GROUP BY "table", shard_key`,
      seq,
    )
    .map(
      ([table, shardKey, rows, added, bytes, firstSeq, lastSeq, version]) =>
        ({ table, shardKey, rows, added, bytes, firstSeq, lastSeq, version }) as LogTotal,
    );

/** Most commits that a start comes upon have no more rows: to find where one begins reads dozens. */
const USUAL_ROWS = 4;

/** By how many rows the newest commit, which is of this version, has changed the number of rows of all tables; 0: the log does not hold it. */
function readAddedBy(session: ReadSession, version: Version): number {
  const newest = session.rows(
    `SELECT version, ${ADDED_SQL} FROM _log ORDER BY seq DESC ${limitSql('?')}`,
    USUAL_ROWS,
  ) as [version: Version, added: number][];
  const own = newest.filter(([each]) => each === version);
  if (own.length < USUAL_ROWS) return own.reduce((sum, [, added]) => sum + added, 0);
  return session.row(
    `SELECT coalesce(sum(${ADDED_SQL}), 0) FROM _log WHERE seq >= ? AND version = ?`,
    findSeqSince(session, readLastLogSeq(session), version),
    version,
  )![0] as number;
}

/** How many rows all tables of the model have, by the count of the last commit; null: not known. Reads that commit's part of the log. */
export function countRows(session: ReadSession): number | null {
  const before = readRowsBefore(session);
  return before === null ? null : before + readAddedBy(session, readLastVersion(session));
}
