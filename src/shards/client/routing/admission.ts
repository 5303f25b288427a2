import { getOrInsert } from '../../../lib/get-or-insert.ts';
import type { RouterSettings } from '../settings.ts';

type AdmissionLimits = Pick<RouterSettings, 'maxInFlightPerShard' | 'maxInFlightPerShardKey'>;

/** A call that is counted. Release it once the call has ended. */
interface Permit {
  readonly shard: string;
  readonly shardKey: string;
  /** Milliseconds since 1970 at which the caller has stopped waiting at the latest. */
  readonly expiresAtMs: number;
}

/** Stands for the shard key of calls that name several or none. */
const MANY_SHARD_KEYS = '*';

interface ShardLoad {
  readonly permits: Set<Permit>;
  readonly countByShardKey: Map<string, number>;
}

/**
 * Counts the calls in flight per shard, and per shard key, over all requests of an isolate: a shard that is slow must
 * not collect everybody's requests, and one tenant must not take all of a shard's room.
 *
 * The platform drops a request's code when its client hangs up, so a permit may never be released; it then stops
 * counting at its expiry.
 */
export class Admission {
  readonly #loadByShard = new Map<string, ShardLoad>();

  /** A permit, or null if the shard, or the shard key's share of it, is full. `shardKey` null: several or all. */
  admit(
    shard: string,
    shardKey: string | null,
    expiresAtMs: number,
    nowMs: number,
    limits: AdmissionLimits,
  ): Permit | null {
    const load = getOrInsert(this.#loadByShard, shard, emptyLoad);
    const permit: Permit = { shard, shardKey: shardKey ?? MANY_SHARD_KEYS, expiresAtMs };
    if (!hasRoom(load, permit.shardKey, limits)) {
      for (const held of load.permits) if (held.expiresAtMs <= nowMs) remove(load, held);
      if (!hasRoom(load, permit.shardKey, limits)) return null;
    }
    load.permits.add(permit);
    load.countByShardKey.set(permit.shardKey, (load.countByShardKey.get(permit.shardKey) ?? 0) + 1);
    return permit;
  }

  /** Releasing it again changes nothing. */
  release(permit: Permit): void {
    const load = this.#loadByShard.get(permit.shard);
    if (load) remove(load, permit);
  }

  inFlight(shard: string): number {
    return this.#loadByShard.get(shard)?.permits.size ?? 0;
  }
}

const emptyLoad = (): ShardLoad => ({ permits: new Set(), countByShardKey: new Map() });

const hasRoom = (load: ShardLoad, shardKey: string, limits: AdmissionLimits): boolean =>
  load.permits.size < limits.maxInFlightPerShard &&
  (load.countByShardKey.get(shardKey) ?? 0) < limits.maxInFlightPerShardKey;

function remove(load: ShardLoad, permit: Permit): void {
  if (!load.permits.delete(permit)) return;
  const count = load.countByShardKey.get(permit.shardKey)! - 1;
  if (count > 0) load.countByShardKey.set(permit.shardKey, count);
  else load.countByShardKey.delete(permit.shardKey);
}
