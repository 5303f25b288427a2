/** Bounds of the memory. The command line sends no more rows in one request. */
const MAX_KEYS = 8_000;
const MAX_CHARACTERS = 2_000_000;

/** Remembers on which line each of the last keys of a request came, in bounded memory. */
export class KeyLines {
  /** Oldest first. */
  readonly #lineByKey = new Map<string, number>();
  #characters = 0;

  /** The line on which the key came first, if that is remembered, else null. */
  record(key: string, line: number): number | null {
    const first = this.#lineByKey.get(key);
    if (first !== undefined) return first;
    for (const oldest of this.#lineByKey.keys()) {
      if (this.#lineByKey.size < MAX_KEYS && this.#characters + key.length <= MAX_CHARACTERS) break;
      this.#lineByKey.delete(oldest);
      this.#characters -= oldest.length;
    }
    this.#lineByKey.set(key, line);
    this.#characters += key.length;
    return null;
  }
}
