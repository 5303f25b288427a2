import type { AnswerSource } from './reading/sourced-answer.ts';

/** What can happen to an answer on its way through the cache. */
export const CACHE_EVENTS = [
  'hit',
  /** A hit that had outlived its ttl, and is refreshed. */
  'stale-hit',
  'miss',
  'fill',
  /** Its time was over. */
  'dead',
  'refused-by-stamp',
  'refused-by-bound',
  'refused-by-token',
  /** A stale hit could not be replaced. */
  'refresh-failed',
] as const;

export type CacheEvent = (typeof CACHE_EVENTS)[number];

/** Operations on Workers KV, as it bills them: one per call, and one per key of a bulk get. */
export const KV_EVENTS = ['get', 'get-key', 'put', 'failed', 'timed-out'] as const;

export type KvEvent = (typeof KV_EVENTS)[number];

export interface CacheCount {
  readonly event: CacheEvent;
  readonly layer: AnswerSource;
  readonly table: string;
  readonly count: number;
}

/** Counts of one isolate since it started. Counting never throws. */
export class CacheMetrics {
  readonly #countByKey = new Map<string, number>();
  readonly #kv = new Map<KvEvent, number>(KV_EVENTS.map((event) => [event, 0]));

  count(event: CacheEvent, layer: AnswerSource, table: string): void {
    const key = `${event} ${layer} ${table}`;
    this.#countByKey.set(key, (this.#countByKey.get(key) ?? 0) + 1);
  }

  countKv(event: KvEvent, times = 1): void {
    this.#kv.set(event, this.#kv.get(event)! + times);
  }

  /** By event, layer and table (a GraphQL type name, which holds no space). */
  get counts(): CacheCount[] {
    return [...this.#countByKey].map(([key, count]) => {
      const [event, layer, table] = key.split(' ') as [CacheEvent, AnswerSource, string];
      return { event, layer, table, count };
    });
  }

  get kv(): ReadonlyMap<KvEvent, number> {
    return this.#kv;
  }
}
