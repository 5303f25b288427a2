import { BoundedMap } from '../../lib/bounded-map.ts';
import type { ShardKey } from '../../shards/shard-key.ts';

interface Distance {
  /** About the least time that calls take, in milliseconds. */
  readonly ms: number;
  readonly isConfirmed: boolean;
}

/** Shard keys with a distance of their own, a few hundred kilobytes in all. The rest have the general one. */
const MAX_KEYS = 2_000;
/** The part of a slower answer that counts: distances change seldom, but every shard has slow moments. */
const GROWTH = 1 / 8;

/**
 * How long shards take to answer from here. Where that is long, by distance or because a shard sleeps between requests, Workers KV answers
 * sooner. One answer tells nothing, since it may be the one that woke the shard; unless a second one confirms it, a shard counts as near.
 */
export class ShardDistances {
  readonly #distanceByKey = new BoundedMap<ShardKey, Distance>(MAX_KEYS);
  #ofAny: Distance | undefined;

  /** In milliseconds; 0: not known. */
  of(shardKey: ShardKey): number {
    const distance = this.#distanceByKey.use(shardKey);
    return knownMs(distance?.isConfirmed ? distance : this.#ofAny);
  }

  /** The shard of this shard key has answered after `ms` milliseconds. */
  answered(shardKey: ShardKey, ms: number): void {
    this.#ofAny = closer(this.#ofAny, ms);
    this.#distanceByKey.set(shardKey, closer(this.#distanceByKey.get(shardKey), ms));
  }
}

const knownMs = (distance: Distance | undefined): number => (distance?.isConfirmed ? distance.ms : 0);

function closer(before: Distance | undefined, ms: number): Distance {
  if (before === undefined) return { ms, isConfirmed: false };
  return { ms: ms < before.ms ? ms : before.ms + GROWTH * (ms - before.ms), isConfirmed: true };
}
