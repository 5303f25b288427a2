import { describe, expect, it } from 'vitest';
import { toCapacitySettings } from '../../../src/shards/capacity.ts';
import { NO_LAGS } from '../../../src/shards/lag-histogram.ts';
import { monitored, type ShardRecord, withReport } from '../../../src/shards/monitor/shard-record.ts';
import { totalCounts } from '../../../src/shards/shard-counts.ts';
import type { ShardKey } from '../../../src/shards/shard-key.ts';
import type { ShardReport } from '../../../src/shards/shard-report.ts';
import { below, createRandom } from '../../support/random.ts';

const DAY_MS = 86_400_000;
const T0 = Date.UTC(2026, 0, 1);
const settings = toCapacitySettings({ warnBytes: 700, planBytes: 850, fullBytes: 1_000, forecastDays: 14 });

const reportAt = (days: number, liveBytes: number, changes: Partial<ShardReport> = {}): ShardReport => ({
  ...{ shard: 's', atMs: T0 + days * DAY_MS, growth: [], otherGrowth: 0 },
  figures: {
    ...{ liveBytes, level: 'OK', rows: 1, logBytes: 0, restorableSince: 0 },
    ...{ lastVersion: 1, migration: null, unpublishedKeys: 0, isolateMemoryBytes: 0 },
  },
  counts: countsOf('a', 0),
  ...changes,
});

const countsOf = (life: string, stampPuts: number) => ({ life, invalidationLag: NO_LAGS, stampPuts, audits: [] });

/** What is known after the reports, and which shard keys were warned of. */
function after(reports: readonly ShardReport[]) {
  let record: ShardRecord | null = null;
  const warned: ShardKey[] = [];
  for (const report of reports) {
    const next = withReport(record, report, settings);
    record = next.record;
    warned.push(...next.newlyLarge);
  }
  const known = monitored('s', record!, settings);
  return { ...known, record: record!, warned };
}

describe('the forecast', () => {
  it('follows the line through past sizes', () => {
    const reports = Array.from({ length: 100 }, (_, index) => reportAt(index / 10, 100 + index));
    const { capacity } = after(reports);
    expect(capacity.growthPerDay).toBe(10);
    // 199 bytes after 9.9 days: 800 in 60.1 days.
    expect((capacity.reaches80AtMs! - T0) / DAY_MS).toBeCloseTo(70, 1);
    expect((capacity.fullAtMs! - T0) / DAY_MS).toBeCloseTo(90, 1);
  });

  it('forgets what is older than its window', () => {
    const past = Array.from({ length: 100 }, (_, index) => reportAt(index / 10, 10 * index));
    const present = Array.from({ length: 200 }, (_, index) => reportAt(30 + index / 10, 100 + index / 10));
    const { capacity, record } = after([...past, ...present]);
    expect(capacity.growthPerDay).toBe(1);
    expect(record.points.length).toBeLessThan(60);
  });

  it.each([
    ['one report', [reportAt(0, 100)]],
    ['reports of one hour', [reportAt(0, 100), reportAt(1 / 24, 110)]],
  ])('is not known from %s', (_, reports) => {
    expect(after(reports).capacity).toMatchObject({ growthPerDay: null, reaches80AtMs: null, fullAtMs: null });
  });

  it('is never for a shard that shrinks, and now for one that is there', () => {
    expect(after([reportAt(0, 500), reportAt(5, 400)]).capacity).toMatchObject({ growthPerDay: -20, fullAtMs: null });
    expect(after([reportAt(0, 500), reportAt(5, 900)]).capacity.reaches80AtMs).toBe(T0 + 5 * DAY_MS);
  });

  it('keeps the most that there ever was', () => {
    expect(after([reportAt(0, 500), reportAt(5, 400)])).toMatchObject({
      capacity: { peakBytes: 500 },
      figures: { liveBytes: 400 },
    });
  });

  it('takes reports in the wrong order', () => {
    const growth = [['a', 300] as const] as never;
    const { figures, record } = after([reportAt(5, 500), reportAt(5 - 1 / 1_440, 400, { growth })]);
    expect(figures.liveBytes).toBe(500);
    expect(record.keys.all).toBe(300);
  });
});

