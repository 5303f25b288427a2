/** What the monitor counts. */
import { type Call, operatorCall } from '../calls/call.ts';

export interface SeriesPoint {
  readonly at: string;
  readonly requestCount: number;
  readonly failedCount: number;
  readonly requestsPerSecond: number;
  readonly errorRate: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly hitRatio: number | null;
  readonly lagP95Ms: number | null;
  readonly dollars: number;
}

export interface SeriesAnswer {
  readonly series: { readonly stepSeconds: number; readonly points: readonly SeriesPoint[] } | null;
}

export const SERIES = `query Series($from: String!, $stepSeconds: Int) {
  series(from: $from, stepSeconds: $stepSeconds) {
    stepSeconds
    points { at requestCount failedCount requestsPerSecond errorRate p50Ms p95Ms p99Ms hitRatio lagP95Ms dollars }
  }
}`;

export const ORDERS = ['TIME', 'P95', 'COST', 'ERRORS', 'COUNT'] as const;
export type OperationOrder = (typeof ORDERS)[number];

interface NamedCount {
  readonly name: string;
  readonly count: number;
}

interface Usage {
  readonly objectRequests: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
}

export interface OperationSummary {
  readonly hash: string;
  readonly name: string | null;
  readonly kind: string;
  readonly requestCount: number;
  readonly failedCount: number;
  readonly errors: readonly NamedCount[];
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly totalMs: number;
  readonly usage: Usage;
  /** Requests by the furthest that they had to go: `memory`, `kv`, `shard`, `none`. */
  readonly sources: readonly NamedCount[];
  readonly dollars: number;
  readonly document: string | null;
}

export interface OperationsAnswer {
  readonly operations: readonly OperationSummary[] | null;
}

const USAGE = 'usage { objectRequests rowsRead rowsWritten }';

export const OPERATIONS = `query Operations($since: String, $by: OperationOrder!, $first: Int!) {
  operations(since: $since, by: $by, first: $first) {
    hash name kind requestCount failedCount errors { name count } p50Ms p95Ms p99Ms totalMs
    ${USAGE} sources { name count } dollars document
  }
}`;

export const operationsCall = (since: string, by: OperationOrder, first: number): Call =>
  operatorCall(OPERATIONS, { since, by, first });

export interface SlowOperation {
  readonly hash: string;
  readonly name: string | null;
  readonly role: string;
  readonly at: string;
  readonly durationMs: number;
  readonly rowsRead: number;
  readonly shards: readonly string[];
  readonly shardKey: string | null;
  readonly requestId: string;
  readonly code: string | null;
  readonly document: string;
  readonly reads: readonly {
    readonly field: string;
    readonly plan: string;
    readonly rowsRead: number;
    readonly durationMs: number;
  }[];
}

export interface SlowAnswer {
  readonly slowOperations: readonly SlowOperation[] | null;
}

export const SLOW_OPERATIONS = `query SlowOperations($first: Int!) {
  slowOperations(first: $first) {
    hash name role at durationMs rowsRead shards shardKey requestId code document
    reads { field plan rowsRead durationMs }
  }
}`;

export interface BusyShardKey {
  /** Null: the rest. */
  readonly shardKey: string | null;
  readonly type: string | null;
  readonly shard: string | null;
  readonly requestCount: number;
  readonly usage: Usage;
  readonly dollars: number;
  /** Most often asked for first. */
  readonly operations: readonly {
    readonly hash: string;
    readonly name: string | null;
    readonly requestCount: number;
  }[];
}

export interface BusyAnswer {
  readonly busyShardKeys: readonly BusyShardKey[] | null;
}

const BUSY = `shardKey type shard requestCount ${USAGE} dollars operations { hash name requestCount }`;

export const BUSY_SHARD_KEYS = `query BusyShardKeys($since: String, $first: Int!) {
  busyShardKeys(since: $since, first: $first) { ${BUSY} }
}`;

export const LOAD_OF_SHARD_KEY = `query LoadOfShardKey($shardKey: ID!, $type: String, $since: String) {
  busyShardKeys(shardKey: $shardKey, type: $type, since: $since, first: 1) { ${BUSY} }
}`;
