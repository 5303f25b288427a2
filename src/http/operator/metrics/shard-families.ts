import type { ShardReport } from '../../../shards/client/shard-client.ts';
import { LAG_BOUNDS_MS } from '../../../shards/lag-histogram.ts';
import type { ShardMetrics } from '../../../shards/protocol/shard-rpc.ts';
import { histogramSamples, type MetricFamily } from './prometheus-text.ts';

/** Counts of the shards, each since it started. */
export function shardFamilies(reports: readonly ShardReport<ShardMetrics>[]): MetricFamily[] {
  const known = reports.flatMap(({ shard, status }) => ('code' in status ? [] : [{ labels: { shard }, ...status }]));
  return [
    {
      name: 'shardql_shard_up',
      type: 'gauge',
      help: '1: the shard has answered; 0: it could not, and its other metrics are missing.',
      samples: reports.map(({ shard, status }) => ({ labels: { shard }, value: 'code' in status ? 0 : 1 })),
    },
    {
      name: 'shardql_shard_database_bytes',
      type: 'gauge',
      help: 'Size of the database of a shard.',
      samples: known.map(({ labels, databaseBytes }) => ({ labels, value: databaseBytes })),
    },
    {
      name: 'shardql_invalidation_unpublished_keys',
      type: 'gauge',
      help: 'Shard keys with changes whose stamps are not published yet.',
      samples: known.map(({ labels, unpublishedKeys }) => ({ labels, value: unpublishedKeys })),
    },
    {
      name: 'shardql_invalidation_lag_seconds',
      type: 'histogram',
      help: 'Time from a commit that cached answers may depend on until KV had accepted its stamps.',
      samples: known.flatMap(({ labels, invalidationLag: { counts, sumMs } }) =>
        histogramSamples(labels, BOUNDS_SECONDS, counts, sumMs / 1_000),
      ),
    },
    {
      name: 'shardql_invalidation_puts_total',
      type: 'counter',
      help: 'Puts of stamps that KV has accepted.',
      samples: known.map(({ labels, stampPuts = 0 }) => ({ labels, value: stampPuts })),
    },
    {
      name: 'shardql_cache_audits_total',
      type: 'counter',
      help: 'Cached entries checked a while after a sampled commit, by its age and by the finding: absent, consistent, unclear (changed again since), inconsistent (served, and older than the commit).',
      samples: known.flatMap(({ labels, audits }) =>
        audits.map(({ ageMs, result, count }) => ({
          labels: { ...labels, age_seconds: String(ageMs / 1_000), result },
          value: count,
        })),
      ),
    },
  ];
}

const BOUNDS_SECONDS = LAG_BOUNDS_MS.map((ms) => ms / 1_000);
