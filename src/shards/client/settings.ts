import { memoizeByObject } from '../../lib/memoize-by-object.ts';
import { MAX_SHARDS } from '../limits.ts';

/** How a router behaves. A total value: made once by {@link toRouterSettings}. */
export interface RouterSettings {
  /** Number of shards of the very first placement; ignored once there is a map. 1 to 1,024; default 4. */
  readonly shardCount: number;
  /** A request's time for all its calls to shards, from its first moment; for imports, the time of each batch. Default 10 s. */
  readonly requestDeadlineMs: number;
  /** Calls of this isolate to one shard, in flight or queued; more are refused at once. Default 512. */
  readonly maxInFlightPerShard: number;
  /** Part of {@link maxInFlightPerShard} that calls for one shard key, or all scatters together, may take. Default 256. */
  readonly maxInFlightPerShardKey: number;
  /**
   * How much longer than the quickest recent call all calls of this isolate to a shard may take. Above that, the shard keys with most
   * calls are queued. Default 25 ms.
   */
  readonly maxShardQueueMs: number;
  /** How long a call is queued before it is refused. Default 1 s. */
  readonly admissionPatienceMs: number;
  /** Least time that a refused caller is asked to wait; up to twice as long, at random. Default 100 ms. */
  readonly shedRetryAfterMs: number;
  /** Shards that one request asks at the same time; others wait their turn. Default 16. */
  readonly maxConcurrentCalls: number;
  /** Fan-out budget: shards that one scatter may ask. Default 1,024, which are all. */
  readonly maxScatterShards: number;
  /** Shards that a scatter asks itself; of more, some gather the answers of others. Default 16. */
  readonly maxFlatScatterShards: number;
  /** Fan-out budget: shards that the reads and writes of one request may ask. Default 1,024, which are all. */
  readonly maxShardsPerRequest: number;
  /** Fan-out budget: calls to shards that the reads of one request may make, those of gathering shards and retries included. Default 4,096. */
  readonly maxReadCallsPerRequest: number;
  /**
   * Bytes of shards' answers that the reads of one request may take, without rows that pages across shards let go of. Default 16 MiB; one shard gives 29 MiB at most.
   */
  readonly maxAnswerBytes: number;
  /** Greatest `offset` + page size of a scatter, since every shard must give that many rows. Default 10,100. */
  readonly maxScatterPageRows: number;
  /** Attempts of one call, when the platform reports a failure that is worth a retry. Default 3. */
  readonly maxCallAttempts: number;
  /** Attempts to find the owner of a slot while the map changes. Default 8. */
  readonly maxRoutingAttempts: number;
  /** Longest pause before the first retry; it doubles with each further one, and a random part of it is taken. Default 20 ms. */
  readonly retryPauseMs: number;
  /** Bound of that doubling. Default 250 ms. */
  readonly maxRetryPauseMs: number;
  /** How long one request waits for the map that another request of the isolate is fetching. Default 250 ms. */
  readonly mapFetchPatienceMs: number;
  /** Greatest number of rows per call of an import. Default 2,000. */
  readonly importBatchRows: number;
  /** Greatest size of the rows of one call of an import, except that one row always fits. Default 2 MB. */
  readonly importBatchBytes: number;
}

export const DEFAULT_ROUTER_SETTINGS: RouterSettings = {
  shardCount: 4,
  requestDeadlineMs: 10_000,
  maxInFlightPerShard: 512,
  maxInFlightPerShardKey: 256,
  maxShardQueueMs: 25,
  admissionPatienceMs: 1_000,
  shedRetryAfterMs: 100,
  maxConcurrentCalls: 16,
  maxScatterShards: 1_024,
  maxFlatScatterShards: 16,
  maxShardsPerRequest: MAX_SHARDS,
  maxReadCallsPerRequest: 4_096,
  maxAnswerBytes: 16 * 1024 * 1024,
  maxScatterPageRows: 10_100,
  maxCallAttempts: 3,
  maxRoutingAttempts: 8,
  retryPauseMs: 20,
  maxRetryPauseMs: 250,
  mapFetchPatienceMs: 250,
  importBatchRows: 2_000,
  importBatchBytes: 2_000_000,
};

const NAMES = Object.keys(DEFAULT_ROUTER_SETTINGS) as (keyof RouterSettings)[];

/**
 * Fills in the defaults; ignores members that are no settings of the router. Throws a `RangeError` that names the
 * setting unless every value is a whole number from 1 on.
 */
export const toRouterSettings = memoizeByObject((given: Partial<RouterSettings>): RouterSettings => {
  const settings: { -readonly [Name in keyof RouterSettings]: number } = { ...DEFAULT_ROUTER_SETTINGS };
  for (const name of NAMES) {
    const value = given[name] ?? DEFAULT_ROUTER_SETTINGS[name];
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`Expected the setting ${name} to be a whole number from 1 on, but got ${value}.`);
    }
    settings[name] = value;
  }
  if (settings.shardCount > MAX_SHARDS) {
    throw new RangeError(`Expected the setting shardCount to be 1 to ${MAX_SHARDS}, but got ${settings.shardCount}.`);
  }
  return settings;
});
