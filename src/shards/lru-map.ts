/** A map from texts that forgets the least recently used ones beyond a total of `capacity` characters of text. */
export class LruMap<V> {
  readonly #capacity: number;
  /** Least recently used first: a Map keeps insertion order. */
  readonly #entries = new Map<string, V>();
  #characters = 0;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: string): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  /** Adds a text that is not in the map. One longer than the whole capacity stays until the next is added. */
  add(key: string, value: V): void {
    for (const oldest of this.#entries.keys()) {
      if (this.#characters + key.length <= this.#capacity) break;
      this.#entries.delete(oldest);
      this.#characters -= oldest.length;
    }
    this.#entries.set(key, value);
    this.#characters += key.length;
  }
}
