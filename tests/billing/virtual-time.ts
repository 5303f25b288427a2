import type { Timers } from '../../src/lib/timers.ts';

interface Timer {
  readonly atMs: number;
  readonly callback: () => void | Promise<void>;
  readonly owner: object;
}

/**
 * A time for Worker, shards, KV and queue, which passes only when a test lets it. What is due meanwhile happens in its order, and
 * comes to rest before the next.
 */
export class VirtualTime {
  #nowMs = Date.UTC(2026, 0, 1);
  readonly #timers = new Set<Timer>();
  #activity = 0;
  #underWay = 0;

  readonly now = (): number => this.#nowMs;

  /** Something happens: nobody is at rest. */
  readonly touch = (): void => {
    this.#activity++;
  };

  /** Runs what begins and ends with something happening; meanwhile it takes longer to be sure of rest. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.touch();
    this.#underWay++;
    try {
      return await work();
    } finally {
      this.#underWay--;
      this.touch();
    }
  }

  /** Timers that are gone once their owner is {@link forget forgotten}. `run`: where callbacks run. */
  timersOf(owner: object, run: (callback: () => void) => void | Promise<void>): Timers {
    return {
      now: this.now,
      setTimer: (callback, delayMs) => {
        if (delayMs <= 0) {
          const timer = setTimeout(callback, 0);
          return () => clearTimeout(timer);
        }
        return this.#add({ atMs: this.#nowMs + delayMs, owner, callback: () => run(callback) });
      },
    };
  }

  /** Calls back at a time. Gives what cancels it. */
  at(atMs: number, owner: object, callback: () => void | Promise<void>): () => void {
    return this.#add({ atMs: Math.max(atMs, this.#nowMs), owner, callback });
  }

  forget(owner: object): void {
    for (const timer of this.#timers) if (timer.owner === owner) this.#timers.delete(timer);
  }

  waits(owner: object): boolean {
    return [...this.#timers].some((timer) => timer.owner === owner);
  }

  async advance(ms: number, passed: (ms: number) => void): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (let events = 0; ; events++) {
      if (events > MOST_EVENTS)
        throw new Error(
          `Expected a time that passes, but got more than ${MOST_EVENTS} events: something wakes itself.`,
        );
      await this.rest();
      const next = [...this.#timers].reduce<Timer | null>(
        (least, timer) => (timer.atMs <= endMs && (least === null || timer.atMs < least.atMs) ? timer : least),
        null,
      );
      const atMs = next?.atMs ?? endMs;
      passed(Math.max(0, atMs - this.#nowMs));
      this.#nowMs = Math.max(this.#nowMs, atMs);
      if (next === null) return;
      this.#timers.delete(next);
      this.touch();
      // What it waits for may be later.
      void Promise.resolve(next.callback()).finally(this.touch);
    }
  }

  /** Time in which nothing is due. Throws if something is. */
  skip(ms: number): void {
    const endMs = this.#nowMs + ms;
    if ([...this.#timers].some(({ atMs }) => atMs <= endMs))
      throw new Error('Expected nothing to be due, but something is.');
    this.#nowMs = endMs;
  }

  /**
   * Nothing happens any more without time: all runs in one thread, so some turns of it without activity are enough. What is under way
   * may itself wait for time to pass, so it is given more of them, but is not waited for.
   */
  async rest(): Promise<void> {
    for (let turns = 0, seen = this.#activity; turns < (this.#underWay > 0 ? REST_TURNS : IDLE_TURNS); turns++) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (seen === this.#activity) continue;
      seen = this.#activity;
      turns = -1;
    }
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }
}

/** While something is under way, and while nothing is. */
const REST_TURNS = 12;
const IDLE_TURNS = 4;
/** Of one stretch of time, in which nobody asks anything. */
const MOST_EVENTS = 1_000;