describe('a clock that was ahead', () => {
  it('is not believed once it is right again', () => {
    const ahead = [reportAt(0, 100), reportAt(365, 110)];
    const { atMs, figures, capacity, record } = after([...ahead, reportAt(1, 900), reportAt(2, 950)]);
    expect([atMs, figures.liveBytes, capacity.growthPerDay]).toEqual([T0 + 2 * DAY_MS, 950, 50]);
    expect(record.points.every(([atMs]) => atMs <= T0 + 2 * DAY_MS)).toBe(true);
  });
});

describe('large shard keys', () => {
  it('are warned of once where the log of their shard comes and goes', () => {
    const grown = reportAt(0, 210, { growth: [['a', 210]] as never });
    const days = Array.from({ length: 10 }, (_, index) => reportAt(index + 1, index % 2 === 0 ? 195 : 210));
    expect(after([grown, ...days]).warned).toEqual(['a']);
    // Those that are large are told of, as ever.
    expect(after([grown, ...days]).capacity.largeShardKeys).toMatchObject([{ shardKey: 'a', bytes: 210 }]);
    expect(after([grown, reportAt(1, 195)]).capacity.largeShardKeys).toEqual([]);
    expect(after([grown, reportAt(1, 170), reportAt(2, 210)]).warned).toEqual(['a', 'a']);
    expect(after([reportAt(0, 190, { growth: [['a', 190]] as never })]).warned).toEqual([]);
  });

  it('are found among many, and warned of once', () => {
    const random = createRandom(38);
    const reports = Array.from({ length: 400 }, (_, index) => {
      const growth = Array.from({ length: 8 }, () => [`k${below(random, 1_000)}`, 1] as const);
      return reportAt(index / 40, (index + 1) * 2, { growth: [...growth, ['large', 4]] as never });
    });
    const { capacity, warned } = after(reports);
    expect(warned).toEqual(['large']);
    // A third of the 800 bytes, of which the least that counts is 200.
    expect(capacity.largeShardKeys).toHaveLength(1);
    const [{ shardKey, bytes, share, growthPerDay }] = capacity.largeShardKeys as [(typeof capacity.largeShardKeys)[0]];
    expect(shardKey).toBe('large');
    expect(bytes).toBeGreaterThan(250);
    expect(bytes).toBeLessThan(290);
    expect(share).toBeCloseTo(bytes / 1_000);
    expect(growthPerDay).toBeGreaterThan(0);
  });

  it('are none in a shard that is small, whatever their share', () => {
    expect(after([reportAt(0, 199, { growth: [['only', 199]] as never })]).capacity.largeShardKeys).toEqual([]);
  });

  it('are none any more once their rows are deleted', () => {
    const grown = reportAt(0, 900, { growth: [['a', 800]] as never, otherGrowth: 100 });
    const shrunk = reportAt(1, 200, { growth: [['a', -750]] as never });
    expect(after([grown]).capacity.largeShardKeys).toHaveLength(1);
    expect(after([grown, shrunk]).capacity.largeShardKeys).toEqual([]);
  });
});

describe('the counts of a shard', () => {
  const puts = (...counts: (readonly [life: string, puts: number])[]) =>
    totalCounts(after(counts.map(([life, count], at) => reportAt(at, 1, { counts: countsOf(life, count) }))).counts)
      .stampPuts;

  it('are added up over its lives, each of which tells all that it has counted', () => {
    expect(puts(['a', 1], ['a', 5], ['b', 2], ['b', 3], ['c', 0])).toBe(8);
  });

  it('do not depend on reports that are lost or come twice', () => {
    expect(puts(['a', 5], ['b', 3])).toBe(8);
    expect(puts(['a', 5], ['a', 5], ['b', 3], ['b', 3])).toBe(8);
  });

  it('have lags and audits by bucket, age and result', () => {
    const audit = (count: number) => ({ ageMs: 5, result: 'consistent' as const, count });
    const lag = (count: number) => ({ counts: [0, count], sumMs: 10 * count });
    const counts = (life: string, count: number, audits: ReturnType<typeof audit>[]) => ({
      counts: { life, invalidationLag: lag(count), stampPuts: 0, audits },
    });
    const known = after([reportAt(0, 1, counts('a', 2, [])), reportAt(1, 1, counts('b', 3, [audit(4)]))]);
    const { invalidationLag, audits } = totalCounts(known.counts);
    expect(invalidationLag.counts.slice(0, 3)).toEqual([0, 5, 0]);
    expect(invalidationLag.sumMs).toBe(50);
    expect(audits).toEqual([audit(4)]);
  });
});
