import type { CapacitySettings } from '../capacity.ts';
import type { MonitoredShard } from '../protocol/monitor-rpc.ts';
import { type KeptCounts, withCounts } from '../shard-counts.ts';
import type { ShardKey } from '../shard-key.ts';
import type { ShardReport } from '../shard-report.ts';
import { addGrowth, type KeySizes, largeKeys, NO_SIZES } from './key-sizes.ts';
import { addPoint, type Point, reachedAtMs, slopeOf } from './trend.ts';

/** What the monitor keeps of a shard. */
export interface ShardRecord {
  readonly last: Pick<ShardReport, 'atMs' | 'figures'>;
  readonly counts: KeptCounts;
  /** The greatest `liveBytes` ever. */
  readonly peakBytes: number;
  readonly points: readonly Point[];
  readonly keys: KeySizes;
  /** Of the shard keys that are large, or were until a moment ago. */
  readonly pointsByKey: Readonly<Record<ShardKey, readonly Point[]>>;
}

const DAY_MS = 86_400_000;
/** Reports that come in the wrong order are so far apart at most, in milliseconds: what is older is of a clock that was ahead before. */
const LATE_MS = 10 * 60_000;
/** A large shard key that falls below so much of the least, and grows again, is warned of again: the log, which counts, comes and goes. */
const HYSTERESIS = 0.9;
/** Of `fullBytes`, for the forecast. */
const NEARLY_FULL = 0.8;

/**
 * The record with one more report, and the shard keys that have become large by it.
 *
 * @param record null: there is none.
 */
export function withReport(
  record: ShardRecord | null,
  report: ShardReport,
  settings: CapacitySettings,
): { readonly record: ShardRecord; readonly newlyLarge: readonly ShardKey[] } {
  const { atMs, figures, counts } = report;
  const { liveBytes } = figures;
  // Of two reports that come in the wrong order, the growth counts and the rest is known better.
  if (record !== null && atMs < record.last.atMs && atMs >= record.last.atMs - LATE_MS) {
    return { record: { ...record, keys: addGrowth(record.keys, report) }, newlyLarge: [] };
  }
  const windowMs = settings.forecastDays * DAY_MS;
  const keys = addGrowth(record?.keys ?? NO_SIZES, report);
  const pointsByKey: Record<ShardKey, readonly Point[]> = {};
  const newlyLarge: ShardKey[] = [];
  const leastBytes = leastLargeBytes(settings);
  for (const [key, bytes] of largeKeys(keys, liveBytes, leastBytes * HYSTERESIS)) {
    const points = record?.pointsByKey[key];
    if (points === undefined && bytes <= leastBytes) continue;
    if (points === undefined) newlyLarge.push(key);
    pointsByKey[key] = addPoint(points ?? [], [atMs, bytes], windowMs);
  }
  return {
    record: {
      last: { atMs, figures },
      counts: withCounts(record?.counts ?? null, counts),
      peakBytes: Math.max(record?.peakBytes ?? 0, liveBytes),
      points: addPoint(record?.points ?? [], [atMs, liveBytes], windowMs),
      keys,
      pointsByKey,
    },
    newlyLarge,
  };
}

const leastLargeBytes = ({ largeShardKeyShare, fullBytes }: CapacitySettings): number => largeShardKeyShare * fullBytes;

/** What the record says. */
export function monitored(shard: string, record: ShardRecord, settings: CapacitySettings): MonitoredShard {
  const { last, counts, peakBytes, points, pointsByKey } = record;
  const { warnBytes, planBytes, fullBytes } = settings;
  const windowMs = settings.forecastDays * DAY_MS;
  const slope = slopeOf(points, windowMs);
  const perDay = (bytesPerMs: number | null) => (bytesPerMs === null ? null : Math.round(bytesPerMs * DAY_MS));
  const reached = (bytes: number) => reachedAtMs([last.atMs, last.figures.liveBytes], slope, bytes);
  const largeShardKeys = (Object.entries(pointsByKey) as [ShardKey, readonly Point[]][]).map(
    ([shardKey, keyPoints]) => {
      const [, bytes] = keyPoints.at(-1)!;
      const growthPerDay = perDay(slopeOf(keyPoints, windowMs));
      return { shardKey, bytes, share: bytes / fullBytes, growthPerDay };
    },
  );
  return {
    ...{ shard, ...last, counts },
    capacity: {
      peakBytes,
      growthPerDay: perDay(slope),
      reaches80AtMs: reached(fullBytes * NEARLY_FULL),
      fullAtMs: reached(fullBytes),
      largeShardKeys: largeShardKeys
        .filter(({ bytes }) => bytes > leastLargeBytes(settings))
        .sort((a, b) => b.bytes - a.bytes),
      thresholds: { warnBytes, planBytes, fullBytes },
    },
  };
}
