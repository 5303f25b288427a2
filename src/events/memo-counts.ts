/** How often what an isolate remembers between requests was of use, since that was taken last. */
class MemoCounter {
  #hits = 0;
  #misses = 0;

  hit(): void {
    this.#hits++;
  }

  missed(): void {
    this.#misses++;
  }

  get counts(): { readonly hits: number; readonly misses: number } {
    return { hits: this.#hits, misses: this.#misses };
  }

  take(): { readonly hits: number; readonly misses: number } {
    const { counts } = this;
    this.#hits = 0;
    this.#misses = 0;
    return counts;
  }
}

/** Of all schemas of the isolate. */
export const MEMOS = { documents: new MemoCounter(), plans: new MemoCounter() } as const;
