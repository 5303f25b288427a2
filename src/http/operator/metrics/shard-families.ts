import { CAPACITY_LEVELS, type ShardCapacity } from '../../../shards/capacity.ts';
import type { ShardCalls } from '../../../shards/isolate-report.ts';
import { LAG_BOUNDS_MS } from '../../../shards/lag-histogram.ts';
import type { MonitorTotals } from '../../../shards/monitor-series.ts';
import { restorableSinceMs } from '../../../shards/restorable-since.ts';
import type { CountTotals } from '../../../shards/shard-counts.ts';
import type { ShardFigures } from '../../../shards/shard-report.ts';
import type { ShardView } from '../../../shards/shard-view.ts';
import { versionToMs } from '../../../shards/version.ts';
import { histogramSamples, type MetricFamily, type MetricSample, summarySamples } from './prometheus-text.ts';

/**
 * What is known of shards, of those that have reported. Shard keys are no labels: there may be many, and they are rows' values.
 *
 * @param isLive they were asked: only then it is known which of them answer.
 */
export function shardFamilies(views: readonly ShardView[], isLive: boolean): MetricFamily[] {
  return [
    {
      name: 'shardql_shards',
      type: 'gauge',
      help: 'Shards of the map.',
      samples: [{ labels: {}, value: views.length }],
    },
    ...(isLive ? [upFamily(views)] : []),
    timeFamily('reported', 'When the other metrics of a shard were so.', views, ({ atMs }) => atMs),
    ...figureFamilies(views),
    ...growthFamilies(views),
    ...countFamilies(views),
  ];
}

const upFamily = (views: readonly ShardView[]): MetricFamily => ({
  name: 'shardql_shard_up',
  type: 'gauge',
  help: '1: the shard has answered; 0: it could not, and its other metrics are those that it reported last.',
  samples: views.map(({ shard, error }) => ({ labels: { shard }, value: error === null ? 1 : 0 })),
});

function figureFamilies(views: readonly ShardView[]): MetricFamily[] {
  const figure = (name: string, help: string, read: (figures: ShardFigures) => number | null): MetricFamily =>
    gauge(name, help, views, ({ figures }) => figures && read(figures));
  const time = (name: string, help: string, read: (figures: ShardFigures) => number | null): MetricFamily =>
    timeFamily(name, help, views, ({ figures }) => figures && read(figures));
  return [
    figure('live_bytes', 'Pages in use of the database of a shard.', (of) => of.liveBytes),
    figure('capacity_level', '0: there is room; 1: warned; 2: rows should go to another shard; 3: full.', ({ level }) =>
      CAPACITY_LEVELS.indexOf(level),
    ),
    figure('rows', 'Rows of a shard, counted by its commits.', (of) => of.rows),
    figure(
      'isolate_memory_bytes',
      'Estimated memory of the caches of all shards that share an isolate with a shard.',
      (of) => of.isolateMemoryBytes,
    ),
    figure('log_bytes', 'About how large the change log of a shard is.', (of) => of.logBytes),
    time('restorable_since', 'The earliest time that rows can be taken back to; absent: any.', (of) =>
      restorableSinceMs(of.restorableSince),
    ),
    time('last_commit', 'When a shard has last committed.', ({ lastVersion }) =>
      lastVersion === 0 ? null : versionToMs(lastVersion),
    ),
    {
      name: 'shardql_shard_migration',
      type: 'gauge',
      help: 'Always 1; the label is the last migration that a shard has applied.',
      samples: views.flatMap(({ shard, figures }) =>
        figures === null ? [] : [{ labels: { shard, migration: figures.migration ?? 'none' }, value: 1 }],
      ),
    },
    {
      name: 'shardql_invalidation_unpublished_keys',
      type: 'gauge',
      help: 'Shard keys with changes whose stamps are not published yet.',
      samples: samplesOf(views, ({ figures }) => figures?.unpublishedKeys ?? null),
    },
  ];
}

function growthFamilies(views: readonly ShardView[]): MetricFamily[] {
  const read = (of: (capacity: ShardCapacity) => number | null) => (view: ShardView) =>
    view.capacity && of(view.capacity);
  return [
    gauge(
      'peak_bytes',
      'The most that the database of a shard has ever had in use: its file is as large.',
      views,
      read((of) => of.peakBytes),
    ),
    gauge(
      'growth_bytes_per_day',
      'By how much a shard grows a day.',
      views,
      read((of) => of.growthPerDay),
    ),
    timeFamily(
      'reaches_80_percent',
      'When a shard has 80 % of fullBytes at this rate.',
      views,
      read((of) => of.reaches80AtMs),
    ),
    timeFamily(
      'full',
      'When a shard is full at this rate.',
      views,
      read((of) => of.fullAtMs),
    ),
    gauge(
      'largest_key_ratio',
      'What the largest of the large shard keys has of fullBytes.',
      views,
      read(({ largeShardKeys }) => largeShardKeys[0]?.share ?? null),
    ),
  ];
}

