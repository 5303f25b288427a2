import type { Budgeted, MemoryBudget } from '../../../lib/memory-budget.ts';
import type { Model } from '../../../model/types.ts';
import type { CacheableRead, ReadCall } from '../../plan/read.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { Version } from '../../version.ts';

interface RecentRead extends CacheableRead {
  readonly tables: readonly string[];
  /** About as much memory as it takes. */
  readonly bytes: number;
  /** How often it was answered in this life of an entry, and half of that in the one before. */
  count: number;
  /** When this life began, in milliseconds since 1970. */
  sinceMs: number;
  /** Version of the last change of its tables when it was last answered, or taken. */
  changed: Version;
  /** When it was last taken as hot: the next call for it is the refresh. */
  takenAtMs: number;
}

/** Calls remembered per shard key, and keys of a call: more are not hot for long. */
const MAX_CALLS_PER_KEY = 50;
const MAX_KEYS_PER_CALL = 20;
/** Told of at once per shard key. */
const MAX_HOT_CALLS = 10;
/** Handed out so often within the life of an entry, a call is hot: its entry was lost to a change, or several places want it. */
const HOT_COUNT = 2;
/** A key in KV takes one write per second. */
const TAKE_INTERVAL_MS = 1_000;
/** A call within this time after it was taken is the refresh, not a reader. */
const REFRESH_MS = 5_000;
const CALL_BYTES = 400;

/**
 * Recent cacheable reads by shard key: what readers miss in their caches is what they read. Within memory that all shards of the
 * isolate share; of the shard keys those go first that were least recently asked for.
 */
export class RecentReads implements Budgeted {
  readonly #lifeMs: number;
  readonly #memory: MemoryBudget;
  readonly #refreshedTables: ReadonlySet<string>;
  readonly #callsByKey = new Map<ShardKey, Map<string, RecentRead>>();
  #bytes = 0;

  /** `lifeMs`: the longest life of an entry. */
  constructor(model: Model, lifeMs: number, memory: MemoryBudget) {
    const refreshed = model.tables.filter(({ cache }) => cache.refresh === 'hot');
    this.#refreshedTables = new Set(refreshed.map(({ typeName }) => typeName));
    this.#lifeMs = lifeMs;
    this.#memory = memory;
    memory.join(this);
  }

  /** `tables`: the types that the plan looks at, that of its own rows first. */
  record(shardKey: ShardKey, call: ReadCall, tables: readonly string[], changed: Version, nowMs: number): void {
    const { plan, values } = call;
    const calls = this.#callsByKey.get(shardKey) ?? new Map<string, RecentRead>();
    this.#callsByKey.delete(shardKey);
    this.#callsByKey.set(shardKey, calls);
    let grown = 0;
    for (const key of call.keys.slice(0, MAX_KEYS_PER_CALL)) {
      const name = `${JSON.stringify([key, values])}${plan}`;
      let known = calls.get(name);
      if (known === undefined) {
        // The name, and what it was made of.
        const bytes = 4 * name.length + CALL_BYTES;
        known = {
          ...{ shardKey, plan, values, key, tables, bytes, changed },
          ...{ count: 0, sinceMs: nowMs, takenAtMs: Number.NEGATIVE_INFINITY },
        };
        grown += bytes;
      } else calls.delete(name);
      calls.set(name, known);
      this.#heat(known, changed, nowMs);
    }
    this.#grow(grown - this.#shrink(calls));
  }

  /** The hot reads of refreshed tables that have changed since. Each is given once per change, and once a second at most. */
  takeHot(shardKey: ShardKey, changedOf: (tables: readonly string[]) => Version, nowMs: number): CacheableRead[] {
    if (this.#refreshedTables.size === 0) return [];
    const hot = [...(this.#callsByKey.get(shardKey)?.values() ?? [])].filter((call) => {
      this.#cool(call, nowMs);
      const isDue = nowMs >= call.takenAtMs + TAKE_INTERVAL_MS || nowMs < call.takenAtMs;
      return (
        this.#refreshedTables.has(call.tables[0]!) &&
        call.count >= HOT_COUNT &&
        isDue &&
        changedOf(call.tables) > call.changed
      );
    });
    const hottest = hot.sort((a, b) => b.count - a.count).slice(0, MAX_HOT_CALLS);
    return hottest.map((call) => {
      call.takenAtMs = nowMs;
      call.changed = changedOf(call.tables);
      return toCacheableRead(call);
    });
  }

  /** The calls that look at a table, newest first. */
  reading(shardKey: ShardKey, table: string): CacheableRead[] {
    const calls = [...(this.#callsByKey.get(shardKey)?.values() ?? [])].filter(({ tables }) => tables.includes(table));
    return calls.reverse().map(toCacheableRead);
  }

  #heat(call: RecentRead, changed: Version, nowMs: number): void {
    this.#cool(call, nowMs);
    call.changed = changed;
    if (nowMs >= call.takenAtMs + REFRESH_MS || nowMs < call.takenAtMs) call.count++;
  }

  /** Each life that has passed halves what is known of those before. */
  #cool(call: RecentRead, nowMs: number): void {
    const lives = this.#lifeMs > 0 ? Math.floor((nowMs - call.sinceMs) / this.#lifeMs) : 0;
    if (lives <= 0) return;
    call.count = Math.floor(call.count / 2 ** lives);
    call.sinceMs += lives * this.#lifeMs;
  }

  get weight(): number {
    return this.#bytes;
  }

  forgetOldest(keepsLast: boolean): boolean {
    const oldest = this.#callsByKey.entries().next().value;
    if (oldest === undefined || (keepsLast && this.#callsByKey.size === 1)) return false;
    const [shardKey, calls] = oldest;
    this.#callsByKey.delete(shardKey);
    for (const { bytes } of calls.values()) this.#bytes -= bytes;
    return true;
  }

  /** Gives the bytes of the calls that are too many. */
  #shrink(calls: Map<string, RecentRead>): number {
    let shrunk = 0;
    for (const [name, { bytes }] of calls) {
      if (calls.size <= MAX_CALLS_PER_KEY) break;
      calls.delete(name);
      shrunk += bytes;
    }
    return shrunk;
  }

  #grow(bytes: number): void {
    this.#bytes += bytes;
    this.#memory.changed(this, bytes);
  }
}

const toCacheableRead = ({ shardKey, plan, values, key }: RecentRead): CacheableRead => ({
  shardKey,
  plan,
  values,
  key,
});
