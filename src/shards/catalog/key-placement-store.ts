import type { PlacedKey } from '../placed-key.ts';
import type { ShardKey } from '../shard-key.ts';
import { type ShardMap, shardOf } from '../shard-map.ts';
import type { SlotRange } from '../slots.ts';
import { SqlSession } from '../sql/sql-session.ts';
import type { Version } from '../version.ts';
import { type PendingKeys, PlacedKeysTable } from './placed-keys-table.ts';
import { type Grant, grantOf, type PlacementStore } from './placement-store.ts';
import { holdsAnyOf, withoutSlots, withSlots } from './slot-ranges.ts';

/**
 * Durable state of shard keys that change their shard. As with slots, the order of steps keeps a shard key from ever having two owners: what
 * is to change is stored, then the owners give the keys up ({@link releases}), then the map names the new ones ({@link complete}), and only
 * then are the keys granted to them.
 */
export class KeyPlacementStore {
  readonly #storage: DurableObjectStorage;
  readonly #placements: PlacementStore;
  readonly #table: PlacedKeysTable;

  constructor(storage: DurableObjectStorage, placements: PlacementStore) {
    this.#storage = storage;
    this.#placements = placements;
    this.#table = new PlacedKeysTable(new SqlSession(storage.sql));
  }

  /** Once there is one. */
  map(): ShardMap {
    return this.#placements.map()!;
  }

  /** Null: none are changing. */
  pending(): PendingKeys | null {
    return this.#table.pending();
  }

  /** What is to be pending. `target`: null: the shards of their hashes. */
  planned(keys: readonly ShardKey[], target: string | null): PendingKeys {
    return this.#table.planned(keys, target);
  }

  begin(planned: PendingKeys): void {
    this.#storage.transactionSync(() => this.#table.begin(planned));
  }

  /** These stay where they are. */
  drop(keys: readonly ShardKey[]): void {
    this.#table.drop(keys);
  }

  /**
   * What the owners of the keys keep, in the epoch before the one that the completion will bring. They go on to take the keys for placed, so
   * that none has a key by its hash that another one has not given up.
   */
  releases({ keys, target }: PendingKeys): Grant[] {
    const map = this.map();
    const { epoch, shards, placed = [] } = map;
    const owners = new Set(keys.map(([key]) => shardOf(map, key)).filter((name) => name !== target));
    const known = new Set(placed.map(([key]) => key));
    const all = [...placed, ...keys.filter(([key]) => !known.has(key))];
    return shards
      .filter(({ name }) => owners.has(name))
      .map(({ name, ranges }) => grantOf(name, epoch + 1, without(ranges, keys), all));
  }

  /** An owner has given keys up; its last commit has this version. Store it before the keys are granted to others. */
  takeVersion(pending: PendingKeys, version: Version): void {
    for (const target of this.#targets(pending)) this.#placements.takeVersion({ target }, version);
  }

  /** The owners have given the keys up. */
  complete(pending: PendingKeys): void {
    const { keys, target } = pending;
    const { shards } = this.map();
    const ranges = new Map(
      shards
        .filter((shard) => keys.some(([, slot]) => holdsAnyOf(shard.ranges, [slot, slot])))
        .map((shard): [string, readonly SlotRange[]] => [shard.name, without(shard.ranges, keys)]),
    );
    if (target !== null) {
      const own = ranges.get(target) ?? shards.find(({ name }) => name === target)?.ranges ?? [];
      ranges.set(
        target,
        keys.reduce<readonly SlotRange[]>((sum, [, slot]) => withSlots(sum, [slot, slot]), own),
      );
    }
    this.#placements.change({ ranges, toGrant: this.#targets(pending), also: () => this.#table.complete(pending) });
  }

  /** Shards that get some of the keys. */
  #targets({ keys, target }: PendingKeys): ReadonlySet<string> {
    if (target !== null) return new Set([target]);
    const byHash = { ...this.map(), placed: [] };
    return new Set(keys.map(([key]) => shardOf(byHash, key)));
  }
}

const without = (ranges: readonly SlotRange[], keys: readonly PlacedKey[]): readonly SlotRange[] =>
  keys.reduce<readonly SlotRange[]>((left, [, slot]) => withoutSlots(left, [slot, slot]), ranges);
