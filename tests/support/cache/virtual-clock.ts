/** Time that passes only when told to, with timers. */
export class VirtualClock {
  #nowMs: number;
  #timers: { readonly atMs: number; readonly callback: () => void }[] = [];

  constructor(nowMs = Date.UTC(2026, 0, 1)) {
    this.#nowMs = nowMs;
  }

  readonly now = (): number => this.#nowMs;

  readonly setTimer = (callback: () => void, delayMs: number): (() => void) => {
    const timer = { atMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
  };

  /** Lets time pass; timers run in their order, each at its time, and what they wake runs before the next. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      await settle();
      const nextMs = this.#nextMs();
      if (nextMs > endMs) break;
      this.#nowMs = Math.max(this.#nowMs, nextMs);
      const due = this.#timers.filter(({ atMs }) => atMs <= nextMs);
      this.#timers = this.#timers.filter(({ atMs }) => atMs > nextMs);
      for (const { callback } of due) callback();
    }
    this.#nowMs = endMs;
    await settle();
  }

  /** Advances from timer to timer until `work` is done. */
  async run<T>(given: T | Promise<T>): Promise<T> {
    const work = Promise.resolve(given);
    let isDone = false;
    const done = () => {
      isDone = true;
    };
    work.then(done, done);
    for (let idle = 0; !isDone; ) {
      await settle();
      if (isDone) break;
      const nextMs = this.#nextMs();
      if (nextMs !== Number.POSITIVE_INFINITY) await this.advance(Math.max(0, nextMs - this.#nowMs));
      else if (++idle > 1_000) throw new Error('Expected the work to end, but it waits for something other than time.');
    }
    return work;
  }

  #nextMs(): number {
    return this.#timers.reduce((least, { atMs }) => Math.min(least, atMs), Number.POSITIVE_INFINITY);
  }

  /** As clocks of machines may. */
  stepBack(ms: number): void {
    this.#nowMs -= ms;
  }
}

/** Chains of promises come to rest; digests take turns of the event loop. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setTimeout(resolve, 0));
}
