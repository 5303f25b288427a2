import { BoundedMap } from '../../lib/bounded-map.ts';
import type { MemoryBudget } from '../../lib/memory-budget.ts';
import type { ShardKey } from '../../shards/shard-key.ts';
import type { Stamps } from '../../shards/stamps.ts';

/** The stamps of a shard key as they were found. */
export interface SeenStampsOf {
  /** Null: there were none. */
  readonly stamps: Stamps | null;
  /** When they were looked up, in milliseconds since 1970. */
  readonly atMs: number;
}

/** A location remembers for so long that KV had no value (developers.cloudflare.com/kv/concepts/how-kv-works). */
const ABSENCE_MS = 60_000;
/** What stamps take for each number in them, and a document besides, in bytes, about. */
const BYTES_PER_NUMBER = 40;
const BYTES_PER_DOCUMENT = 300;

/** Stamps that the isolate has looked up recently: one lookup per shard key serves all its entries for `recheckMs`. */
export class SeenStamps {
  readonly #recheckMs: number;
  readonly #seenByKey: BoundedMap<ShardKey, SeenStampsOf>;

  constructor(budget: MemoryBudget, recheckMs: number) {
    this.#recheckMs = recheckMs;
    this.#seenByKey = new BoundedMap(budget);
  }

  /** Those that need not be looked up again: they are young enough, or another look would not find any. */
  recent(shardKey: ShardKey, nowMs: number): SeenStampsOf | undefined {
    const seen = this.#seenByKey.get(shardKey);
    if (seen === undefined) return undefined;
    const ageMs = nowMs - seen.atMs;
    // A clock that stepped back must not put the next look off.
    return ageMs >= 0 && ageMs < (seen.stamps === null ? ABSENCE_MS : this.#recheckMs) ? seen : undefined;
  }

  /** `atMs`: when they were asked for. */
  add(shardKey: ShardKey, stamps: Stamps | null, atMs: number): void {
    this.#seenByKey.set(shardKey, { stamps, atMs }, sizeOf(shardKey, stamps));
  }
}

function sizeOf(shardKey: ShardKey, stamps: Stamps | null): number {
  let numbers = 0;
  for (const { buckets } of stamps?.tables.values() ?? []) numbers += 4 + buckets.size;
  return BYTES_PER_DOCUMENT + 2 * shardKey.length + BYTES_PER_NUMBER * numbers;
}
