import type { Timers } from '../../../lib/timers.ts';
import { deadlineExceeded } from '../failures.ts';

/**
 * The end of the time that some work has. One timer serves all that is waited for, and runs only while something is:
 * a timer left behind would outlive the request.
 */
export class Deadline {
  readonly atMs: number;
  readonly #timers: Timers;
  readonly #durationMs: number;
  readonly #waiting = new Set<(reason: Error) => void>();
  #cancelTimer: (() => void) | null = null;

  constructor(timers: Timers, durationMs: number) {
    this.#timers = timers;
    this.#durationMs = durationMs;
    this.atMs = timers.now() + durationMs;
  }

  /** Throws `DEADLINE_EXCEEDED` if the time is over. */
  check(): void {
    if (this.#timers.now() >= this.atMs) throw deadlineExceeded(this.#durationMs);
  }

  /** The promise's outcome, or `DEADLINE_EXCEEDED` if the time is over first (the work itself is not undone). */
  within<T>(promise: Promise<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.add(reject);
      this.#cancelTimer ??= this.#timers.setTimer(() => this.#expire(), Math.max(0, this.atMs - this.#timers.now()));
      promise.then(resolve, reject).finally(() => this.#settled(reject));
    });
  }

  #settled(reject: (reason: Error) => void): void {
    this.#waiting.delete(reject);
    if (this.#waiting.size > 0) return;
    this.#cancelTimer?.();
    this.#cancelTimer = null;
  }

  #expire(): void {
    for (const reject of this.#waiting) reject(deadlineExceeded(this.#durationMs));
    this.#waiting.clear();
    this.#cancelTimer = null;
  }
}
