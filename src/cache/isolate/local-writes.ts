import type { MemoryBudget } from '../../lib/memory-budget.ts';
import { ChangeTable } from '../../shards/change-table.ts';
import { MEMORY } from '../../shards/isolate-memory.ts';
import { leastAsOf, type ShardSnapshot } from '../../shards/seen-versions.ts';
import { type Change, lastChange } from '../../shards/stamps.ts';
import type { Version } from '../../shards/version.ts';
import type { EntryKey } from '../entries/entry-key.ts';

/**
 * What this isolate has written, as the shards answered: its cached reads show that at once. An optimisation only: stamps
 * carry the same information to everyone, a little later, so shard keys that are forgotten here are left to them.
 */
export class LocalWrites {
  readonly #changes: ChangeTable;
  /** Over all shard keys, by shard and table. */
  readonly #lastByTableOfShard = new Map<string, Map<string, Version>>();
  /** By shard: all that it has was changed. */
  readonly #lastOfAll = new Map<string, Version>();

  constructor(memory: number | MemoryBudget = MEMORY['local-writes']) {
    this.#changes = new ChangeTable(memory);
  }

  /** Answers of concurrent writes may come in another order than that of their commits. */
  record({ shard, shardKeys, version, touched }: Change): void {
    const lastByTable = this.#lastByTableOfShard.get(shard) ?? new Map<string, Version>();
    this.#lastByTableOfShard.set(shard, lastByTable);
    if (shardKeys === null) this.#lastOfAll.set(shard, Math.max(version, this.#lastOfAll.get(shard) ?? 0));
    for (const [table, buckets] of touched) {
      lastByTable.set(table, Math.max(version, lastByTable.get(table) ?? 0));
      for (const shardKey of shardKeys ?? []) this.#changes.record(shardKey, table, version, buckets);
    }
  }

  /** True if something that an answer depends on was changed here after it was read. */
  hasChanged({ shardKey, dependencies, tables }: EntryKey, snapshots: readonly ShardSnapshot[]): boolean {
    // Answers of all shards depend on all of their tables.
    if (shardKey === null) return snapshots.some((snapshot) => this.#hasChangedIn(snapshot, tables));
    if (snapshots.some(({ shard, asOf }) => asOf < (this.#lastOfAll.get(shard) ?? 0))) return true;
    const changes = this.#changes.get(shardKey);
    if (changes === undefined) return false;
    const asOf = leastAsOf({ snapshots });
    return dependencies.some((each) => asOf < lastChange({ floor: 0, tables: changes.tables }, each));
  }

  #hasChangedIn({ shard, asOf }: ShardSnapshot, tables: readonly string[]): boolean {
    const lastByTable = this.#lastByTableOfShard.get(shard);
    return lastByTable !== undefined && tables.some((table) => asOf < (lastByTable.get(table) ?? 0));
  }
}
