import type { Timing } from '../../../src/shards/server/publish/timing.ts';

/** Time in the test's hand: it moves only while something waits for it. */
export class FakeTiming implements Timing {
  ms: number;
  readonly #waits = new Set<{ readonly atMs: number; readonly resolve: () => void }>();

  constructor(startMs: number) {
    this.ms = startMs;
  }

  now(): number {
    return this.ms;
  }

  wait(durationMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const entry = { atMs: this.ms + durationMs, resolve };
      this.#waits.add(entry);
      signal?.addEventListener('abort', () => {
        this.#waits.delete(entry);
        reject(new Error('aborted'));
      });
    });
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
    const [first] = [...this.#waits].sort((a, b) => a.atMs - b.atMs);
    if (first === undefined || first.atMs > endMs) return false;
    this.#waits.delete(first);
    this.ms = Math.max(this.ms, first.atMs);
    first.resolve();
    return true;
  }
}

/** Lets everything run that waits for nothing but its turn; hashing comes back as a task of its own. */
async function letRun(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await scheduler.wait(1);
}
