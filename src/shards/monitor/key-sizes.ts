import type { ShardKey } from '../shard-key.ts';
import type { ShardReport } from '../shard-report.ts';

/** Shard keys that are counted. One with more than 1/64 of the bytes is always among them. */
const MAX_KEYS = 64;

/** What shard keys hold of a shard, by what their commits took: those that hold most. */
export interface KeySizes {
  readonly byKey: Readonly<Record<ShardKey, number>>;
  /** Of all shard keys together. */
  readonly all: number;
}

export const NO_SIZES: KeySizes = { byKey: {}, all: 0 };

/**
 * Adds what a shard has reported. Where there is no room for another shard key, the smallest goes, and the new one starts with its
 * size (Metwally et al., "Space-Saving", 2005): it may be overrated by that much, and none that is large is overlooked.
 */
export function addGrowth(sizes: KeySizes, { growth, otherGrowth }: ShardReport): KeySizes {
  const byKey = new Map(Object.entries(sizes.byKey)) as Map<ShardKey, number>;
  let all = sizes.all + otherGrowth;
  for (const [key, bytes] of growth) {
    all += bytes;
    byKey.set(key, (byKey.get(key) ?? inheritance(byKey)) + bytes);
  }
  const positive = [...byKey].filter(([, bytes]) => bytes > 0);
  return { byKey: Object.fromEntries(positive), all: Math.max(0, all) };
}

/** Makes room for one more. */
function inheritance(byKey: Map<ShardKey, number>): number {
  if (byKey.size < MAX_KEYS) return 0;
  const [key, bytes] = [...byKey].reduce((least, each) => (each[1] < least[1] ? each : least));
  byKey.delete(key);
  return Math.max(0, bytes);
}

/**
 * Those that have more than `leastBytes` of the `liveBytes` of their shard, largest first: each has as much of them as of what was
 * counted, the log and the indexes too.
 */
export const largeKeys = (
  { byKey, all }: KeySizes,
  liveBytes: number,
  leastBytes: number,
): (readonly [ShardKey, bytes: number])[] =>
  all <= 0
    ? []
    : (Object.entries(byKey) as [ShardKey, number][])
        .map(([key, bytes]) => [key, Math.round(Math.min(1, bytes / all) * liveBytes)] as const)
        .filter(([, bytes]) => bytes > leastBytes)
        .sort(([, a], [, b]) => b - a);
