import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTimeZone, timeZone } from '../../src/lib/time-zone.ts';
import type { ColumnModel } from '../../src/model/types.ts';
import { periodOf, periodToWire } from '../../src/shards/period.ts';
import { DATE_TRUNCS, type DateTrunc } from '../../src/shards/plan/aggregate.ts';
import model from '../models/all-types/model.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { naivePeriod } from './server/read/naive-grouping.ts';

const moment = model.table('Sample').columnByName.get('moment') as ColumnModel;
const runs = propertyRuns(300);

function startOf(trunc: DateTrunc, zone: string, at: string): string {
  const found = timeZone(zone);
  return periodToWire(moment, trunc, found, periodOf(trunc, found, Date.parse(at))) as string;
}

describe('periods of date-times', () => {
  // Known changes of offsets, and of calendars; by hand from the time zone database.
  it.each<[DateTrunc, string, string, string]>([
    ['DAY', 'Europe/Berlin', '2026-03-29T21:59:59.999Z', '2026-03-28T23:00:00.000Z'],
    ['DAY', 'Europe/Berlin', '2026-03-29T22:00:00.000Z', '2026-03-29T22:00:00.000Z'],
    ['DAY', 'Europe/Berlin', '2026-10-25T22:59:59.999Z', '2026-10-24T22:00:00.000Z'],
    // The hour from two to three comes twice.
    ['HOUR', 'Europe/Berlin', '2026-10-25T00:30:00.000Z', '2026-10-25T00:00:00.000Z'],
    ['HOUR', 'Europe/Berlin', '2026-10-25T01:30:00.000Z', '2026-10-25T01:00:00.000Z'],
    // Midnight does not exist: the day begins at one o'clock.
    ['DAY', 'America/Sao_Paulo', '2018-11-04T12:00:00.000Z', '2018-11-04T03:00:00.000Z'],
    // Midnight comes twice: the day begins at the first.
    ['DAY', 'America/Havana', '2026-11-01T12:00:00.000Z', '2026-11-01T04:00:00.000Z'],
    // A minute into the day, clocks went back into the day before.
    ['DAY', 'America/St_Johns', '2006-10-29T02:45:00.000Z', '2006-10-28T02:30:00.000Z'],
    // Samoa skipped 30 December 2011: the year's last week has one day less.
    ['DAY', 'Pacific/Apia', '2011-12-30T10:00:00.000Z', '2011-12-30T10:00:00.000Z'],
    ['DAY', 'Pacific/Apia', '2011-12-30T09:59:59.999Z', '2011-12-29T10:00:00.000Z'],
    ['HOUR', 'Asia/Kolkata', '2026-01-01T00:29:00.000Z', '2025-12-31T23:30:00.000Z'],
    ['HOUR', 'Asia/Kathmandu', '2026-01-01T00:14:00.000Z', '2025-12-31T23:15:00.000Z'],
    ['WEEK', 'UTC', '2026-01-04T23:59:59.999Z', '2025-12-29T00:00:00.000Z'],
    ['QUARTER', 'America/New_York', '2026-04-01T03:59:59.999Z', '2026-01-01T05:00:00.000Z'],
    ['YEAR', 'Asia/Tokyo', '2025-12-31T15:00:00.000Z', '2025-12-31T15:00:00.000Z'],
    // Local mean time, before zones: 53 minutes and 28 seconds.
    ['DAY', 'Europe/Berlin', '1890-06-01T12:00:00.000Z', '1890-05-31T23:06:32.000Z'],
    ['MONTH', 'Europe/Berlin', '0099-05-17T12:00:00.000Z', '0099-04-30T23:06:32.000Z'],
    // The ends of what columns can hold.
    ['YEAR', 'Asia/Tokyo', '0000-01-01T00:00:00.000Z', '0000-01-01T00:00:00.000Z'],
    ['YEAR', 'America/New_York', '0000-01-01T00:00:00.000Z', '0000-01-01T04:56:02.000Z'],
    ['MONTH', 'Asia/Tokyo', '9999-12-31T23:59:59.999Z', '9999-11-30T15:00:00.000Z'],
  ])('%s in %s: %s lies in that of %s', (trunc, zone, at, start) => {
    expect(startOf(trunc, zone, at)).toBe(start);
  });

  it(`equal those found by trying every minute, in all zones (${describeRuns(runs)})`, () => {
    const zones = Intl.supportedValuesOf('timeZone');
    const at = fc.integer({ min: Date.UTC(1973, 0, 1), max: Date.UTC(2100, 0, 1) });
    fc.assert(
      fc.property(fc.constantFrom(...DATE_TRUNCS), fc.constantFrom(...zones), at, (trunc, zone, ms) => {
        const found = timeZone(zone);
        const start = Date.parse(periodToWire(moment, trunc, found, periodOf(trunc, found, ms)) as string);
        expect([zone, start]).toEqual([zone, naivePeriod(trunc, zone, ms)]);
      }),
      runs,
    );
  });
});

describe('names of time zones', () => {
  it.each(['Europe/Berlin', 'europe/berlin', 'UTC', 'Etc/GMT+5', 'America/Argentina/Buenos_Aires'])(
    '%s is one',
    (name) => expect(isTimeZone(name)).toBe(true),
  );

  it.each(['', 'Mars/Olympus', '+01:00', '-0530', 'Europe/Berlin ', 'Europe\0Berlin', 'a'.repeat(65), '../UTC'])(
    '%j is none',
    (name) => expect(isTimeZone(name)).toBe(false),
  );
});
