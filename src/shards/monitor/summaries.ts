/** What operators ask of windows. */
import { mergeSketches, quantileOf, type Sketch } from '../../lib/quantile-sketch.ts';
import type { OperationCounts, ShardCalls } from '../isolate-report.ts';
import { addLags, lagQuantileMs, NO_LAGS } from '../lag-histogram.ts';
import type {
  MonitorSeries,
  OperationOrder,
  OperationSummary,
  SeriesPoint,
  SeriesRange,
  ShardCallSummary,
} from '../monitor-series.ts';
import { dollarsOf } from '../prices.ts';
import { addUsage, noUsage } from '../usage.ts';
import type { WindowSummary } from './window.ts';

export const shardCallSummary = ({ latency, ...calls }: ShardCalls): ShardCallSummary => ({
  ...calls,
  ...quantilesOf(latency),
});

/** By operation, the greatest first. */
export function operationSummaries(
  counts: readonly OperationCounts[],
  by: OperationOrder,
  documentOf: (hash: string) => string | null,
): OperationSummary[] {
  const byOperation = Map.groupBy(counts, ({ hash, kind, name }) => `${hash}\n${kind}\n${name ?? ''}`);
  return [...byOperation.values()]
    .map((same) => operationSummary(same, documentOf))
    .sort((a, b) => MEASURES[by](b) - MEASURES[by](a));
}

const MEASURES: Readonly<Record<OperationOrder, (operation: OperationSummary) => number>> = {
  time: ({ totalMs }) => totalMs,
  p95: ({ p95Ms }) => p95Ms ?? 0,
  cost: ({ dollars }) => dollars,
  errors: ({ failed }) => failed,
  count: ({ requests }) => requests,
};

function operationSummary(
  same: readonly OperationCounts[],
  documentOf: (hash: string) => string | null,
): OperationSummary {
  const { hash, kind, name } = same[0]!;
  const usage = noUsage();
  const numbers = { errors: {}, roles: {}, modes: {}, sources: {} } satisfies Record<string, Record<string, number>>;
  let [requests, failed] = [0, 0];
  for (const each of same) {
    addUsage(usage, each.usage);
    requests += each.requests;
    failed += each.failed;
    for (const [code, times] of Object.entries(each.errors)) count(numbers.errors, code, times);
    count(numbers.roles, each.role, each.requests);
    count(numbers.modes, each.mode, each.requests);
    count(numbers.sources, each.source, each.requests);
  }
  const latency = mergeSketches(same.map((each) => each.latency));
  return {
    ...{ hash, name, kind, requests, failed, usage },
    ...numbers,
    totalMs: latency.sum,
    ...quantilesOf(latency),
    dollars: dollarsOf(usage),
    document: documentOf(hash),
  };
}

function count(numbers: Record<string, number>, name: string, times: number): void {
  numbers[name] = (numbers[name] ?? 0) + times;
}

const quantilesOf = (latency: Sketch) => ({
  p50Ms: quantileOf(latency, 0.5),
  p95Ms: quantileOf(latency, 0.95),
  p99Ms: quantileOf(latency, 0.99),
});

/** Steps at most; a step that would lead to more is doubled until it does not. */
const MAX_STEPS = 1_500;

/** A range whose steps are whole windows, not too many. */
export function soundRange({ fromMs, toMs, stepMs: given }: SeriesRange, leastStepMs: number): SeriesRange {
  let stepMs = Math.max(leastStepMs, Math.ceil(given / leastStepMs) * leastStepMs);
  while ((toMs - fromMs) / stepMs > MAX_STEPS) stepMs *= 2;
  return { stepMs, fromMs: Math.floor(fromMs / stepMs) * stepMs, toMs };
}

export function seriesOf(
  { fromMs, toMs, stepMs }: SeriesRange,
  summaries: readonly (readonly [startMs: number, WindowSummary])[],
): MonitorSeries {
  const byStep = Map.groupBy(summaries, ([startMs]) => Math.floor((startMs - fromMs) / stepMs));
  const steps = Math.max(0, Math.ceil((toMs - fromMs) / stepMs));
  const points = Array.from({ length: steps }, (_, step) =>
    pointOf(
      fromMs + step * stepMs,
      (byStep.get(step) ?? []).map(([, summary]) => summary),
    ),
  );
  return { fromMs, stepMs, points };
}

function pointOf(atMs: number, summaries: readonly WindowSummary[]): SeriesPoint {
  const usage = noUsage();
  const numbers = { errors: {}, events: {} } satisfies Record<string, Record<string, number>>;
  const sums = { requests: 0, failed: 0, hits: 0, misses: 0 };
  let lag = NO_LAGS;
  let backlog: number | null = null;
  for (const summary of summaries) {
    addUsage(usage, summary.usage);
    sums.requests += summary.requests;
    sums.failed += summary.failed;
    sums.hits += summary.hits;
    sums.misses += summary.misses;
    lag = addLags(lag, summary.lag);
    backlog = summary.backlog ?? backlog;
    for (const name of ['errors', 'events'] as const) {
      for (const [key, times] of Object.entries(summary[name])) count(numbers[name], key, times);
    }
  }
  const looked = sums.hits + sums.misses;
  return {
    ...{ atMs, ...sums, ...numbers, usage, backlog },
    ...quantilesOf(mergeSketches(summaries.map(({ latency }) => latency))),
    hitRatio: looked === 0 ? null : sums.hits / looked,
    lagP95Ms: lagQuantileMs(lag, 0.95),
    queueAgeP95Ms: quantileOf(mergeSketches(summaries.map(({ queueAge }) => queueAge)), 0.95),
    dollars: dollarsOf(usage),
  };
}
