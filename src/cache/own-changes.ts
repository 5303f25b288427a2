import { leastAsOf, type ShardSnapshot } from '../shards/seen-versions.ts';
import type { ShardKey } from '../shards/shard-key.ts';
import { type Change, lastChange, type TableStamps } from '../shards/stamps.ts';
import type { Version } from '../shards/version.ts';
import type { EntryKey } from './entries/entry-key.ts';

/** What was changed of one table under one shard key. */
interface OwnTable extends TableStamps {
  last: Version;
  all: Version;
  readonly buckets: Map<number, Version>;
}

/**
 * What this isolate has itself changed, as the shards told it with their answers. Stamps tell the same to everybody, some
 * time later; here it shows at once. No promise relies on it: what is forgotten is told by the stamps.
 */
export class OwnChanges {
  readonly #maxItems: number;
  /** Least recently changed first. */
  readonly #tablesByKey = new Map<ShardKey, Map<string, OwnTable>>();
  /** Over all shard keys, by shard and table. */
  readonly #lastByTableOfShard = new Map<string, Map<string, Version>>();
  /** Tables and buckets of all shard keys. */
  #items = 0;

  /** @param maxItems how many tables and buckets it holds before it forgets shard keys. */
  constructor(maxItems: number) {
    this.#maxItems = maxItems;
  }

  note({ shard, shardKeys, version, touched }: Change): void {
    const lastByTable = this.#lastByTableOfShard.get(shard) ?? new Map<string, Version>();
    this.#lastByTableOfShard.set(shard, lastByTable);
    for (const [table] of touched) lastByTable.set(table, Math.max(version, lastByTable.get(table) ?? 0));
    for (const shardKey of shardKeys) this.#noteKey(shardKey, version, touched);
    for (const [oldest, tables] of this.#tablesByKey) {
      if (this.#items <= this.#maxItems) break;
      this.#tablesByKey.delete(oldest);
      for (const { buckets } of tables.values()) this.#items -= 1 + buckets.size;
    }
  }

  /** True if something that an answer depends on was changed here after it was read. */
  hasChanged({ shardKey, dependencies, tables }: EntryKey, snapshots: readonly ShardSnapshot[]): boolean {
    // Answers of all shards depend on all of their tables.
    if (shardKey === null) return snapshots.some((snapshot) => this.#hasChangedIn(snapshot, tables));
    const changed = this.#tablesByKey.get(shardKey);
    if (changed === undefined) return false;
    const asOf = leastAsOf({ snapshots });
    return dependencies.some((each) => asOf < lastChange({ floor: 0, tables: changed }, each));
  }

  #hasChangedIn({ shard, asOf }: ShardSnapshot, tables: readonly string[]): boolean {
    const lastByTable = this.#lastByTableOfShard.get(shard);
    return lastByTable !== undefined && tables.some((table) => asOf < (lastByTable.get(table) ?? 0));
  }

  /** Answers of concurrent writes may come in another order than that of their commits. */
  #noteKey(shardKey: ShardKey, version: Version, touched: Change['touched']): void {
    const tables = this.#tablesByKey.get(shardKey) ?? new Map<string, OwnTable>();
    this.#tablesByKey.delete(shardKey);
    this.#tablesByKey.set(shardKey, tables);
    for (const [name, touchedBuckets] of touched) {
      let table = tables.get(name);
      if (table === undefined) {
        table = { last: 0, all: 0, buckets: new Map() };
        tables.set(name, table);
        this.#items++;
      }
      table.last = Math.max(version, table.last);
      if (touchedBuckets === null) table.all = Math.max(version, table.all);
      const before = table.buckets.size;
      for (const bucket of touchedBuckets ?? []) {
        table.buckets.set(bucket, Math.max(version, table.buckets.get(bucket) ?? 0));
      }
      this.#items += table.buckets.size - before;
    }
  }
}

/** About as much as a busy isolate changes within the life of an entry; some 20 MB at most. */
export const MAX_OWN_CHANGES = 400_000;
