/** Statements over `_log` for trimming it: what its rows take up, and their deletion. */
import type { ReadSession, SqlSession } from '../../sql/sql-session.ts';
import { limitSql } from '../../sql/sql-text.ts';
import type { LogRow } from './log-table.ts';

/** What the bytes of a row's values do not include: its head, and its part of the page, about. */
const ROW_OVERHEAD_BYTES = 48;

/** Bytes that a row takes, about. Lengths are in the row's head, so that large images are not read. */
export const LOG_ROW_BYTES_SQL = `(${ROW_OVERHEAD_BYTES} + octet_length(origin) + octet_length(schema) + octet_length("table")
  + octet_length(pk) + octet_length(shard_key) + coalesce(octet_length(image), 0))`;

export interface MeasuredRow extends Pick<LogRow, 'seq' | 'version'> {
  readonly bytes: number;
}

/** Up to `limit` rows after `seq`, in order, with about the bytes that they take. */
export const readLogSizes = (session: ReadSession, seq: number, limit: number): MeasuredRow[] =>
  session
    .rows(
      `SELECT seq, version, ${LOG_ROW_BYTES_SQL} AS bytes FROM _log WHERE seq > ? ORDER BY 1 ${limitSql('?')}`,
      seq,
      limit,
    )
    .map(([rowSeq, version, bytes]) => ({ seq: rowSeq, version, bytes }) as MeasuredRow);

/** Seq of the last of up to `limit` rows between two seqs, the first one not included, and their bytes together; 0: none. */
export function readLogSize(
  session: ReadSession,
  after: number,
  last: number,
  limit: number,
): { readonly lastSeq: number; readonly bytes: number } {
  const [lastSeq, bytes] = session.row(
    `SELECT coalesce(max(seq), 0), coalesce(sum(bytes), 0) FROM
     (SELECT seq, ${LOG_ROW_BYTES_SQL} AS bytes FROM _log WHERE seq > ? AND seq <= ? ORDER BY seq ${limitSql('?')})`,
    after,
    last,
    limit,
  ) as [number, number];
  return { lastSeq, bytes };
}

/** Rows that are looked at together. */
const SUMMED_ROWS = 1_000;

/** Seq of the last row, of some after `seq`, before which there are less than so many bytes. */
export const readSeqWithin = (session: ReadSession, seq: number, bytes: number): number =>
  session.row(
    `SELECT coalesce(max(seq), 0) FROM
     (SELECT seq, sum(bytes) OVER (ORDER BY seq) - bytes AS before FROM
      (SELECT seq, ${LOG_ROW_BYTES_SQL} AS bytes FROM _log WHERE seq > ? ORDER BY seq LIMIT ${SUMMED_ROWS}))
     WHERE before < ?`,
    seq,
    bytes,
  )![0] as number;

/** Seq of the oldest row that is stored; 0: there is none. */
export const readFirstLogSeq = (session: ReadSession): number =>
  session.row('SELECT coalesce(min(seq), 0) FROM _log')![0] as number;

/** Deletes rows between two seqs, the first one not included. The newest row of the log must stay. */
export const deleteLogRows = (session: SqlSession, after: number, last: number): void =>
  session.run('DELETE FROM _log WHERE seq > ? AND seq <= ?', after, last);
