import { LagHistogram } from '../../lag-histogram.ts';
import type { Bare } from '../../protocol/envelope.ts';
import type { ShardMetrics } from '../../protocol/metrics.ts';
import type { ShardState } from '../shard-state.ts';

/** Reads no table, so that it may be asked for often. */
export function shardMetrics({ storage, freshness, publisher, audits }: ShardState): Bare<ShardMetrics> {
  const { counts, sumMs } = publisher?.lag ?? new LagHistogram();
  return {
    databaseBytes: storage.sql.databaseSize,
    unpublishedKeys: freshness.unpublished.size,
    invalidationLag: { counts, sumMs },
    stampPuts: publisher?.puts ?? 0,
    audits: audits.counts,
  };
}
