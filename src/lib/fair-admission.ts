import { getOrInsert } from './get-or-insert.ts';

/** What a {@link FairAdmission} is held to. */
interface AdmissionLimits {
  /** In all, at the same time. */
  readonly maxInFlight: number;
  /** Of one class, at the same time. */
  readonly maxInFlightOfClass: number;
  /** Milliseconds that all of it may have to wait before less is admitted of the classes with most; four times as long, less in all. */
  readonly maxDelayMs: number;
}

/** Something that was admitted. It counts until it is released. */
export interface Permit {
  readonly of: string;
  readonly admittedAtMs: number;
  /** Milliseconds since 1970 at which nobody waits for it any more. */
  readonly expiresAtMs: number;
}

/** A place in line for a permit. */
export interface Place {
  readonly of: string;
  /** Milliseconds since 1970 at which nobody stands there any more. */
  readonly untilMs: number;
}

/** So much of one class, and in all, is admitted whatever the delays: without it nobody would learn that there is room again. */
const LEAST_OF_CLASS = 1;
const LEAST_IN_ALL = 4;
/** A delay of so many times the limit says that small shares are too much as well. */
const TOO_MUCH_IN_ALL = 4;
/** Delays are judged after so long, and when there are so many. */
const ROUND_MS = 100;
const ROUND_DELAYS = 5;
/** Permits that are older may be of requests that are gone. */
const PERHAPS_GONE_MS = 2_000;
/** Delays from so long ago tell nothing about now. */
const FORGET_MS = 5_000;
/** What becomes of a bound after a round in which all waited too long, and after another one. */
const FALL = 0.5;
const RISE = 1.05;
const RISE_BY = 0.1;

/**
 * Says what may begin. All of it has a class, such as the tenant it is for. While all of it waits too long, each class gets at most the same
 * share of what is in flight, and one that asks for less gets what it asks for: who is refused is always a class with much, never one with
 * little for the sake of another.
 *
 * How much fits is found by trial. Of the delays of a round, the least counts: a queue that is empty now and then takes bursts, one that never
 * is only makes everybody late. Bounds are halved after each round in which even that is too long, and rise slowly after others. Who
 * is not admitted may stand in line. Nobody is called from there: requests cannot wake each other on the platform, so each asks again.
 *
 * The platform drops a request's code when its client hangs up, so a permit may never be released. It stops counting for the share after two
 * seconds, or its class would have none for as long as requests may take, and at all at its expiry.
 */
export class FairAdmission {
  readonly #permits = new Set<Permit>();
  readonly #countByClass = new Map<string, number>();
  readonly #lineByClass = new Map<string, Set<Place>>();
  #inLine = 0;
  /** What one class, and all of them, may have in flight for the delays. */
  #share = Number.POSITIVE_INFINITY;
  #room = Number.POSITIVE_INFINITY;
  #round = newRound(0, 0, 0);
  /** When a delay was seen last. */
  #seenAtMs = Number.NEGATIVE_INFINITY;

  get inFlight(): number {
    return this.#permits.size;
  }

  /** How many stand in line, some of whom may have gone. */
  get inLine(): number {
    return this.#inLine;
  }

