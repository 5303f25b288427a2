import { FairAdmission, type Permit, type Place } from '../../../lib/fair-admission.ts';
import { getOrInsert } from '../../../lib/get-or-insert.ts';
import type { RouterSettings } from '../settings.ts';

type AdmissionSettings = Pick<RouterSettings, 'maxInFlightPerShard' | 'maxInFlightPerShardKey' | 'maxShardQueueMs'>;

/** Whose share of a shard a call takes. */
export interface CallClass {
  /** Canonical; null: several or all. */
  readonly shardKey: string | null;
  readonly role: string;
  /** Work of ShardQL itself, such as to publish what has changed: it gets in as long as there is any room. */
  readonly isPrior: boolean;
}

/** A call that is counted. Release it once the call has ended. */
export interface CallPermit {
  readonly shard: string;
  readonly permit: Permit;
}

/**
 * Counts the calls in flight per shard, and per shard key, over all requests of an isolate: a shard that is slow must
 * not collect everybody's requests, and one tenant must not take all of a shard's room.
 *
 * A shard does one thing at a time, and what it has not come to waits in a queue that nobody sees. But calls tell of it: if even the quickest one
 * takes much longer than calls to this shard otherwise do, all of them wait. Then less is sent, of the shard keys with most calls first. Each
 * isolate finds out by itself, from its own calls, so no clocks are compared.
 */
export class Admission {
  readonly #loadByShard = new Map<string, ShardLoad>();

  /** A permit, or null if the shard, or the shard key's share of it, is full, or others stand in line. */
  admit(
    shard: string,
    of: CallClass,
    nowMs: number,
    expiresAtMs: number,
    settings: AdmissionSettings,
    place: Place | null = null,
  ): CallPermit | null {
    const { calls } = getOrInsert(this.#loadByShard, shard, newLoad);
    const permit = calls.admit(nameOf(of), nowMs, expiresAtMs, limitsOf(settings), { place, isPrior: of.isPrior });
    return permit && { shard, permit };
  }

  /** A place in line, to be given to {@link admit} again and again; leave it in the end. Null: refused. */
  standInLine(shard: string, of: CallClass, nowMs: number, untilMs: number, settings: AdmissionSettings): Place | null {
    const { calls } = getOrInsert(this.#loadByShard, shard, newLoad);
    return calls.standInLine(nameOf(of), nowMs, untilMs, limitsOf(settings));
  }

  leave(shard: string, place: Place): void {
    this.#loadByShard.get(shard)?.calls.leave(place);
  }

  /** Milliseconds until whoever stands in line should ask again: the more they are, the less often. */
  pauseMs(shard: string): number {
    return LEAST_PAUSE_MS + (this.#loadByShard.get(shard)?.calls.inLine ?? 0) * PAUSE_PER_PLACE_MS;
  }

  /** The call was answered: how long that took tells of the shard's queue. */
  ended({ shard, permit }: CallPermit, nowMs: number, settings: AdmissionSettings): void {
    const load = this.#loadByShard.get(shard)!;
    const tookMs = Math.max(0, nowMs - permit.admittedAtMs);
    load.calls.observe(tookMs - load.quickest.of(tookMs, nowMs), nowMs, limitsOf(settings));
    load.calls.release(permit);
  }

  /** The shard did not come to the call while that was waited for. */
  timedOut({ shard, permit }: CallPermit, nowMs: number, settings: AdmissionSettings): void {
    const { calls } = this.#loadByShard.get(shard)!;
    // Else the request had spent its time before.
    const hasWaited = nowMs - permit.admittedAtMs > settings.maxShardQueueMs;
    if (hasWaited) calls.observe(Number.POSITIVE_INFINITY, nowMs, limitsOf(settings));
    calls.release(permit);
  }

  /** The platform has refused the call, since too many wait for the shard. */
  refused({ shard, permit }: CallPermit, nowMs: number, settings: AdmissionSettings): void {
    const { calls } = this.#loadByShard.get(shard)!;
    calls.observe(Number.POSITIVE_INFINITY, nowMs, limitsOf(settings));
    calls.release(permit);
  }

  /** The call has failed, which tells nothing of the queue. After one of the others this changes nothing. */
  release({ shard, permit }: CallPermit): void {
    this.#loadByShard.get(shard)?.calls.release(permit);
  }

  inFlight(shard: string): number {
    return this.#loadByShard.get(shard)?.calls.inFlight ?? 0;
  }
}

const nameOf = ({ shardKey, role }: CallClass): string => shardKey ?? `${MANY_SHARD_KEYS} ${role}`;

/** Room that nobody takes is lost; each question costs a turn of the isolate. */
const LEAST_PAUSE_MS = 5;
const PAUSE_PER_PLACE_MS = 0.25;

/** Stands for the shard key of calls that name several or none. No shard key begins with it. */
const MANY_SHARD_KEYS = '*';

interface ShardLoad {
  readonly calls: FairAdmission;
  readonly quickest: QuickestCall;
}

const newLoad = (): ShardLoad => ({ calls: new FairAdmission(), quickest: new QuickestCall() });

const limitsOf = ({ maxInFlightPerShard, maxInFlightPerShardKey, maxShardQueueMs }: AdmissionSettings) => ({
  maxInFlight: maxInFlightPerShard,
  maxInFlightOfClass: maxInFlightPerShardKey,
  maxDelayMs: maxShardQueueMs,
});

/** After so long, or twice that, a way that has become longer for good is taken for what it is. */
const PERIOD_MS = 30_000;

/** The least time of a call of this period and of the one before. */
class QuickestCall {
  #sinceMs = Number.NEGATIVE_INFINITY;
  #nowMs = Number.POSITIVE_INFINITY;
  #beforeMs = Number.POSITIVE_INFINITY;

  /** With one more call, which took `tookMs`. */
  of(tookMs: number, nowMs: number): number {
    if (nowMs - this.#sinceMs > PERIOD_MS) {
      this.#beforeMs = nowMs - this.#sinceMs > 2 * PERIOD_MS ? Number.POSITIVE_INFINITY : this.#nowMs;
      this.#nowMs = Number.POSITIVE_INFINITY;
      this.#sinceMs = nowMs;
    }
    this.#nowMs = Math.min(this.#nowMs, tookMs);
    return Math.min(this.#nowMs, this.#beforeMs);
  }
}