function countFamilies(views: readonly ShardView[]): MetricFamily[] {
  const counted = views.flatMap(({ shard, counts }) => (counts === null ? [] : [{ labels: { shard }, ...counts }]));
  const samples = (of: (counts: CountTotals & Pick<MetricSample, 'labels'>) => readonly MetricSample[]) =>
    counted.flatMap(of);
  return [
    {
      name: 'shardql_invalidation_lag_seconds',
      type: 'histogram',
      help: 'Time from a commit that cached answers may depend on until KV had accepted its stamps.',
      samples: samples(({ labels, invalidationLag: { counts, sumMs } }) =>
        histogramSamples(labels, BOUNDS_SECONDS, counts, sumMs / 1_000),
      ),
    },
    {
      name: 'shardql_invalidation_puts_total',
      type: 'counter',
      help: 'Puts of stamps that KV has accepted.',
      samples: samples(({ labels, stampPuts }) => [{ labels, value: stampPuts }]),
    },
    {
      name: 'shardql_cache_audits_total',
      type: 'counter',
      help: 'Cached entries checked a while after a sampled commit, by its age and by the finding: absent, consistent, unclear (changed again since), inconsistent (served, and older than the commit).',
      samples: samples(({ labels, audits }) =>
        audits.map(({ ageMs, result, count }) => ({
          labels: { ...labels, age_seconds: String(ageMs / 1_000), result },
          value: count,
        })),
      ),
    },
  ];
}

/** Calls to shards, as the isolates of the Worker have counted them. */
export function callFamilies({ shards, recent }: MonitorTotals): MetricFamily[] {
  const latest = new Map(recent.shards.map((calls) => [calls.shard, calls]));
  const counter = (name: string, help: string, read: (calls: ShardCalls) => number): MetricFamily => ({
    ...{ name: `shardql_shard_${name}_total`, type: 'counter', help },
    samples: shards.map((calls) => ({ labels: { shard: calls.shard }, value: read(calls) })),
  });
  return [
    counter('calls', 'Calls that a shard has answered.', (of) => of.calls),
    counter('calls_refused', 'Calls that were not sent, since too many waited for the shard.', (of) => of.refused),
    counter('calls_failed', 'Calls that threw or came too late.', (of) => of.failed),
    counter('rows_read', 'Rows that a shard has read for calls.', (of) => of.rowsRead),
    counter('rows_written', 'Rows that a shard has written for calls.', (of) => of.rowsWritten),
    {
      name: 'shardql_shard_call_errors_total',
      type: 'counter',
      help: 'Calls that were refused or failed, and those that a shard has refused, by error code.',
      samples: shards.flatMap(({ shard, codes }) =>
        Object.entries(codes).map(([code, value]) => ({ labels: { shard, code }, value })),
      ),
    },
    {
      name: 'shardql_shard_call_duration_seconds',
      type: 'summary',
      help: 'Time from the sending of a call to its answer; quantiles of the last 10 minutes, sum and count of all time.',
      samples: shards.flatMap(({ shard, latency }) => summarySamples({ shard }, latest.get(shard)?.latency, latency)),
    },
    {
      name: 'shardql_shard_calls_in_flight_max',
      type: 'gauge',
      help: 'The most calls that an isolate had under way to a shard at the same time, within the last 10 minutes.',
      samples: recent.shards.map(({ shard, maxInFlight }) => ({ labels: { shard }, value: maxInFlight })),
    },
  ];
}

const BOUNDS_SECONDS = LAG_BOUNDS_MS.map((ms) => ms / 1_000);

type ReadView = (view: ShardView) => number | null;

/** Null: there is no such sample. */
const samplesOf = (views: readonly ShardView[], read: ReadView): MetricSample[] =>
  views.flatMap((view) => {
    const value = read(view);
    return value === null ? [] : [{ labels: { shard: view.shard }, value }];
  });

const gauge = (name: string, help: string, views: readonly ShardView[], read: ReadView): MetricFamily => ({
  name: `shardql_shard_${name}`,
  type: 'gauge',
  help,
  samples: samplesOf(views, read),
});

const timeFamily = (name: string, help: string, views: readonly ShardView[], readMs: ReadView): MetricFamily =>
  gauge(`${name}_timestamp_seconds`, help, views, (view) => {
    const ms = readMs(view);
    return ms === null ? null : ms / 1_000;
  });
