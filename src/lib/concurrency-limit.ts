/** Lets at most `limit` pieces of work run at once; the rest waits its turn in order. */
export class ConcurrencyLimit {
  readonly #limit: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= this.#limit) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await work();
    } finally {
      // The place passes on directly, so that newcomers cannot overtake.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running--;
    }
  }
}
