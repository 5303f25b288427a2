interface Kept<V> {
  readonly value: V;
  readonly characters: number;
}

/** A map from texts that forgets the least recently used ones beyond a total of `capacity` characters of text. */
export class LruMap<V> {
  readonly #capacity: number;
  /** Least recently used first: a Map keeps insertion order. */
  readonly #entries = new Map<string, Kept<V>>();
  #characters = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string): V | undefined {
    const kept = this.#entries.get(key);
    if (kept === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, kept);
    return kept.value;
  }

  /**
   * Adds a text that is not in the map. One longer than the whole capacity stays until the next is added.
   *
   * @param characters what it counts as: more than its own length if the value holds texts of its own.
   */
  add(key: string, value: V, characters = key.length): void {
    for (const [oldest, kept] of this.#entries) {
      if (this.#characters + characters <= this.#capacity) break;
      this.#entries.delete(oldest);
      this.#characters -= kept.characters;
    }
    this.#entries.set(key, { value, characters });
    this.#characters += characters;
  }
}
