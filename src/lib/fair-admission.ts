import { ClassCounts } from './class-counts.ts';

/** What a {@link FairAdmission} is held to. */
interface AdmissionLimits {
  /** In all, at the same time. */
  readonly maxInFlight: number;
  /** Of one class, at the same time. */
  readonly maxInFlightOfClass: number;
  /** Milliseconds of delay above which the largest classes are admitted less. At four times as much, the total shrinks too. */
  readonly maxDelayMs: number;
}

/** Something that was admitted. It counts until it is released. */
export interface Permit {
  readonly of: string;
  readonly admittedAtMs: number;
  /** Milliseconds since 1970 at which nobody waits for it any more. */
  readonly expiresAtMs: number;
}

/** A place in the queue for a permit. */
export interface QueuePlace {
  readonly of: string;
  /** Milliseconds since 1970 at which it expires. */
  readonly untilMs: number;
}

/** Always admitted of one class, and in total, whatever the delays: otherwise nobody would notice that there is room again. */
const LEAST_OF_CLASS = 1;
const LEAST_IN_ALL = 4;
/** At this many times the delay limit, even small shares are too much. */
const TOO_MUCH_IN_ALL = 4;
/** A round lasts at least this long, and has at least this many delays. */
const ROUND_MS = 100;
const ROUND_DELAYS = 5;
/** Older permits may belong to requests that are gone. */
const PERHAPS_GONE_MS = 2_000;
/** After this long without a delay, nothing is known about the present. */
const FORGET_MS = 5_000;
/** How a bound changes: by `FALL` after a round in which even the quickest waited too long, else by the others. */
const FALL = 0.5;
const RISE = 1.05;
const RISE_BY = 0.1;

/**
 * Admission control by max-min fairness. Everything that asks for admission has a class, such as a tenant. While everything waits too long, all
 * classes have the same maximum share of what is in flight, and a class that asks for less gets all it asks for: only the largest classes are
 * refused, never a small one in favour of another.
 *
 * The bounds are found by trial, as in CoDel: the least delay of a round counts, since a queue that is empty now and then absorbs bursts, and one
 * that never is only adds delay. Bounds are halved after each round whose least delay is too long, and rise slowly otherwise. What
 * is not admitted may queue, and polls: on the platform requests cannot wake each other.
 *
 * The platform drops a request's code when its client hangs up, so a permit may never be released. It stops counting towards the share after two
 * seconds, or its class could be blocked for as long as a request may take, and stops counting altogether at its expiry.
 */
export class FairAdmission {
  readonly #permits = new Set<Permit>();
  readonly #counts = new ClassCounts();
  /** In the order of their expiry. */
  readonly #places = new Set<QueuePlace>();
  readonly #queuedCounts = new ClassCounts();
  /** Bounds that the delays have led to: of one class, and in total. */
  #share = Number.POSITIVE_INFINITY;
  #room = Number.POSITIVE_INFINITY;
  #round = newRound(0, 0, 0);
  /** When a delay was last observed. */
  #seenAtMs = Number.NEGATIVE_INFINITY;
  /** When a round has last ended in which all of the largest classes had waited too long, or something was held back. */
  #delayedAtMs = Number.NEGATIVE_INFINITY;

  get inFlight(): number {
    return this.#permits.size;
  }

  /** How many places are taken; some may have expired. */
  get queued(): number {
    return this.#places.size;
  }

