import { type Timers, wait } from '../../src/lib/timers.ts';

/** One time for all, in which nothing happens at once and everything in an order that a seed decides. */
export class SimulatedTime implements Timers {
  #nowMs = Date.UTC(2026, 0, 1);
  #timers: { readonly atMs: number; readonly callback: () => void }[] = [];

  readonly now = (): number => this.#nowMs;

  readonly setTimer = (callback: () => void, delayMs: number): (() => void) => {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  };

  readonly wait = (durationMs: number): Promise<void> => wait(this, durationMs);

  /** Timers run in their order, each at its time; what they wake comes to rest before the next. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      await settle();
      const nextMs = this.#timers.reduce((least, { atMs }) => Math.min(least, atMs), Number.POSITIVE_INFINITY);
      if (nextMs > endMs) break;
      this.#nowMs = Math.max(this.#nowMs, nextMs);
      const due = this.#timers.filter(({ atMs }) => atMs <= nextMs);
      this.#timers = this.#timers.filter(({ atMs }) => atMs > nextMs);
      for (const { callback } of due) callback();
    }
    this.#nowMs = endMs;
  }
}

/** Everything that waits for nothing but its turn runs: nothing in a history waits for the world outside. */
export const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A clock that is off by `skewMs`, and may be set back. */
export class SkewedClock {
  readonly #time: SimulatedTime;
  skewMs: number;

  constructor(time: SimulatedTime, skewMs: number) {
    this.#time = time;
    this.skewMs = skewMs;
  }

  /** In true time. */
  lookedAtMs = Number.NEGATIVE_INFINITY;

  readonly now = (): number => {
    this.lookedAtMs = this.#time.now();
    return Math.floor(this.#time.now() + this.skewMs);
  };
}
