import { type Timers, wait } from '../../../src/lib/timers.ts';

/** Time in the test's hand: it moves only while something waits for it. */
export class FakeTimers implements Timers {
  ms: number;
  readonly #timers = new Set<{ readonly atMs: number; readonly callback: () => void }>();

  constructor(startMs: number) {
    this.ms = startMs;
  }

  now(): number {
    return this.ms;
  }

  setTimer(callback: () => void, delayMs: number): () => void {
    const timer = { atMs: this.ms + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  wait(durationMs: number): Promise<void> {
    return wait(this, durationMs);
  }

  /** When the next timer calls back; infinity if there is none. */
  get nextAtMs(): number {
    return Math.min(...[...this.#timers].map(({ atMs }) => atMs));
  }

  /** The work's outcome; whatever it waits for comes at once. */
  async settle<T>(work: Promise<T>): Promise<T> {
    let isOpen = true;
    const settled = work.finally(() => {
      isOpen = false;
    });
    settled.catch(() => {});
    while (isOpen) {
      await letRun();
      if (isOpen) this.#next(Number.POSITIVE_INFINITY);
    }
    return await settled;
  }

  /** Lets the time go on; what is due meanwhile comes in its order. */
  async advance(durationMs: number): Promise<void> {
    const endMs = this.ms + durationMs;
    await letRun();
    while (this.#next(endMs)) await letRun();
    this.ms = endMs;
  }

  #next(endMs: number): boolean {
    const [first] = [...this.#timers].sort((a, b) => a.atMs - b.atMs);
    if (first === undefined || first.atMs > endMs) return false;
    this.#timers.delete(first);
    this.ms = Math.max(this.ms, first.atMs);
    first.callback();
    return true;
  }
}

/** Lets everything run that waits for nothing but its turn; hashing comes back as a task of its own. */
async function letRun(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await scheduler.wait(1);
}
