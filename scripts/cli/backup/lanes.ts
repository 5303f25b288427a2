/** Runs so many pieces of work at once. After a failure none begins. */
export class Lanes {
  readonly #count: number;
  readonly #running = new Set<Promise<void>>();
  #failure: { readonly error: unknown } | null = null;

  constructor(count: number) {
    this.#count = count;
  }

  /** Resolves when the work has begun. Throws what an earlier piece has failed with. */
  async run(work: () => Promise<void>): Promise<void> {
    while (this.#running.size >= this.#count) await Promise.race(this.#running);
    this.#check();
    const running: Promise<void> = work()
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** Resolves when all have ended. */
  async settle(): Promise<void> {
    await Promise.all(this.#running);
    this.#check();
  }

  #check(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}
