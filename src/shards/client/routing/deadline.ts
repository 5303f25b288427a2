import type { Timers } from '../../../lib/timers.ts';
import { deadlineExceeded } from '../failures.ts';

/** Somebody who waits, and what ends the wait. */
interface Waiting {
  /** Milliseconds since 1970. */
  readonly untilMs: number;
  readonly expire: () => void;
}

/**
 * The end of the time that some work has. One timer serves all that is waited for, and runs only while something is:
 * a timer left behind would outlive the request.
 */
export class Deadline {
  readonly atMs: number;
  readonly #timers: Timers;
  readonly #durationMs: number;
  readonly #waiting = new Set<Waiting>();
  #timer: { readonly atMs: number; readonly cancel: () => void } | null = null;

  constructor(timers: Timers, durationMs: number) {
    this.#timers = timers;
    this.#durationMs = durationMs;
    this.atMs = timers.now() + durationMs;
  }

  /** Throws `DEADLINE_EXCEEDED` if the time is over. */
  check(): void {
    if (this.#timers.now() >= this.atMs) throw deadlineExceeded(this.#durationMs);
  }

  /**
   * The promise's outcome, or `DEADLINE_EXCEEDED` if the time is over first (the work itself is not undone).
   *
   * @param failureOf what it fails with if the promise does. Default: the same.
   */
  within<T>(promise: Promise<T>, failureOf?: (cause: unknown) => Error): Promise<T> {
    return this.#until(this.atMs, promise, (_, reject) => reject(deadlineExceeded(this.#durationMs)), failureOf);
  }

  /** The outcome of work that may wait for something else, too; or that of `late` if it is not there by `untilMs`. The work goes on. */
  endingBy<T>(untilMs: number, work: Promise<T>, late: () => T): Promise<T> {
    return this.#until(untilMs, work, (resolve) => resolve(late()));
  }

  #until<T>(
    untilMs: number,
    work: Promise<T>,
    expire: (resolve: (value: T) => void, reject: (reason: Error) => void) => void,
    failureOf = (cause: unknown) => cause as Error,
  ): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      const waiting: Waiting = { untilMs, expire: () => expire(resolve, reject) };
      this.#waiting.add(waiting);
      // Whoever waits for longer than the deadline waits for calls that will set a timer for it.
      this.#arm(Math.min(untilMs, this.atMs));
      work.then(
        (value) => {
          this.#settled(waiting);
          resolve(value);
        },
        (cause: unknown) => {
          this.#settled(waiting);
          reject(failureOf(cause));
        },
      );
    });
  }

  #arm(atMs: number): void {
    if (this.#timer !== null && this.#timer.atMs <= atMs) return;
    this.#timer?.cancel();
    const cancel = this.#timers.setTimer(() => this.#expire(atMs), Math.max(0, atMs - this.#timers.now()));
    this.#timer = { atMs, cancel };
  }

  #settled(waiting: Waiting): void {
    this.#waiting.delete(waiting);
    if (this.#waiting.size > 0) return;
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** @param atMs when the timer was to end: the clock may be a little behind it. */
  #expire(atMs: number): void {
    this.#timer = null;
    const nowMs = Math.max(atMs, this.#timers.now());
    let nextMs = Number.POSITIVE_INFINITY;
    for (const waiting of this.#waiting) {
      if (waiting.untilMs > nowMs) {
        nextMs = Math.min(nextMs, waiting.untilMs);
        continue;
      }
      this.#waiting.delete(waiting);
      waiting.expire();
    }
    if (nextMs < Number.POSITIVE_INFINITY) this.#arm(nextMs);
  }
}