  /**
   * Null: not now. `place`: of whoever stands in line. `isPrior`: it is held to the limits, not to what the delays leave, and need not
   * stand in line.
   */
  admit(
    of: string,
    nowMs: number,
    expiresAtMs: number,
    limits: AdmissionLimits,
    { place = null, isPrior = false }: { readonly place?: Place | null; readonly isPrior?: boolean } = {},
  ): Permit | null {
    if (nowMs - this.#seenAtMs > FORGET_MS) this.#share = this.#room = Number.POSITIVE_INFINITY;
    if (!isPrior && place === null && this.#lengthOfLine(of, nowMs) > 0) return null;
    if (!this.#isWithin(of, limits)) {
      for (const permit of this.#permits) if (permit.expiresAtMs <= nowMs) this.release(permit);
      if (!this.#isWithin(of, limits)) return null;
    }
    if (!isPrior && !this.#hasShare(of, nowMs)) return null;
    if (place !== null) this.leave(place);
    const permit: Permit = { of, admittedAtMs: nowMs, expiresAtMs };
    this.#permits.add(permit);
    const count = (this.#countByClass.get(of) ?? 0) + 1;
    this.#countByClass.set(of, count);
    const round = this.#round;
    round.mostOfClass = Math.max(round.mostOfClass, count);
    round.mostInAll = Math.max(round.mostInAll, this.#permits.size);
    return permit;
  }

  /**
   * Stands in line, to ask for a permit again and again until then; all for as long. Null: refused, since the limits hold for what is in line
   * as well.
   */
  standInLine(of: string, nowMs: number, untilMs: number, limits: AdmissionLimits): Place | null {
    const ofClass = this.#lengthOfLine(of, nowMs) + (this.#countByClass.get(of) ?? 0);
    const inAll = this.#inLine + this.#permits.size;
    if (ofClass >= limits.maxInFlightOfClass || inAll >= limits.maxInFlight) return null;
    const place: Place = { of, untilMs };
    getOrInsert(this.#lineByClass, of, () => new Set<Place>()).add(place);
    this.#inLine++;
    return place;
  }

  /** Leaving it again changes nothing. */
  leave(place: Place): void {
    const line = this.#lineByClass.get(place.of);
    if (!line?.delete(place)) return;
    this.#inLine--;
    if (line.size === 0) this.#lineByClass.delete(place.of);
  }

  /** Releasing it again changes nothing. */
  release(permit: Permit): void {
    if (!this.#permits.delete(permit)) return;
    const count = this.#countByClass.get(permit.of)! - 1;
    if (count > 0) this.#countByClass.set(permit.of, count);
    else this.#countByClass.delete(permit.of);
  }

  /** Something that was admitted has had to wait for so long. */
  observe(delayMs: number, nowMs: number, { maxDelayMs }: AdmissionLimits): void {
    if (nowMs - this.#seenAtMs > FORGET_MS) this.#round = this.#nextRound(nowMs);
    this.#seenAtMs = nowMs;
    const round = this.#round;
    round.delays++;
    round.leastMs = Math.min(round.leastMs, delayMs);
    if (round.delays < ROUND_DELAYS || nowMs - round.beganAtMs < ROUND_MS) return;
    this.#share = adapted(this.#share, round.leastMs > maxDelayMs, round.mostOfClass, LEAST_OF_CLASS);
    this.#room = adapted(this.#room, round.leastMs > maxDelayMs * TOO_MUCH_IN_ALL, round.mostInAll, LEAST_IN_ALL);
    this.#round = this.#nextRound(nowMs);
  }

  #isWithin(of: string, { maxInFlight, maxInFlightOfClass }: AdmissionLimits): boolean {
    return this.#permits.size < maxInFlight && (this.#countByClass.get(of) ?? 0) < maxInFlightOfClass;
  }

  #hasShare(of: string, nowMs: number): boolean {
    const isEnough = (ofClass: number, inAll: number) => ofClass + 1 <= this.#share && inAll + 1 <= this.#room;
    if (isEnough(this.#countByClass.get(of) ?? 0, this.#permits.size)) return true;
    let ofClass = 0;
    let inAll = 0;
    for (const permit of this.#permits) {
      if (nowMs - permit.admittedAtMs > PERHAPS_GONE_MS) continue;
      inAll++;
      if (permit.of === of) ofClass++;
    }
    return isEnough(ofClass, inAll);
  }

  #lengthOfLine(of: string, nowMs: number): number {
    const line = this.#lineByClass.get(of);
    if (line === undefined) return 0;
    for (const place of line) {
      // They stand in the order in which they leave.
      if (place.untilMs > nowMs) break;
      this.leave(place);
    }
    return line.size;
  }

  #nextRound(nowMs: number): Round {
    return newRound(nowMs, this.#permits.size, Math.max(0, ...this.#countByClass.values()));
  }
}

/** Delays that are judged together, and the most that was in flight meanwhile. */
interface Round {
  readonly beganAtMs: number;
  delays: number;
  leastMs: number;
  mostInAll: number;
  mostOfClass: number;
}

const newRound = (beganAtMs: number, mostInAll: number, mostOfClass: number): Round => ({
  ...{ beganAtMs, mostInAll, mostOfClass },
  delays: 0,
  leastMs: Number.POSITIVE_INFINITY,
});

const adapted = (bound: number, isTooLate: boolean, most: number, least: number): number =>
  isTooLate ? Math.max(least, Math.min(bound, most) * FALL) : bound * RISE + RISE_BY;
