import { BoundedMap } from '../lib/bounded-map.ts';
import type { MemoryBudget } from '../lib/memory-budget.ts';
import type { ShardKey } from './shard-key.ts';
import type { TableStamps } from './stamps.ts';
import type { Version } from './version.ts';

interface TableChanges extends TableStamps {
  last: Version;
  all: Version;
  /** Version of the last change by bucket. */
  readonly buckets: Map<number, Version>;
}

/** When things under one shard key last changed. */
interface KeyChanges {
  /** Changes up to this version may have been forgotten when the shard key came in. */
  readonly floor: Version;
  readonly tables: ReadonlyMap<string, TableStamps>;
}

interface HeldChanges extends KeyChanges {
  readonly tables: Map<string, TableChanges>;
  /** About as much memory as this takes. */
  bytes: number;
}

/** About what V8 takes for an entry of each kind, measured; most are keys with one table and a few buckets. */
const KEY_BYTES = 300;
const TABLE_BYTES = 250;
const BUCKET_BYTES = 40;

/**
 * When things last changed: by shard key and table, and within them by bucket. Held in memory within bounds: the least
 * recently changed shard keys are forgotten, and of all that was, the greatest version remains as a floor.
 */
export class ChangeTable {
  #floor: Version = 0;
  readonly #changesByKey: BoundedMap<ShardKey, HeldChanges>;

  /** @param memory in bytes, or shared with others. */
  constructor(memory: number | MemoryBudget) {
    this.#changesByKey = new BoundedMap(memory, ({ tables }) => {
      for (const { last } of tables.values()) this.#floor = Math.max(this.#floor, last);
    });
  }

  /** No change that was forgotten has a greater version. */
  get floor(): Version {
    return this.#floor;
  }

  get(shardKey: ShardKey): KeyChanges | undefined {
    return this.#changesByKey.get(shardKey);
  }

  /** Takes in a change of a table: of all of it (null), or of the rows in some buckets. Changes may come in any order. */
  record(shardKey: ShardKey, table: string, version: Version, buckets: Iterable<number> | null): void {
    const key = this.#changesByKey.get(shardKey) ?? {
      floor: this.#floor,
      tables: new Map(),
      bytes: KEY_BYTES + 2 * shardKey.length,
    };
    let changes = key.tables.get(table);
    if (changes === undefined) {
      changes = { last: version, all: 0, buckets: new Map() };
      key.tables.set(table, changes);
      key.bytes += TABLE_BYTES;
    }
    const before = changes.buckets.size;
    changes.last = Math.max(changes.last, version);
    if (buckets === null) changeAll(changes, version);
    else for (const each of buckets) changes.buckets.set(each, Math.max(version, changes.buckets.get(each) ?? 0));
    key.bytes += BUCKET_BYTES * (changes.buckets.size - before);
    this.#changesByKey.set(shardKey, key, key.bytes);
  }

  /** Forgets everything; any change up to `version` may have been among it. */
  forget(version: Version): void {
    this.#changesByKey.clear();
    this.#floor = Math.max(this.#floor, version);
  }
}

/** Counts for every bucket: what was known of those that had changed before says no more. */
function changeAll(changes: TableChanges, version: Version): void {
  changes.all = Math.max(changes.all, version);
  for (const [bucket, last] of changes.buckets) if (last <= version) changes.buckets.delete(bucket);
}
