interface Weighed<V> {
  value: V;
  weight: number;
}

/**
 * A map that forgets its oldest entries once they weigh more than `capacity` together. The one that was set last stays,
 * whatever its weight, until another is set.
 */
export class BoundedMap<K, V> {
  readonly #capacity: number;
  readonly #onForget: ((value: V, key: K) => void) | undefined;
  /** Oldest first: a Map keeps the order of insertion. */
  readonly #entries = new Map<K, Weighed<V>>();
  #weight = 0;

  /** @param onForget called for each entry that is forgotten for want of room; not for those deleted. */
  constructor(capacity: number, onForget?: (value: V, key: K) => void) {
    this.#capacity = capacity;
    this.#onForget = onForget;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** Of all entries together. */
  get weight(): number {
    return this.#weight;
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  /** Leaves the entry as old as it is. */
  get(key: K): V | undefined {
    return this.#entries.get(key)?.value;
  }

  /** As `get`, and makes the entry the newest: what is used that way is forgotten last. */
  use(key: K): V | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  /** Sets the value and the weight of a key, which becomes the newest. */
  set(key: K, value: V, weight = 1): void {
    this.delete(key);
    this.#entries.set(key, { value, weight });
    this.#weight += weight;
    for (const [oldest, entry] of this.#entries) {
      if (this.#weight <= this.#capacity || oldest === key) return;
      this.#entries.delete(oldest);
      this.#weight -= entry.weight;
      this.#onForget?.(entry.value, oldest);
    }
  }

  delete(key: K): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    this.#weight -= entry.weight;
    return this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
    this.#weight = 0;
  }

  /** Oldest first. */
  *[Symbol.iterator](): IterableIterator<[key: K, value: V]> {
    for (const [key, { value }] of this.#entries) yield [key, value];
  }

  /** Oldest first. */
  *values(): IterableIterator<V> {
    for (const { value } of this.#entries.values()) yield value;
  }
}
