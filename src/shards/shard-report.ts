/** What a shard tells of itself: to the `Monitor`, with commits that it makes anyway, and to whoever asks it. */
import type { CapacityLevel } from './capacity.ts';
import type { ShardCounts } from './shard-counts.ts';
import type { ShardKey } from './shard-key.ts';
import type { Version } from './version.ts';

/** How a shard is. None of it takes more than a few rows to find out, however many it holds. */
export interface ShardFigures {
  /** Pages in use, as the platform counts them. */
  readonly liveBytes: number;
  /** By the thresholds of its release. */
  readonly level: CapacityLevel;
  /** Of all tables, as commits add and take them. Null: not known, in databases of an earlier release, until rows are counted. */
  readonly rows: number | null;
  /** About how large its log is. */
  readonly logBytes: number;
  /**
   * Version of the last commit that its log does not have any more: rows can be taken back to how they were right after it. 0:
   * nothing is trimmed.
   */
  readonly restorableSince: Version;
  /** Of the last commit; 0: there is none. */
  readonly lastVersion: Version;
  /** Tag of the last applied migration; null before the first. */
  readonly migration: string | null;
  /** Shard keys with changes that are not published yet. */
  readonly unpublishedKeys: number;
  /** What the caches of all shards of its isolate take, in bytes, estimated. */
  readonly isolateMemoryBytes: number;
}

/** What a shard sends to the monitor. */
export interface ShardReport {
  /** Its name. */
  readonly shard: string;
  /** In milliseconds since 1970. */
  readonly atMs: number;
  readonly figures: ShardFigures;
  readonly counts: ShardCounts;
  /** By how much the rows of the shard keys with the greatest changes have grown since the last report, in bytes, estimated. */
  readonly growth: readonly (readonly [shardKey: ShardKey, bytes: number])[];
  /** The same, of all other shard keys together. */
  readonly otherGrowth: number;
}
