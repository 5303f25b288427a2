/** Lets at most `limit` pieces of work run at once; the rest waits its turn in order. */
export class ConcurrencyLimit {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.enter();
    if (turn !== null) await turn;
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  /** The same in two steps: null: it may begin at once; else when that resolves. Whoever has entered has to {@link leave}. */
  enter(): Promise<void> | null {
    if (this.#running >= this.#limit) return new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running++;
    return null;
  }

  leave(): void {
    // The place passes on directly, so that newcomers cannot overtake.
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running--;
  }
}
