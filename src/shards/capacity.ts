/** How large a shard may become: the settings, and what is made of the shards' reports. */
import { memoizeByObject } from '../lib/memoize-by-object.ts';
import { ShardQLError } from './errors.ts';
import type { ShardKey } from './shard-key.ts';

/** Settings of a shard's capacity. Bytes are pages in use, as the platform counts them. */
export interface CapacitySettings {
  /** From here on the shard warns: one line of the log. Default 7 GB. */
  readonly warnBytes: number;
  /** From here on rows should go to another shard. Default 8.5 GB. */
  readonly planBytes: number;
  /** From here on writes that may grow the shard fail with `SHARD_FULL`. Default 9.5 GB, which is also the most. */
  readonly fullBytes: number;
  /** A shard key that has more of its shard than this share of `fullBytes` is warned of: it has to fit one shard. Default 0.2. */
  readonly largeShardKeyShare: number;
  /** A shard reports to the `Monitor` with the first commit in each such interval, and sooner when it grows much. Default 60. */
  readonly reportSeconds: number;
  /** How far back the forecast looks. Default 14. */
  readonly forecastDays: number;
}

/**
 * The most that `fullBytes` may be. The rest, up to the 10 GB of the platform, is for what must go on in a full shard: a
 * delete moves its rows to the change log, which gives them up later, and adds 200 bytes or so for each. Half a gigabyte
 * has room for two million deletes before the log is trimmed, or for the largest commit that was begun just below the bound.
 */
export const MAX_FULL_BYTES = 9_500_000_000;

/** developers.cloudflare.com/durable-objects/platform/limits */
export const PLATFORM_BYTES = 10_000_000_000;

/** Up to here restores fill a shard: with the greatest `fullBytes`, all of the platform's; the same share beyond smaller ones. */
export const restorableBytes = ({ fullBytes }: CapacitySettings): number =>
  Math.floor(fullBytes * (PLATFORM_BYTES / MAX_FULL_BYTES));

const DEFAULTS: CapacitySettings = {
  warnBytes: 7_000_000_000,
  planBytes: 8_500_000_000,
  fullBytes: MAX_FULL_BYTES,
  largeShardKeyShare: 0.2,
  reportSeconds: 60,
  forecastDays: 14,
};

const WHOLE_NUMBERS = ['warnBytes', 'planBytes', 'fullBytes', 'reportSeconds', 'forecastDays'] as const;

/**
 * Fills in the defaults.
 *
 * @throws ShardQLError that names the setting: the Worker does not start.
 */
export const toCapacitySettings = memoizeByObject((given: Partial<CapacitySettings>): CapacitySettings => {
  const settings = { ...DEFAULTS, ...given };
  for (const name of Object.keys(given)) {
    if (name in DEFAULTS) continue;
    throw wrong(`Expected capacity to have ${Object.keys(DEFAULTS).join(', ')}, but got ${name}; take it out.`);
  }
  for (const name of WHOLE_NUMBERS) {
    const value: unknown = settings[name];
    if (Number.isInteger(value) && (value as number) >= 1) continue;
    throw wrong(`Expected capacity.${name} to be a whole number from 1 on, but got ${value}.`);
  }
  const { warnBytes, planBytes, fullBytes, largeShardKeyShare } = settings;
  if (!(largeShardKeyShare > 0 && largeShardKeyShare <= 1)) {
    throw wrong(
      `Expected capacity.largeShardKeyShare to be a number above 0 and up to 1, but got ${largeShardKeyShare}.`,
    );
  }
  if (fullBytes > MAX_FULL_BYTES) {
    throw wrong(
      `Expected capacity.fullBytes to be at most ${MAX_FULL_BYTES}, so that deletes have room in the change log, but got ${fullBytes}.`,
    );
  }
  if (warnBytes > planBytes || planBytes > fullBytes) {
    throw wrong(
      `Expected capacity to have warnBytes ≤ planBytes ≤ fullBytes, but got ${warnBytes}, ${planBytes} and ${fullBytes}; set all three.`,
    );
  }
  return settings;
});

const wrong = (message: string): ShardQLError => new ShardQLError('INTERNAL_SERVER_ERROR', message);

/** How full a shard is, by the settings' thresholds. */
export const CAPACITY_LEVELS = ['OK', 'WARN', 'PLAN', 'FULL'] as const;

export type CapacityLevel = (typeof CAPACITY_LEVELS)[number];

/** The size from which on a shard has the level. */
export const leastBytes = (level: CapacityLevel, settings: CapacitySettings): number =>
  ({ OK: 0, WARN: settings.warnBytes, PLAN: settings.planBytes, FULL: settings.fullBytes })[level];

export const levelOf = (bytes: number, settings: CapacitySettings): CapacityLevel =>
  CAPACITY_LEVELS.findLast((level) => bytes >= leastBytes(level, settings))!;

/** A shard key that has much of its shard. */
interface LargeShardKey {
  readonly shardKey: ShardKey;
  /** Estimated from the pages that its commits took. */
  readonly bytes: number;
  /** `bytes` as a share of `fullBytes`. */
  readonly share: number;
  /** Null: not known yet. */
  readonly growthPerDay: number | null;
}

/** What the reports of a shard say of its growth. */
export interface ShardCapacity {
  /** The most that the database has ever had in use: its file is never smaller, since freed pages stay in it. */
  readonly peakBytes: number;
  /** Bytes a day, over the days that the forecast looks at. Null: not known yet. */
  readonly growthPerDay: number | null;
  /** When it has 80 % of `fullBytes` at this rate, in milliseconds since 1970. Null: not known, or never. */
  readonly reaches80AtMs: number | null;
  /** The same for all of `fullBytes`. */
  readonly fullAtMs: number | null;
  /** Largest first. */
  readonly largeShardKeys: readonly LargeShardKey[];
  /** Of the settings that this was worked out with. */
  readonly thresholds: Pick<CapacitySettings, 'warnBytes' | 'planBytes' | 'fullBytes'>;
}
