/** Periods of date-times, in the local time of a zone. `server/read/sql/period-sql.ts` says the same in SQL. */

import type { TimeZone } from '../lib/time-zone.ts';
import type { ColumnModel, WireValue } from '../model/types.ts';
import type { DateTrunc } from './plan/aggregate.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
/** The moments that columns can hold: the years 0000 to 9999. */
export const LEAST_MS = -62_167_219_200_000;
export const GREATEST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
export const LEAST_DAY = LEAST_MS / DAY_MS;
export const GREATEST_DAY = Math.floor(GREATEST_MS / DAY_MS);

/**
 * For hours and minutes the moment at which a period begins, in milliseconds since 1970; for others the day it begins,
 * in days since then by local date. Local dates beyond the years 0000 to 9999 count as the nearest in them.
 */
type Period = number;

/** The period of a moment. `zone` is null for UTC. */
export function periodOf(trunc: DateTrunc, zone: TimeZone | null, ms: number): Period {
  const offset = zone === null ? 0 : zone.offsetAt(ms);
  const local = ms + offset;
  const day = Math.min(Math.max(Math.floor(local / DAY_MS), LEAST_DAY), GREATEST_DAY);
  const date = new Date(day * DAY_MS);
  switch (trunc) {
    case 'MINUTE':
      return Math.floor(local / MINUTE_MS) * MINUTE_MS - offset;
    case 'HOUR':
      return Math.floor(local / HOUR_MS) * HOUR_MS - offset;
    case 'DAY':
      return day;
    case 'WEEK':
      return day - ((date.getUTCDay() + 6) % 7);
    case 'MONTH':
      return date.setUTCDate(1) / DAY_MS;
    case 'QUARTER':
      return date.setUTCMonth(date.getUTCMonth() - (date.getUTCMonth() % 3), 1) / DAY_MS;
    case 'YEAR':
      return date.setUTCMonth(0, 1) / DAY_MS;
  }
}

/** The moment at which a period begins, as wire value of the column. */
export function periodToWire(column: ColumnModel, trunc: DateTrunc, zone: TimeZone | null, period: Period): WireValue {
  const isMoment = trunc === 'HOUR' || trunc === 'MINUTE';
  const start = isMoment ? period : zone === null ? period * DAY_MS : zone.startOfDay(period);
  const ms = Math.min(Math.max(start, LEAST_MS), GREATEST_MS);
  switch (column.dateTime) {
    case 'iso':
      return new Date(ms).toISOString();
    case 'seconds':
      return ms / 1000;
    default:
      return ms;
  }
}

/** The moment that a wire value of the column stands for, in milliseconds since 1970. */
export function wireToMs({ dateTime }: ColumnModel, value: Exclude<WireValue, null>): number {
  if (dateTime === 'iso') return Date.parse(value as string);
  return dateTime === 'seconds' ? (value as number) * 1000 : (value as number);
}
