import type { MemoryBudget } from '../../../lib/memory-budget.ts';
import { ChangeTable } from '../../change-table.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { Stamps, TableStamps } from '../../stamps.ts';
import type { Version } from '../../version.ts';

/** What a shard knows of its changes, as stamps. It claims the truth or more, never less. */
export class StampBook {
  readonly #changes: ChangeTable;
  /** Over all shard keys. */
  readonly #lastByTable = new Map<string, Version>();
  #lowest: Version = 0;

  constructor(memory: number | MemoryBudget) {
    this.#changes = new ChangeTable(memory);
  }

  /** Forgets everything; any change up to `version` may have been among it. */
  forget(version: Version): void {
    this.#changes.forget(version);
    this.#lastByTable.clear();
    this.#lowest = this.#changes.floor;
  }

  /** Takes in a change of a table: of all of it, or (if given) of the rows in some buckets. Versions must not fall. */
  record(shardKey: ShardKey, table: string, version: Version, buckets: Iterable<number> | null): void {
    this.#lastByTable.set(table, version);
    this.#changes.record(shardKey, table, version, buckets);
  }

  /** Version of the last change of any of the tables under the shard key, or an upper bound of it. */
  changed(shardKey: ShardKey, tables: readonly string[]): Version {
    const key = this.#changes.get(shardKey);
    if (key === undefined) return this.#changes.floor;
    return tables.reduce((last, table) => Math.max(last, key.tables.get(table)?.last ?? 0), key.floor);
  }

  /** The same over all shard keys. */
  changedAnywhere(tables: readonly string[]): Version {
    return tables.reduce((last, table) => Math.max(last, this.#lastByTable.get(table) ?? 0), this.#lowest);
  }

  /**
   * The stamps of a shard key. What last changed before `since` is not listed: it raises the floor, or what counts
   * for all of its table. `since` only keeps the document small, and costs misses where it is too late.
   */
  stampsOf(shardKey: ShardKey, since: Version): Stamps {
    const key = this.#changes.get(shardKey);
    if (key === undefined) return { floor: this.#changes.floor, tables: new Map() };
    let { floor } = key;
    const tables = new Map<string, TableStamps>();
    for (const [table, changes] of key.tables) {
      if (changes.last < since) floor = Math.max(floor, changes.last);
      else tables.set(table, toStamps(changes, since));
    }
    return { floor, tables };
  }
}

function toStamps({ last, all, buckets }: TableStamps, since: Version): TableStamps {
  const recent = new Map<number, Version>();
  let allSince = all;
  for (const [bucket, version] of buckets) {
    if (version < since) allSince = Math.max(allSince, version);
    else recent.set(bucket, version);
  }
  return { last, all: allSince, buckets: recent };
}
