/** Aggregates computed the plain way, from rows in JavaScript: what shards and router are compared with. */

import { compareUtf8 } from '../../../../src/lib/compare-utf8.ts';
import type { ColumnModel, WireValue } from '../../../../src/model/types.ts';
import type { DateTrunc, Measure } from '../../../../src/shards/plan/aggregate.ts';

/** A decimal as a whole number of 10^-330: a column's values have no smaller digits. */
const SCALE = 330;

function scaled(text: string): bigint {
  const [, sign, whole, fraction = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text)!;
  return BigInt(`${sign}${whole}${fraction.padEnd(SCALE, '0')}`);
}

function unscaled(value: bigint): string {
  const digits = String(value < 0n ? -value : value).padStart(SCALE + 1, '0');
  const fraction = digits.slice(-SCALE).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${digits.slice(0, -SCALE)}${fraction === '' ? '' : `.${fraction}`}`;
}

function compare(wire: ColumnModel['wire'], a: WireValue, b: WireValue): number {
  if (wire === 'text' || wire === 'blob') return compareUtf8(a as string, b as string);
  if (wire === 'int64' || wire === 'bigintBlob') return BigInt(a!) < BigInt(b!) ? -1 : BigInt(a!) > BigInt(b!) ? 1 : 0;
  return Number(a) - Number(b);
}

/** Sums of `real` columns come as numbers added in the rows' order: compare them within rounding. */
export function naiveMeasure(op: Measure['op'], { wire }: ColumnModel, cells: readonly WireValue[]): unknown {
  const values = cells.filter((value) => value !== null);
  const distinct = new Set(values.map((value) => (typeof value === 'number' ? value + 0 : value)));
  switch (op) {
    case 'count':
      return values.length;
    case 'countDistinct':
      return distinct.size;
    case 'distinctValues':
      return [...distinct];
    case 'min':
    case 'max': {
      const sorted = [...values].sort((a, b) => compare(wire, a, b));
      return (op === 'min' ? sorted[0] : sorted.at(-1)) ?? null;
    }
    case 'sum':
      if (values.length === 0) return null;
      if (wire === 'real') return values.reduce((sum: number, value) => sum + Number(value), 0);
      return unscaled(values.reduce((sum: bigint, value) => sum + scaled(String(value)), 0n));
  }
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Local time as digits, `20260329023000`. */
function localTime(zone: string, ms: number): string {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
    formats.set(zone, format);
  }
  return format.format(ms).replace(/\D/g, '');
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const startByDate = new Map<string, number>();

/** The first minute whose local date is `day` (days since 1970) or a later one: found by trying all. */
function startOfDate(zone: string, day: number): number {
  const id = `${zone} ${day}`;
  const known = startByDate.get(id);
  if (known !== undefined) return known;
  const date = new Date(day * 24 * HOUR).toISOString().slice(0, 10).replaceAll('-', '');
  let at = day * 24 * HOUR - 16 * HOUR;
  while (localTime(zone, at + HOUR).slice(0, 8) < date) at += HOUR;
  // A zone may have been in the new day for a minute already, and gone back.
  at -= 2 * HOUR;
  while (localTime(zone, at).slice(0, 8) < date) at += MINUTE;
  startByDate.set(id, at);
  return at;
}

/** When the period of a moment after 1971 begins. */
export function naivePeriod(trunc: DateTrunc, zone: string, ms: number): number {
  const local = localTime(zone, ms);
  const [year, month, date, minute, second] = [
    Number(local.slice(0, 4)),
    Number(local.slice(4, 6)),
    Number(local.slice(6, 8)),
    Number(local.slice(10, 12)),
    Number(local.slice(12, 14)),
  ] as [number, number, number, number, number];
  const intoMinute = second * 1000 + (ms % 1000);
  const day = (...parts: [number, number, number]) => Date.UTC(...parts) / (24 * HOUR);
  switch (trunc) {
    case 'MINUTE':
      return ms - intoMinute;
    case 'HOUR':
      return ms - intoMinute - minute * MINUTE;
    case 'DAY':
      return startOfDate(zone, day(year, month - 1, date));
    case 'WEEK': {
      const today = day(year, month - 1, date);
      let monday = today;
      while (new Date(monday * 24 * HOUR).getUTCDay() !== 1) monday--;
      return startOfDate(zone, monday);
    }
    case 'MONTH':
      return startOfDate(zone, day(year, month - 1, 1));
    case 'QUARTER':
      return startOfDate(zone, day(year, [0, 0, 0, 3, 3, 3, 6, 6, 6, 9, 9, 9][month - 1]!, 1));
    case 'YEAR':
      return startOfDate(zone, day(year, 0, 1));
  }
}
