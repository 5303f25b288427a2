import { FairAdmission, type Permit, type QueuePlace } from '../../../lib/fair-admission.ts';
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
 * A shard does one thing at a time, and its queue cannot be observed. It shows in the duration of calls: if even the quickest one takes much longer
 * than calls to this shard usually do, all of them are queued. Then fewer calls are sent, starting with the shard keys that have most. Each
 * isolate measures this by its own calls, so no clocks are compared.
 */
export class Admission {
  readonly #loadByShard = new Map<string, ShardLoad>();

  /** A permit, or null if the shard, or the shard key's share of it, is full, or others are queued. */
  admit(
    shard: string,
    of: CallClass,
    nowMs: number,
    expiresAtMs: number,
    settings: AdmissionSettings,
    place: QueuePlace | null = null,
  ): CallPermit | null {
    const { calls } = getOrInsert(this.#loadByShard, shard, newLoad);
    const permit = calls.admit(nameOf(of), nowMs, expiresAtMs, limitsOf(settings), { place, isPrior: of.isPrior });
    return permit && { shard, permit };
  }

  /** A place in the queue, with which to call {@link admit} repeatedly; call {@link leave} at the end. Null: refused. */
  enqueue(
    shard: string,
    of: CallClass,
    nowMs: number,
    untilMs: number,
    settings: AdmissionSettings,
  ): QueuePlace | null {
    const { calls } = getOrInsert(this.#loadByShard, shard, newLoad);
    return calls.enqueue(nameOf(of), nowMs, untilMs, limitsOf(settings));
  }

  /** Called at the end of a place's time: one for longer, while the isolate has only a few calls for the shard. Null: refused. */
  renew(shard: string, place: QueuePlace, nowMs: number, untilMs: number): QueuePlace | null {
    return this.#loadByShard.get(shard)?.calls.renew(place, nowMs, untilMs) ?? null;
  }

  leave(shard: string, place: QueuePlace): void {
    this.#loadByShard.get(shard)?.calls.leave(place);
  }

  /** Milliseconds until a queued call should ask again: the longer the queue, the less often. */
  pauseMs(shard: string): number {
    return LEAST_PAUSE_MS + (this.#loadByShard.get(shard)?.calls.queued ?? 0) * PAUSE_PER_PLACE_MS;
  }

  /** The call was answered; its duration is a sample of the shard's queue. */
  ended({ shard, permit }: CallPermit, nowMs: number, settings: AdmissionSettings): void {
    const load = this.#loadByShard.get(shard)!;
    const tookMs = Math.max(0, nowMs - permit.admittedAtMs);
    load.calls.observe(tookMs - load.quickest.of(tookMs, nowMs), nowMs, limitsOf(settings), permit.of);
    load.calls.release(permit);
  }

  /** The call timed out while it was queued in the shard. */
  timedOut({ shard, permit }: CallPermit, nowMs: number, settings: AdmissionSettings): void {
    const { calls } = this.#loadByShard.get(shard)!;
    // Otherwise the request had used up its time before.
    const hasWaited = nowMs - permit.admittedAtMs > settings.maxShardQueueMs;
    if (hasWaited) calls.observe(Number.POSITIVE_INFINITY, nowMs, limitsOf(settings), permit.of);
    calls.release(permit);
  }

  /** The platform has refused the call, since too many wait for the shard. */
  refused({ shard, permit }: CallPermit, nowMs: number, settings: AdmissionSettings): void {
    const { calls } = this.#loadByShard.get(shard)!;
    calls.observe(Number.POSITIVE_INFINITY, nowMs, limitsOf(settings), permit.of);
    calls.release(permit);
  }

  /** The call failed, which says nothing about the queue. After one of the others this has no effect. */
  release({ shard, permit }: CallPermit): void {
    this.#loadByShard.get(shard)?.calls.release(permit);
  }

  /** Whether calls have been queued of late, here or in the shard, so that it should not answer them in the order of arrival. */
  isDelayed(shard: string, nowMs: number): boolean {
    return this.#loadByShard.get(shard)?.calls.isDelayed(nowMs) ?? false;
  }

  inFlight(shard: string): number {
    return this.#loadByShard.get(shard)?.calls.inFlight ?? 0;
  }
}

const nameOf = ({ shardKey, role }: CallClass): string => shardKey ?? `${MANY_SHARD_KEYS} ${role}`;

/** Waiting longer leaves room unused; each poll costs a turn of the isolate. */
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

/** After one or two of these, a connection that has become slower for good counts as normal. */
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
