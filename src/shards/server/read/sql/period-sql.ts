/**
 * Periods of date-times in SQL. What SQLite cannot know, the offset of a time zone, comes as spans of time from
 * `Intl`; then a row's period is arithmetic on its local time, and GROUP BY does the rest, whatever the period's length.
 */

import { BUCKET_MS, type OffsetSpan } from '../../../../lib/time-zone.ts';
import type { ColumnModel } from '../../../../model/types.ts';
import { DAY_MS, GREATEST_DAY, GREATEST_MS, HOUR_MS, LEAST_DAY, LEAST_MS, MINUTE_MS } from '../../../period.ts';
import type { DateTrunc } from '../../../plan/aggregate.ts';
import { isNoMomentSql } from './misfit-sql.ts';
import { columnSql } from './wire-sql.ts';

/** Whole weeks beyond all years that can be stored: makes times positive, for whole-number division to round down. */
const SHIFT_DAYS = 800_002;
const SHIFT_MS = SHIFT_DAYS * DAY_MS;
/** Monday, as `day % 7` of days since 1970, a Thursday. */
const MONDAY = 4;

/** Milliseconds since 1970 of a date-time column of `t`. */
function momentSql(column: ColumnModel): string {
  const sql = columnSql('t', column);
  switch (column.dateTime) {
    case 'iso':
      return `(unixepoch(${sql}) * 1000 + CAST(substr(${sql}, 21, 3) AS INTEGER))`;
    case 'seconds':
      return `(${sql} * 1000)`;
    default:
      return sql;
  }
}

/** The bucket (see `BUCKET_MS`) of a date-time: a shift of whole numbers rounds down. */
export const bucketSql = (column: ColumnModel): string =>
  `CASE WHEN ${isNoMomentSql(columnSql('t', column), column)} THEN NULL ELSE ${momentSql(column)} >> ${Math.log2(BUCKET_MS)} END`;

/** Stands before a value that has no period, because it is no moment. */
export const NO_MOMENT = '!';

/** The period of a date-time, or the text of a value that is none, after {@link NO_MOMENT}. */
export function periodOrMisfitSql(column: ColumnModel, trunc: DateTrunc, offset: string): string {
  const value = columnSql('t', column);
  return `CASE WHEN ${isNoMomentSql(value, column)} THEN '${NO_MOMENT}' || ${value} ELSE ${periodSql(column, trunc, offset)} END`;
}

/**
 * The period of a date-time, as `period.ts` numbers it.
 *
 * @param offset SQL of the offset from UTC, in milliseconds.
 */
function periodSql(column: ColumnModel, trunc: DateTrunc, offset: string): string {
  const shifted = `(${momentSql(column)} + ${offset} + ${SHIFT_MS})`;
  const day = `max(${LEAST_DAY}, min(${GREATEST_DAY}, ${shifted} / ${DAY_MS} - ${SHIFT_DAYS}))`;
  const startSql = (...modifiers: string[]) =>
    `unixepoch(${day} * 86400, 'unixepoch', ${modifiers.join(', ')}) / 86400`;
  switch (trunc) {
    case 'MINUTE':
      return `(${shifted} / ${MINUTE_MS} * ${MINUTE_MS} - ${SHIFT_MS} - ${offset})`;
    case 'HOUR':
      return `(${shifted} / ${HOUR_MS} * ${HOUR_MS} - ${SHIFT_MS} - ${offset})`;
    case 'DAY':
      return day;
    case 'WEEK':
      return `(${day} - (${day} + ${SHIFT_DAYS - MONDAY}) % 7)`;
    case 'MONTH':
      return startSql(`'start of month'`);
    case 'QUARTER': {
      const month = `CAST(strftime('%m', ${day} * 86400, 'unixepoch') AS INTEGER)`;
      return startSql(`'start of month'`, `'-' || ((${month} - 1) % 3) || ' months'`);
    }
    case 'YEAR':
      return startSql(`'start of year'`);
  }
}

/** Spans as JSON list of `[from, to, offset]`, the first two as the column stores them. */
export function spansToJson(column: ColumnModel, spans: readonly OffsetSpan[]): string {
  const merged: { from: number; to: number; offset: number }[] = [];
  for (const span of spans) {
    const last = merged.at(-1);
    if (last?.to === span.from && last.offset === span.offset) last.to = span.to;
    else merged.push({ ...span });
  }
  return JSON.stringify(merged.map(({ from, to, offset }) => [bound(column, from), bound(column, to), offset]));
}

/** Texts before and after all date-times stand for moments that have none. */
function bound({ dateTime }: ColumnModel, ms: number): string | number {
  if (dateTime === 'seconds') return ms / 1000;
  if (dateTime !== 'iso') return ms;
  return ms < LEAST_MS ? '' : ms > GREATEST_MS ? ':' : new Date(ms).toISOString();
}
