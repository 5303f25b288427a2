/** Moments: ISO 8601 in UTC with milliseconds, fixed width (`2026-01-31T09:05:00.000Z`), years 0000 to 9999. */
import { InvalidValueError } from '../invalid-value-error.ts';

const EXPECTED = 'a date-time in ISO 8601 form, such as "2026-01-31T09:05:00.000Z"';

/** Date; then, if any, hours and minutes, seconds, fraction, and zone. */
const ISO_FORM =
  /^(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?:[Zz]|([+-])(\d\d)(?::?(\d\d))?)?)?$/;

const MS_PER_MINUTE = 60_000;
const LEAST_MS = Date.parse('0000-01-01T00:00:00.000Z');
const GREATEST_MS = Date.parse('9999-12-31T23:59:59.999Z');

/**
 * Normalises an ISO 8601 date-time to fixed width. A date alone is its midnight; without a zone the time is in UTC;
 * digits below the millisecond are dropped. Days, hours and offsets that do not exist are refused.
 */
export function parseDateTime(text: string): string {
  if (isFixedForm(text)) return text;
  const match = ISO_FORM.exec(text);
  if (match === null) throw new InvalidValueError(EXPECTED, text);
  const [
    ,
    date,
    hours = '00',
    minutes = '00',
    seconds = '00',
    fraction = '',
    sign,
    zoneHours = '0',
    zoneMinutes = '0',
  ] = match;
  const local = `${date}T${hours}:${minutes}:${seconds}.${fraction.slice(0, 3).padEnd(3, '0')}Z`;
  const localMs = Date.parse(local);
  // Date.parse lets 30 February and 24:00 pass as the day after: only what reads back equal exists.
  const exists = !Number.isNaN(localMs) && new Date(localMs).toISOString() === local;
  const offsetMinutes = Number(zoneHours) * 60 + Number(zoneMinutes);
  if (!exists || Number(zoneHours) > 23 || Number(zoneMinutes) > 59) throw new InvalidValueError(EXPECTED, text);
  if (sign === undefined) return local;
  return msToDateTime(localMs + (sign === '-' ? offsetMinutes : -offsetMinutes) * MS_PER_MINUTE);
}

const FIXED_FORM = /^\d{4}-(?:0\d|1[0-2])-([0-3]\d)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** True for texts that {@link parseDateTime} gives. Quick, since values are asked that are read. */
export function isFixedForm(text: string): boolean {
  const match = FIXED_FORM.exec(text);
  if (match === null) return false;
  const day = match[1]!;
  if (day > '00' && day < '29') return text.slice(5, 7) !== '00';
  const ms = Date.parse(text);
  return !Number.isNaN(ms) && new Date(ms).toISOString() === text;
}

/** True if a date-time that {@link parseDateTime} takes has digits below the millisecond other than zeros. */
export const isBetweenMilliseconds = (text: string): boolean => /[1-9]/.test(ISO_FORM.exec(text)?.[5]?.slice(3) ?? '');

/** @param ms Milliseconds since 1970, a whole number. */
export function msToDateTime(ms: number): string {
  if (!Number.isInteger(ms) || ms < LEAST_MS || ms > GREATEST_MS) {
    throw new InvalidValueError('a date-time in the years 0000 to 9999', ms);
  }
  return new Date(ms).toISOString();
}
