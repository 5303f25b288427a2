import { ShardQLError } from '../shards/errors.ts';
import { ENTRY_BYTES } from '../shards/isolate-memory.ts';

/** Settings of the cache, with their defaults. */
export interface CacheSettings {
  /** Greatest size of the entries that an isolate holds, in bytes, estimated. Default 12 MiB; an isolate has 128 MB. */
  readonly memoryBytes: number;
  /** How long an entry in memory is served before its stamps are checked again, in milliseconds. Default 2,000. */
  readonly recheckMs: number;
  /** How far the clocks of two isolates may differ, in milliseconds. Default 500. */
  readonly clockUncertaintyMs: number;
  /** How long a read waits for KV before it asks the shard instead, in milliseconds. Default 250. */
  readonly kvPatienceMs: number;
  /**
   * KV is asked and filled for shards that take at least this long to answer from here, in milliseconds. Others are asked themselves, which
   * costs less. Default 50; 0: for all.
   */
  readonly kvDistanceMs: number;
  /**
   * An entry is looked up in KV, and goes there, once an isolate has read it this many times, none further apart than an entry lives.
   * Default 2: an entry that is read once stays in memory, and is looked up only where others put such entries.
   */
  readonly kvFillReads: number;
  /** How long a location may serve its copies of entries and stamps from KV, in seconds. Default 30, the least that KV allows. */
  readonly kvCacheTtlSeconds: number;
  /** How long a read waits for another request of the isolate that fetches the same answer, in milliseconds. Default 1,000. */
  readonly fillPatienceMs: number;
}

const DEFAULT_CACHE_SETTINGS: CacheSettings = {
  memoryBytes: ENTRY_BYTES,
  recheckMs: 2_000,
  clockUncertaintyMs: 500,
  kvPatienceMs: 250,
  kvDistanceMs: 50,
  kvFillReads: 2,
  kvCacheTtlSeconds: 30,
  fillPatienceMs: 1_000,
};

/** Least value of each setting. */
const LEAST: Readonly<Record<keyof CacheSettings, number>> = {
  memoryBytes: 0,
  recheckMs: 0,
  clockUncertaintyMs: 0,
  kvPatienceMs: 1,
  kvDistanceMs: 0,
  kvFillReads: 1,
  kvCacheTtlSeconds: 30,
  fillPatienceMs: 0,
};

/** @throws ShardQLError that names the setting. */
export function toCacheSettings(given: Partial<CacheSettings>): CacheSettings {
  const settings = { ...DEFAULT_CACHE_SETTINGS, ...given };
  for (const [name, least] of Object.entries(LEAST)) {
    const value = settings[name as keyof CacheSettings];
    if (Number.isFinite(value) && value >= least) continue;
    throw new ShardQLError(
      'INTERNAL_SERVER_ERROR',
      `Expected the setting ${name} of the cache to be a number of at least ${least}, but got ${value}.`,
    );
  }
  return settings;
}
