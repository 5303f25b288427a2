import { LagHistogram } from '../../lag-histogram.ts';
import type { ShardMetrics } from '../../protocol/metrics.ts';
import type { AuditCounts } from '../freshness/audit-counts.ts';
import type { Publisher } from '../freshness/publisher.ts';
import type { ShardState } from '../shard-state.ts';

/** Reads no table, so that it may be asked for often. `publisher`: null if the shard has none. */
export function shardMetrics(
  { storage, freshness }: ShardState,
  publisher: Publisher | null,
  audits: AuditCounts,
): ShardMetrics {
  const { counts, sumMs } = publisher?.lag ?? new LagHistogram();
  return {
    databaseBytes: storage.sql.databaseSize,
    unpublishedKeys: freshness.unpublished.size,
    invalidationLag: { counts, sumMs },
    stampPuts: publisher?.puts ?? 0,
    audits: audits.counts,
  };
}
