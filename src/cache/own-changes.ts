import type { ShardKey } from '../shards/shard-key.ts';
import { type Change, lastChange, STAMP_BUCKETS, type TableStamps } from '../shards/stamps.ts';
import type { Version } from '../shards/version.ts';
import type { EntryKey } from './entries/entry-key.ts';

/**
 * What this isolate has itself changed, as the shards told it with their answers. Stamps tell the same to everybody, some
 * time later; here it shows at once. No promise relies on it: what is forgotten is told by the stamps.
 */
export class OwnChanges {
  readonly #maxKeys: number;
  /** Least recently changed first. */
  readonly #tablesByKey = new Map<ShardKey, Map<string, TableStamps>>();
  /** Over all shard keys. */
  readonly #lastByTable = new Map<string, Version>();

  constructor(maxKeys: number) {
    this.#maxKeys = maxKeys;
  }

  note({ shardKeys, version, touched }: Change): void {
    for (const [table] of touched) {
      this.#lastByTable.set(table, Math.max(version, this.#lastByTable.get(table) ?? 0));
    }
    for (const shardKey of shardKeys) this.#noteKey(shardKey, version, touched);
  }

  /** True if something that an answer depends on was changed here after it was read. */
  hasChanged({ shardKey, dependencies, tables }: EntryKey, asOf: Version): boolean {
    // Answers of all shards depend on all of their tables.
    if (shardKey === null) return tables.some((table) => asOf < (this.#lastByTable.get(table) ?? 0));
    const changed = this.#tablesByKey.get(shardKey);
    return changed !== undefined && dependencies.some((each) => asOf < lastChange({ floor: 0, tables: changed }, each));
  }

  #noteKey(shardKey: ShardKey, version: Version, touched: Change['touched']): void {
    const tables = this.#tablesByKey.get(shardKey) ?? new Map<string, TableStamps>();
    this.#tablesByKey.delete(shardKey);
    this.#tablesByKey.set(shardKey, tables);
    for (const [table, touchedBuckets] of touched) {
      const before = tables.get(table);
      const buckets = new Map(before?.buckets);
      // Answers of concurrent writes may come in another order than that of their commits.
      for (const bucket of touchedBuckets ?? []) buckets.set(bucket, Math.max(version, buckets.get(bucket) ?? 0));
      tables.set(table, {
        last: Math.max(version, before?.last ?? 0),
        all: Math.max(touchedBuckets === null ? version : 0, before?.all ?? 0),
        buckets,
      });
    }
    if (this.#tablesByKey.size <= this.#maxKeys) return;
    const [oldest] = this.#tablesByKey.keys();
    this.#tablesByKey.delete(oldest!);
  }
}

/** About as much as a busy isolate changes within the life of an entry: 64 buckets each for a few tables. */
export const MAX_OWN_CHANGED_KEYS = Math.floor(400_000 / STAMP_BUCKETS);
