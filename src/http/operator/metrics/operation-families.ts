import { mergeSketches, type Sketch } from '../../../lib/quantile-sketch.ts';
import { type OperationCounts, OTHER_KEYS } from '../../../shards/isolate-report.ts';
import type { MonitorTotals } from '../../../shards/monitor-series.ts';
import { dollarsOf } from '../../../shards/prices.ts';
import { addUsage, noUsage, USAGE_NAMES, type Usage } from '../../../shards/usage.ts';
import { type MetricFamily, type MetricSample, summarySamples } from './prometheus-text.ts';

/** Error codes that say that a limit was hit. */
const LIMIT_CODES: ReadonlySet<string> = new Set([
  'RATE_LIMITED',
  'COST_LIMIT_EXCEEDED',
  'DEPTH_LIMIT_EXCEEDED',
  'FANOUT_LIMIT_EXCEEDED',
  'TOKEN_LIMIT_EXCEEDED',
  'OPERATION_LIMIT_EXCEEDED',
  'REQUEST_TOO_LARGE',
  'DEADLINE_EXCEEDED',
  'OVERLOADED',
  'SHARD_FULL',
]);

/** Tenants that have samples of their own: those that cost most. */
const MAX_TENANTS = 20;

const WHY_ALL =
  'Without labels: what an operation has counted moves to other when others cost more, and rates of all series together would count it twice.';

type Labels = MetricSample['labels'];
type Counted = MonitorTotals['operations'];

/**
 * What was asked, how long it took, why it failed and what it costs, of all isolates.
 *
 * @param tellsShardKeys names those that cost most.
 */
export function operationFamilies(
  { operations, recent, keys }: MonitorTotals,
  tellsShardKeys: boolean,
): MetricFamily[] {
  const requests = operations.filter(isAsked);
  const sumOf = (read: (counts: OperationCounts) => number, of: Counted = requests): MetricSample[] => [
    { labels: {}, value: of.reduce((sum, each) => sum + read(each), 0) },
  ];
  return [
    {
      name: 'shardql_all_requests_total',
      type: 'counter',
      help: `Requests and batches of the queue. ${WHY_ALL}`,
      samples: sumOf(({ requests }) => requests),
    },
    {
      name: 'shardql_all_requests_failed_total',
      type: 'counter',
      help: `Those of them that failed, or had a field that failed. ${WHY_ALL}`,
      samples: sumOf(({ failed }) => failed),
    },
    {
      name: 'shardql_all_cost_dollars_total',
      type: 'counter',
      help: `Estimated cost by list prices, without what a plan includes, CPU time and storage. ${WHY_ALL}`,
      samples: sumOf(({ usage }) => dollarsOf(usage), operations),
    },
    {
      name: 'shardql_requests_total',
      type: 'counter',
      help: 'Requests and batches of the queue, by operation (a hash; OTHER: the rest), the strictest mode it read in, and the furthest that it had to go.',
      samples: sums(requests, requestLabels, ({ requests }) => requests),
    },
    {
      name: 'shardql_requests_failed_total',
      type: 'counter',
      help: 'Those of them that failed, or had a field that failed.',
      samples: sums(requests, operationLabels, ({ failed }) => failed),
    },
    {
      name: 'shardql_request_errors_total',
      type: 'counter',
      help: 'Requests with an error, by its code; each code of a request counts once.',
      samples: byCode(requests),
    },
    {
      name: 'shardql_limits_hit_total',
      type: 'counter',
      help: 'Requests that met a limit, by its error code.',
      samples: limitSamples(requests),
    },
    {
      name: 'shardql_request_duration_seconds',
      type: 'summary',
      help: 'Time from the arrival of a request until its answer; quantiles of the last 10 minutes, sum and count of all time.',
      samples: durations(requests, recent.operations),
    },
    {
      name: 'shardql_usage_total',
      type: 'counter',
      help: 'What the platform bills of all operations, by resource.',
      samples: usageSamples(operations),
    },
    {
      name: 'shardql_operation_cost_dollars_total',
      type: 'counter',
      help: 'Estimated cost by list prices, without what a plan includes, CPU time and storage, by operation; alarm: what shards do by themselves, monitor: watching.',
      samples: sums(operations, operationLabels, ({ usage }) => dollarsOf(usage)),
    },
    {
      name: 'shardql_tenant_cost_dollars_total',
      type: 'counter',
      help: 'The same by shard key, of those that cost most, if monitoring.tellsShardKeys is set; other: the rest, and what is of several or none. Both add up to the same.',
      samples: tenantSamples(keys, tellsShardKeys ? MAX_TENANTS : 0),
    },
  ];
}

