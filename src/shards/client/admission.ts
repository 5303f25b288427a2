/** Bounds of {@link Admission}. */
export interface AdmissionLimits {
  readonly maxInFlightPerShard: number;
  readonly maxInFlightPerShardKey: number;
}

/** A call that is counted. Give it back once the call has ended. */
export interface Ticket {
  readonly shard: string;
  readonly shardKey: string;
  /** Milliseconds since 1970 at which the caller has stopped waiting at the latest. */
  readonly expiresAtMs: number;
}

/** Stands for the shard key of calls that name several or none. */
const MANY_SHARD_KEYS = '*';

interface ShardLoad {
  readonly tickets: Set<Ticket>;
  readonly countByShardKey: Map<string, number>;
}

/**
 * Counts the calls in flight per shard, and per shard key, over all requests of an isolate: a shard that is slow must
 * not collect everybody's requests, and one tenant must not take all of a shard's room.
 *
 * The platform drops a request's code when its client hangs up, so a ticket may never be given back; it then stops
 * counting at its expiry.
 */
export class Admission {
  readonly #loadByShard = new Map<string, ShardLoad>();

  /** A ticket, or null if the shard, or the shard key's share of it, is full. `shardKey` null: several or all. */
  admit(
    shard: string,
    shardKey: string | null,
    expiresAtMs: number,
    nowMs: number,
    limits: AdmissionLimits,
  ): Ticket | null {
    let load = this.#loadByShard.get(shard);
    if (!load) {
      load = { tickets: new Set(), countByShardKey: new Map() };
      this.#loadByShard.set(shard, load);
    }
    const ticket: Ticket = { shard, shardKey: shardKey ?? MANY_SHARD_KEYS, expiresAtMs };
    if (!hasRoom(load, ticket.shardKey, limits)) {
      for (const held of load.tickets) if (held.expiresAtMs <= nowMs) remove(load, held);
      if (!hasRoom(load, ticket.shardKey, limits)) return null;
    }
    load.tickets.add(ticket);
    load.countByShardKey.set(ticket.shardKey, (load.countByShardKey.get(ticket.shardKey) ?? 0) + 1);
    return ticket;
  }

  /** Giving a ticket back again changes nothing. */
  giveBack(ticket: Ticket): void {
    const load = this.#loadByShard.get(ticket.shard);
    if (load) remove(load, ticket);
  }

  inFlight(shard: string): number {
    return this.#loadByShard.get(shard)?.tickets.size ?? 0;
  }
}

const hasRoom = (load: ShardLoad, shardKey: string, limits: AdmissionLimits): boolean =>
  load.tickets.size < limits.maxInFlightPerShard &&
  (load.countByShardKey.get(shardKey) ?? 0) < limits.maxInFlightPerShardKey;

function remove(load: ShardLoad, ticket: Ticket): void {
  if (!load.tickets.delete(ticket)) return;
  const count = load.countByShardKey.get(ticket.shardKey)! - 1;
  if (count > 0) load.countByShardKey.set(ticket.shardKey, count);
  else load.countByShardKey.delete(ticket.shardKey);
}
