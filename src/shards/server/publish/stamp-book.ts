import type { ShardKey } from '../../shard-key.ts';
import type { Stamps, TableStamps } from '../../stamps.ts';
import type { Version } from '../../version.ts';

/** What is known of one table's changes under one shard key. */
interface TableChanges {
  last: Version;
  all: Version;
  /** Version of the last change by bucket. */
  readonly buckets: Map<number, Version>;
}

interface KeyChanges {
  /** Changes up to this version may have been forgotten when the shard key came in. */
  readonly floor: Version;
  readonly changesByTable: Map<string, TableChanges>;
  /** About as much memory as this takes. */
  bytes: number;
}

const KEY_BYTES = 200;
const TABLE_BYTES = 150;
const BUCKET_BYTES = 40;

/**
 * When things last changed: by shard key and table, and within them by bucket. Held in memory within bounds; of shard
 * keys that were forgotten, least recently changed first, the greatest version remains as a floor. So what the book tells
 * is the truth or more, never less.
 */
export class StampBook {
  readonly #capacityBytes: number;
  /** Least recently changed first: a Map keeps insertion order. */
  readonly #changesByKey = new Map<ShardKey, KeyChanges>();
  /** Over all shard keys. */
  readonly #lastByTable = new Map<string, Version>();
  #bytes = 0;
  #floor: Version = 0;
  #lowest: Version = 0;

  constructor(capacityBytes: number) {
    this.#capacityBytes = capacityBytes;
  }

  /** Forgets everything; any change up to `version` may have been among it. */
  forget(version: Version): void {
    this.#changesByKey.clear();
    this.#lastByTable.clear();
    this.#bytes = 0;
    this.#floor = Math.max(this.#floor, version);
    this.#lowest = this.#floor;
  }

  /** Takes in a change of a table: of all of it, or (if given) of the rows in some buckets. Versions must not fall. */
  note(shardKey: ShardKey, table: string, version: Version, buckets: Iterable<number> | null): void {
    this.#lastByTable.set(table, version);
    const key = this.#touch(shardKey);
    let changes = key.changesByTable.get(table);
    if (changes === undefined) {
      changes = { last: version, all: 0, buckets: new Map() };
      key.changesByTable.set(table, changes);
      this.#grow(key, TABLE_BYTES);
    }
    changes.last = version;
    if (buckets === null) {
      // Counts for every bucket from now on: what was known of each of them says no more.
      this.#grow(key, -BUCKET_BYTES * changes.buckets.size);
      changes.buckets.clear();
      changes.all = version;
    } else {
      const before = changes.buckets.size;
      for (const bucket of buckets) changes.buckets.set(bucket, version);
      this.#grow(key, BUCKET_BYTES * (changes.buckets.size - before));
    }
    this.#shrink(shardKey);
  }

  /** Version of the last change of any of the tables under the shard key, or an upper bound of it. */
  changed(shardKey: ShardKey, tables: readonly string[]): Version {
    const key = this.#changesByKey.get(shardKey);
    if (key === undefined) return this.#floor;
    return tables.reduce((last, table) => Math.max(last, key.changesByTable.get(table)?.last ?? 0), key.floor);
  }

  /** The same over all shard keys. */
  changedAnywhere(tables: readonly string[]): Version {
    return tables.reduce((last, table) => Math.max(last, this.#lastByTable.get(table) ?? 0), this.#lowest);
  }

  /**
   * The stamps of a shard key. What last changed before `since` is not told one by one: it raises the floor, or what counts
   * for all of its table. `since` only keeps the document small, and costs misses where it is too late.
   */
  stampsOf(shardKey: ShardKey, since: Version): Stamps {
    const key = this.#changesByKey.get(shardKey);
    if (key === undefined) return { floor: this.#floor, tables: new Map() };
    let { floor } = key;
    const tables = new Map<string, TableStamps>();
    for (const [table, changes] of key.changesByTable) {
      if (changes.last < since) floor = Math.max(floor, changes.last);
      else tables.set(table, toStamps(changes, since));
    }
    return { floor, tables };
  }

  #touch(shardKey: ShardKey): KeyChanges {
    let key = this.#changesByKey.get(shardKey);
    if (key === undefined) {
      key = { floor: this.#floor, changesByTable: new Map(), bytes: 0 };
      this.#grow(key, KEY_BYTES + 2 * shardKey.length);
    } else this.#changesByKey.delete(shardKey);
    this.#changesByKey.set(shardKey, key);
    return key;
  }

  #grow(key: KeyChanges, bytes: number): void {
    key.bytes += bytes;
    this.#bytes += bytes;
  }

  /** Forgets other shard keys until the book is within its bounds. */
  #shrink(kept: ShardKey): void {
    for (const [shardKey, { changesByTable, bytes }] of this.#changesByKey) {
      if (this.#bytes <= this.#capacityBytes || shardKey === kept) return;
      this.#changesByKey.delete(shardKey);
      this.#bytes -= bytes;
      for (const { last } of changesByTable.values()) this.#floor = Math.max(this.#floor, last);
    }
  }
}

function toStamps({ last, all, buckets }: TableChanges, since: Version): TableStamps {
  const recent = new Map<number, Version>();
  let allSince = all;
  for (const [bucket, version] of buckets) {
    if (version < since) allSince = Math.max(allSince, version);
    else recent.set(bucket, version);
  }
  return { last, all: allSince, buckets: recent };
}
