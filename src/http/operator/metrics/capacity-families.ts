import { CAPACITY_LEVELS, type ShardCapacity } from '../../../shards/capacity.ts';
import type { MetricFamily } from './prometheus-text.ts';

/** What the monitor knows of shards; of those that have reported. Shard keys are no labels: there may be many, and they are rows' values. */
export function capacityFamilies(capacities: readonly ShardCapacity[]): MetricFamily[] {
  /** Null: there is no such sample. */
  const gauge = (name: string, help: string, read: (capacity: ShardCapacity) => number | null): MetricFamily => ({
    name: `shardql_shard_${name}`,
    type: 'gauge',
    help,
    samples: capacities.flatMap((capacity) => {
      const value = read(capacity);
      return value === null ? [] : [{ labels: { shard: capacity.shard }, value }];
    }),
  });
  return [
    gauge('live_bytes', 'Pages in use of the database of a shard, when it last reported.', (of) => of.liveBytes),
    gauge(
      'peak_bytes',
      'The most that the database of a shard has ever had in use: its file is as large.',
      (of) => of.bytes,
    ),
    gauge('rows', 'Rows of a shard, counted by its commits.', (of) => of.rows),
    gauge('capacity_level', '0: there is room; 1: warned; 2: rows should go to another shard; 3: full.', ({ level }) =>
      CAPACITY_LEVELS.indexOf(level),
    ),
    gauge('growth_bytes_per_day', 'By how much a shard grows a day.', ({ growthPerDay }) => growthPerDay),
    gauge('reaches_80_percent_timestamp_seconds', 'When a shard has 80 % of fullBytes at this rate.', (of) =>
      toSeconds(of.reaches80AtMs),
    ),
    gauge('full_timestamp_seconds', 'When a shard is full at this rate.', (of) => toSeconds(of.fullAtMs)),
    gauge('largest_key_ratio', 'What the largest of the large shard keys has of fullBytes.', ({ largeShardKeys }) =>
      largeShardKeys[0] === undefined ? null : largeShardKeys[0].share,
    ),
    gauge('capacity_reported_timestamp_seconds', 'When a shard last reported.', ({ atMs }) => toSeconds(atMs)),
  ];
}

const toSeconds = (ms: number | null): number | null => (ms === null ? null : ms / 1_000);
