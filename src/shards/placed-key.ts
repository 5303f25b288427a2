import type { ShardKey } from './shard-key.ts';

/** A shard key that was placed, and the slot that is its own: from `SLOT_COUNT` on. */
export type PlacedKey = readonly [key: ShardKey, slot: number];

/** Greatest number of placed shard keys: every map has them all, and shards name those of their hash slots in each scatter. */
export const MAX_PLACED_KEYS = 4_096;