  /**
   * Null: not now. `place`: the caller's place in the queue. `isPrior`: only the limits apply, not the bounds from delays, and the queue is
   * bypassed.
   */
  admit(
    of: string,
    nowMs: number,
    expiresAtMs: number,
    limits: AdmissionLimits,
    { place = null, isPrior = false }: { readonly place?: QueuePlace | null; readonly isPrior?: boolean } = {},
  ): Permit | null {
    if (nowMs - this.#seenAtMs > FORGET_MS) this.#share = this.#room = Number.POSITIVE_INFINITY;
    if (!isPrior && place === null && this.#queueLength(of, nowMs) > 0) return null;
    if (!this.#isWithin(of, limits)) {
      for (const permit of this.#permits) if (permit.expiresAtMs <= nowMs) this.release(permit);
      if (!this.#isWithin(of, limits)) return null;
    }
    if (!isPrior && !this.#hasShare(of, nowMs)) {
      this.#delayedAtMs = nowMs;
      return null;
    }
    if (place !== null) this.leave(place);
    const permit: Permit = { of, admittedAtMs: nowMs, expiresAtMs };
    this.#permits.add(permit);
    const round = this.#round;
    round.mostOfClass = Math.max(round.mostOfClass, this.#counts.add(of));
    round.mostInAll = Math.max(round.mostInAll, this.#permits.size);
    return permit;
  }

  /**
   * Takes a place in the queue, with which to call `admit` until it expires; all places last equally long. Null: refused, since the limits count
   * queued requests too.
   */
  enqueue(of: string, nowMs: number, untilMs: number, limits: AdmissionLimits): QueuePlace | null {
    const ofClass = this.#queueLength(of, nowMs) + this.#counts.of(of);
    const inAll = this.#places.size + this.#permits.size;
    if (ofClass >= limits.maxInFlightOfClass || inAll >= limits.maxInFlight) return null;
    return this.#append({ of, untilMs });
  }

  /**
   * A place for one that is about to expire, if so little is in flight and queued that nobody could have asked for too much: what takes long then is
   * slow, not overloaded, such as a process that gets no CPU time. Null: the wait is over. Either way the old place is left.
   */
  renew(place: QueuePlace, nowMs: number, untilMs: number): QueuePlace | null {
    this.leave(place);
    this.#dropExpired(nowMs);
    return this.#places.size + this.#permits.size < LEAST_IN_ALL ? this.#append({ of: place.of, untilMs }) : null;
  }

  /** Leaving it again changes nothing. */
  leave(place: QueuePlace): void {
    if (this.#places.delete(place)) this.#queuedCounts.remove(place.of);
  }

  /** Releasing it again changes nothing. */
  release(permit: Permit): void {
    if (!this.#permits.delete(permit)) return;
    this.#counts.remove(permit.of);
  }

  /** Whether anything has waited too long of late, or was held back so that it does not. */
  isDelayed(nowMs: number): boolean {
    return nowMs - this.#delayedAtMs <= FORGET_MS;
  }

  /**
   * Records how long something that was admitted had to wait. Only the classes with most in flight count: where classes take turns in what they
   * wait for, others do not wait.
   */
  observe(delayMs: number, nowMs: number, { maxDelayMs }: AdmissionLimits, of: string): void {
    if (nowMs - this.#seenAtMs > FORGET_MS) this.#round = this.#nextRound(nowMs);
    this.#seenAtMs = nowMs;
    const round = this.#round;
    round.leastMs = Math.min(round.leastMs, delayMs);
    if (this.#counts.of(of) < this.#counts.most / 2) return;
    round.delays++;
    round.leastOfLargestMs = Math.min(round.leastOfLargestMs, delayMs);
    if (round.delays < ROUND_DELAYS || nowMs - round.beganAtMs < ROUND_MS) return;
    const isTooLate = round.leastOfLargestMs > maxDelayMs;
    if (isTooLate) this.#delayedAtMs = nowMs;
    this.#share = adapted(this.#share, isTooLate, round.mostOfClass, LEAST_OF_CLASS);
    this.#room = adapted(this.#room, round.leastMs > maxDelayMs * TOO_MUCH_IN_ALL, round.mostInAll, LEAST_IN_ALL);
    this.#round = this.#nextRound(nowMs);
  }

  #isWithin(of: string, { maxInFlight, maxInFlightOfClass }: AdmissionLimits): boolean {
    return this.#permits.size < maxInFlight && this.#counts.of(of) < maxInFlightOfClass;
  }

  #hasShare(of: string, nowMs: number): boolean {
    // One class leaves half of the room to others, however quickly its share may grow.
    const share = Math.min(this.#share, Math.max(LEAST_OF_CLASS, this.#room / 2));
    const isEnough = (ofClass: number, inAll: number) => ofClass + 1 <= share && inAll + 1 <= this.#room;
    if (isEnough(this.#counts.of(of), this.#permits.size)) return true;
    let ofClass = 0;
    let inAll = 0;
    for (const permit of this.#permits) {
      if (nowMs - permit.admittedAtMs > PERHAPS_GONE_MS) continue;
      inAll++;
      if (permit.of === of) ofClass++;
    }
    return isEnough(ofClass, inAll);
  }

  #queueLength(of: string, nowMs: number): number {
    this.#dropExpired(nowMs);
    return this.#queuedCounts.of(of);
  }

  /** Places of requests that are gone, of all classes: nobody else leaves them. */
  #dropExpired(nowMs: number): void {
    for (const place of this.#places) {
      if (place.untilMs > nowMs) break;
      this.leave(place);
    }
  }

  #append(place: QueuePlace): QueuePlace {
    this.#places.add(place);
    this.#queuedCounts.add(place.of);
    return place;
  }

  #nextRound(nowMs: number): Round {
    return newRound(nowMs, this.#permits.size, this.#counts.most);
  }
}

/** Delays that are judged together, and the most that was in flight during that time. */
interface Round {
  readonly beganAtMs: number;
  delays: number;
  leastMs: number;
  /** Of the classes with most in flight. */
  leastOfLargestMs: number;
  mostInAll: number;
  mostOfClass: number;
}

const newRound = (beganAtMs: number, mostInAll: number, mostOfClass: number): Round => ({
  ...{ beganAtMs, mostInAll, mostOfClass },
  delays: 0,
  leastMs: Number.POSITIVE_INFINITY,
  leastOfLargestMs: Number.POSITIVE_INFINITY,
});

const adapted = (bound: number, isTooLate: boolean, most: number, least: number): number =>
  isTooLate ? Math.max(least, Math.min(bound, most) * FALL) : bound * RISE + RISE_BY;
