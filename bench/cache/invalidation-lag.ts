import { LAG_BOUNDS_MS } from '../../src/shards/lag-histogram.ts';
import type { GraphqlRequest } from '../workloads/workload.ts';
import { type ApiClient, inParallel } from './api-client.ts';

export interface InvalidationLag {
  readonly writesPerSecond: number;
  readonly seconds: number;
  /** Puts of stamps to KV, per write and per second and shard key. */
  readonly putsPerWrite: number;
  readonly putsPerKeySecond: number;
  /** Share of commits that a put had told of within a second. */
  readonly withinOneSecond: number;
  /** Least bounds of `/metrics`' buckets, in seconds, that half, 95 % and 99 % of the commits' lags are within. */
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

const LAG = 'shardql_invalidation_lag_seconds';
const WRITERS = 64;
const SETTLE_MS = 5_000;

/** What is written, and how its shard key comes to be cached. */
export interface WriteTarget {
  readonly read: GraphqlRequest;
  readonly write: () => GraphqlRequest;
}

export interface WriteRate {
  readonly perSecond: number;
  readonly seconds: number;
}

/** Writes to the targets in turn at a steady rate, through queue, consumer and KV. One target per shard key. */
export async function measureInvalidationLag(
  client: ApiClient,
  targets: readonly WriteTarget[],
  { isCached, perSecond, seconds }: WriteRate & { readonly isCached: boolean },
): Promise<InvalidationLag> {
  if (isCached) {
    for (const { read } of targets) await client.ask(read.query, read.variables);
  }
  const before = await counts(client);
  const startMs = performance.now();
  await inParallel(perSecond * seconds, WRITERS, async (at) => {
    const waitMs = startMs + (at * 1_000) / perSecond - performance.now();
    if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    const { query, variables } = targets[at % targets.length]!.write();
    await client.ask(query, variables);
  });
  const took = (performance.now() - startMs) / 1_000;
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const after = await counts(client);
  const puts = after.puts - before.puts;
  const told = after.told - before.told;
  const shareWithin = (ms: number) => (told === 0 ? 1 : (after.within.get(ms)! - before.within.get(ms)!) / told);
  const boundOf = (share: number) =>
    (LAG_BOUNDS_MS.find((ms) => shareWithin(ms) >= share) ?? Number.POSITIVE_INFINITY) / 1_000;
  return {
    writesPerSecond: (perSecond * seconds) / took,
    seconds: took,
    putsPerWrite: puts / (perSecond * seconds),
    // Puts that are a second apart are one more than the seconds between them.
    putsPerKeySecond: Math.max(0, puts / targets.length - 1) / took,
    withinOneSecond: shareWithin(1_000),
    p50: boundOf(0.5),
    p95: boundOf(0.95),
    p99: boundOf(0.99),
  };
}

async function counts(client: ApiClient) {
  const within = new Map<number, number>();
  for (const ms of LAG_BOUNDS_MS) within.set(ms, await client.metric(LAG, { le: String(ms / 1_000) }, '_bucket'));
  return {
    puts: await client.metric('shardql_invalidation_puts_total'),
    told: await client.metric(LAG, {}, '_count'),
    within,
  };
}