const isAsked = ({ kind }: OperationCounts): boolean => kind !== 'alarm' && kind !== 'monitor';

const operationLabels = ({ hash, name, kind }: OperationCounts): Labels => ({
  operation: hash,
  name: name ?? '',
  kind,
});

const requestLabels = (counts: OperationCounts): Labels => ({
  ...modeLabels(counts),
  role: counts.role,
});

const modeLabels = (counts: OperationCounts): Labels => ({
  ...operationLabels(counts),
  mode: counts.mode,
  source: counts.source,
});

/** One sample for all with the same labels. */
function sums(
  counts: Counted,
  labelsOf: (counts: OperationCounts) => Labels,
  read: (counts: OperationCounts) => number,
): MetricSample[] {
  return grouped(counts, labelsOf).map(([labels, same]) => ({
    labels,
    value: same.reduce((sum, each) => sum + read(each), 0),
  }));
}

const grouped = (
  counts: Counted,
  labelsOf: (counts: OperationCounts) => Labels,
): [labels: Labels, same: OperationCounts[]][] =>
  [...Map.groupBy(counts, (each) => JSON.stringify(labelsOf(each))).values()].map((same) => [labelsOf(same[0]!), same]);

const byCode = (counts: Counted): MetricSample[] =>
  grouped(counts, operationLabels).flatMap(([labels, same]) =>
    [...codesOf(same)].map(([code, value]) => ({ labels: { ...labels, code }, value })),
  );

function codesOf(counts: Counted): Map<string, number> {
  const byCode = new Map<string, number>();
  for (const { errors } of counts) {
    for (const [code, times] of Object.entries(errors)) byCode.set(code, (byCode.get(code) ?? 0) + times);
  }
  return byCode;
}

/** From zero on, so that a first one is a rise. */
function limitSamples(counts: Counted): MetricSample[] {
  const codes = codesOf(counts);
  return [...LIMIT_CODES].map((code) => ({ labels: { code }, value: codes.get(code) ?? 0 }));
}

function durations(all: Counted, recent: Counted): MetricSample[] {
  const latencies = (counts: Counted) =>
    new Map(grouped(counts, modeLabels).map(([labels, same]) => [JSON.stringify(labels), { labels, same }]));
  const latest = latencies(recent);
  return [...latencies(all)].flatMap(([key, { labels, same }]) => {
    const its = latest.get(key);
    return summarySamples(labels, its && latencyOf(its.same), latencyOf(same));
  });
}

const latencyOf = (counts: Counted): Sketch => mergeSketches(counts.map(({ latency }) => latency));

function usageSamples(operations: Counted): MetricSample[] {
  const usage = noUsage();
  for (const each of operations) addUsage(usage, each.usage);
  return USAGE_NAMES.map((name) => ({ labels: { resource: RESOURCES[name] }, value: usage[name] }));
}

const RESOURCES: Readonly<Record<keyof Usage, string>> = {
  workerRequests: 'worker_requests',
  objectRequests: 'object_requests',
  rowsRead: 'rows_read',
  rowsWritten: 'rows_written',
  kvReads: 'kv_reads',
  kvPuts: 'kv_puts',
  queueMessages: 'queue_messages',
};

function tenantSamples(keys: MonitorTotals['keys'], shownCount: number): MetricSample[] {
  const named = keys.filter(({ shardKey }) => shardKey !== OTHER_KEYS);
  const shown = new Set(named.slice(0, shownCount));
  const dollarsByLabel = new Map<string, number>();
  for (const key of keys) {
    // Keys that differ in halves of surrogate pairs alone are one text in UTF-8, and no series may come twice.
    const label = shown.has(key) ? key.shardKey.toWellFormed() : OTHER_KEYS;
    dollarsByLabel.set(label, (dollarsByLabel.get(label) ?? 0) + key.dollars);
  }
  if (!dollarsByLabel.has(OTHER_KEYS)) dollarsByLabel.set(OTHER_KEYS, 0);
  return [...dollarsByLabel].map(([label, value]) => ({ labels: { shard_key: label }, value }));
}
