import { violated } from '../lib/invariant.ts';
import type { PlacedKey } from './placed-key.ts';
import type { ShardKey } from './shard-key.ts';
import { ALL_SLOTS, SLOT_COUNT, type SlotRange, slotOf } from './slots.ts';

export interface ShardPlacement {
  /** Name of the Durable Object (`getByName`), which also says where it is: see `shard-place.ts`. */
  readonly name: string;
  /** Counts the owners' changes of this shard; a shard that is created again under an old name has a greater one. */
  readonly generation: number;
  readonly ranges: readonly SlotRange[];
}

/** Slot → shard. The authority is the catalog; routers hold copies that may be stale: the shard decides (R1). */
export interface ShardMap {
  /** Grows with every change of placement. */
  readonly epoch: number;
  readonly slotHash: string;
  /** Of catalog and shards, as `SHARDQL_JURISDICTION` says; absent: none. */
  readonly jurisdiction?: string;
  readonly shards: readonly ShardPlacement[];
  /** Shard keys with slots of their own. Absent: there are none. */
  readonly placed?: readonly PlacedKey[];
}

/** Key of the map's copy in KV: JSON text of a {@link ShardMap}, written by the catalog alone. */
export const MAP_KV_KEY = 'map';

/** The owner of every slot as an index into `map.shards`: constant-time lookups. */
export function ownersBySlot(map: ShardMap): Uint16Array {
  const owners = new Uint16Array(ALL_SLOTS);
  for (const [index, shard] of map.shards.entries()) {
    for (const [first, last] of shard.ranges) owners.fill(index, first, last + 1);
  }
  return owners;
}

/** Name of the shard that owns a shard key; to be asked now and then: routers have {@link ownersBySlot}. */
export function shardOf({ shards, placed }: ShardMap, key: ShardKey): string {
  const slot = slotOf(key, new Map(placed));
  const owner = shards.find(({ ranges }) => ranges.some(([first, last]) => first <= slot && slot <= last));
  return owner?.name ?? violated(`Expected an owner of slot ${slot}, but got none.`);
}

/** The first placement: `shardCount` shards with equal, contiguous ranges. */
export function initialRanges(shardCount: number): SlotRange[] {
  return Array.from({ length: shardCount }, (_, index) => [
    Math.floor((index * SLOT_COUNT) / shardCount),
    Math.floor(((index + 1) * SLOT_COUNT) / shardCount) - 1,
  ]);
}
