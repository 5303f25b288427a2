/** What the `Monitor` answers: what isolates and shards have reported, over all time and over windows of it. */
import type { EventType } from '../events/event.ts';
import {
  type CodeCounts,
  type Counts,
  type KeyCalls,
  type OperationCounts,
  type OperationKind,
  OTHER_KEYS,
  type ShardCalls,
} from './isolate-report.ts';
import { dollarsOf } from './prices.ts';
import type { ShardKey } from './shard-key.ts';
import type { Usage } from './usage.ts';

/** Since the monitor began to count. Each counter only grows, as long as its labels are shown. */
export interface MonitorTotals extends Omit<Counts, 'keys'> {
  readonly sinceMs: number;
  /** By shard key, those that cost most first, the rest as `OTHER_KEYS`. What they cost adds up to what the operations cost. */
  readonly keys: readonly KeySummary[];
  /** Those that cost most, and the rest with the hash `OTHER`. */
  readonly operations: readonly OperationCounts[];
  /** What was counted within the last minutes: for quantiles, which tell nothing when they are of all time. */
  readonly recent: Pick<Counts, 'operations' | 'shards' | 'queue'> & { readonly sinceMs: number };
  /** Reports of isolates that counted, and those that had come before. */
  readonly reports: { readonly taken: number; readonly repeated: number };
  readonly isolates: readonly IsolateSummary[];
}

/** An isolate that has reported within the last minutes. */
export interface IsolateSummary {
  readonly isolate: string;
  readonly release: string | null;
  readonly atMs: number;
  readonly memoryBytes: number;
}

/** One step of a series. Rates are counts over the step. */
export interface SeriesPoint {
  /** When the step begins, in milliseconds since 1970. */
  readonly atMs: number;
  readonly requests: number;
  /** Requests with at least one error. */
  readonly failed: number;
  readonly errors: CodeCounts;
  /** Of GraphQL operations, in milliseconds; null: there were none. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  /** Answers that the cache gave, and those that it did not; reads in STRONG ask no cache. */
  readonly hits: number;
  readonly misses: number;
  /** Null: nothing was looked up. */
  readonly hitRatio: number | null;
  /** Of invalidations that shards reported in the step; null: none. */
  readonly lagP95Ms: number | null;
  readonly queueAgeP95Ms: number | null;
  readonly backlog: number | null;
  readonly usage: Usage;
  /** Estimated, US dollars. */
  readonly dollars: number;
  readonly events: Readonly<Partial<Record<EventType, number>>>;
}

export interface MonitorSeries {
  readonly fromMs: number;
  readonly stepMs: number;
  /** One per step, also where nothing happened. */
  readonly points: readonly SeriesPoint[];
}

export interface SeriesRange {
  readonly fromMs: number;
  readonly toMs: number;
  /** A multiple of 10 s, 1 min or 1 h; what is older than an hour, a day, is kept by the minute, by the hour. At most 1,500 steps. */
  readonly stepMs: number;
}

/** How operations are ordered: by the time they took in all, by the p95 of each, by their cost, their failed requests, or their number. */
export const OPERATION_ORDERS = ['time', 'p95', 'cost', 'errors', 'count'] as const;

export type OperationOrder = (typeof OPERATION_ORDERS)[number];

/** An operation over a time, in all its roles and modes. */
export interface OperationSummary {
  readonly hash: string;
  readonly name: string | null;
  readonly kind: OperationKind;
  readonly requests: number;
  readonly failed: number;
  readonly errors: CodeCounts;
  /** Milliseconds of all requests together. */
  readonly totalMs: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly usage: Usage;
  readonly dollars: number;
  /** Requests by role, by strictest mode and by furthest source. */
  readonly roles: Readonly<Record<string, number>>;
  readonly modes: Readonly<Record<string, number>>;
  readonly sources: Readonly<Record<string, number>>;
  /** The text that its hash is of, without values; null: not known any more, or no operation of GraphQL. */
  readonly document: string | null;
}

/** What requests of one shard key, a tenant, took. */
export interface KeySummary {
  /** Null: only caches were asked, or it is the rest. */
  readonly shard: string | null;
  /** `OTHER_KEYS`: the rest. */
  readonly shardKey: ShardKey;
  readonly requests: number;
  readonly usage: Usage;
  readonly dollars: number;
  /** Hash of the operation that most of them are; null: no such one. */
  readonly operation: string | null;
  /** The operations that they are, most often asked for first: at most `MAX_KEY_OPERATIONS`. Missing in answers of another release. */
  readonly operations?: readonly KeyOperation[];
}

/** How often an operation was asked for one shard key. */
export interface KeyOperation {
  readonly hash: string;
  /** Null: it has none, or it is not known any more. */
  readonly name: string | null;
  readonly requests: number;
}

/**
 * Those that cost most first, the rest last.
 *
 * @param operations what names of operations are found in.
 */
export const keySummaries = (
  keys: readonly KeyCalls[],
  operations: readonly Pick<OperationCounts, 'hash' | 'name'>[],
): KeySummary[] => {
  const names = new Map(operations.map(({ hash, name }) => [hash, name]));
  const isRest = ({ shardKey }: KeySummary): number => Number(shardKey === OTHER_KEYS);
  return keys.map((each) => keySummary(each, names)).sort((a, b) => isRest(a) - isRest(b) || b.dollars - a.dollars);
};

const keySummary = (
  { shard, shardKey, requests, usage, operation, operations = {} }: KeyCalls,
  names: ReadonlyMap<string, string | null>,
): KeySummary => ({
  ...{ shard, shardKey, requests, usage, operation },
  dollars: dollarsOf(usage),
  operations: Object.entries(operations)
    .map(([hash, count]) => ({ hash, name: names.get(hash) ?? null, requests: count }))
    .sort((a, b) => b.requests - a.requests),
});

/** What an isolate's calls to a shard over a time say. */
export interface ShardCallSummary extends Omit<ShardCalls, 'latency'> {
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
}
