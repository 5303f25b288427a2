import type { Budgeted, MemoryBudget } from './memory-budget.ts';

interface Weighed<V> {
  value: V;
  weight: number;
}

const MAX_CHANGES = 1_000;

/**
 * A map that forgets its oldest entries once they weigh more than `capacity` together, or than there is in a budget that it shares
 * with others. The one that was set last stays, whatever its weight, until another is set.
 */
export class BoundedMap<K, V> implements Budgeted {
  readonly #capacity: number | MemoryBudget;
  readonly #onForget: ((value: V, key: K) => void) | undefined;
  /** Oldest first: a Map keeps the order of insertion. */
  readonly #entries = new Map<K, Weighed<V>>();
  /**
   * Stands before the oldest entry: all that it has passed were forgotten. A new one walks past the places of all that were, of which
   * there may be thousands; an old one holds all tables that the Map has had meanwhile.
   */
  #oldest: MapIterator<[K, Weighed<V>]> | null = null;
  /** Since it was made. */
  #changes = 0;
  #weight = 0;

  /**
   * @param capacity in the unit of the weights, which are bytes where it is a budget.
   * @param onForget called for each entry that is forgotten for want of room; not for those deleted.
   */
  constructor(capacity: number | MemoryBudget, onForget?: (value: V, key: K) => void) {
    this.#capacity = capacity;
    this.#onForget = onForget;
    if (typeof capacity === 'object') capacity.join(this);
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
    this.#changed();
    return entry.value;
  }

  /** Sets the value and the weight of a key, which becomes the newest. */
  set(key: K, value: V, weight = 1): void {
    const before = this.#entries.get(key);
    this.#entries.delete(key);
    this.#entries.set(key, { value, weight });
    this.#changed();
    this.#grow(weight - (before?.weight ?? 0));
  }

  forgetOldest(keepsLast: boolean): boolean {
    if (this.#entries.size === 0 || (keepsLast && this.#entries.size === 1)) return false;
    if (this.#oldest === null) {
      this.#oldest = this.#entries.entries();
      this.#changes = 0;
    }
    const [key, entry] = this.#oldest.next().value!;
    this.#entries.delete(key);
    this.#weight -= entry.weight;
    this.#onForget?.(entry.value, key);
    return true;
  }

  delete(key: K): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined) return false;
    this.#entries.delete(key);
    this.#changed();
    this.#grow(-entry.weight);
    return true;
  }

  clear(): void {
    this.#entries.clear();
    this.#grow(-this.#weight);
  }

  #changed(): void {
    if (this.#oldest !== null && ++this.#changes > MAX_CHANGES) this.#oldest = null;
  }

  #grow(weight: number): void {
    this.#weight += weight;
    if (typeof this.#capacity === 'object') this.#capacity.changed(this, weight);
    else while (this.#weight > this.#capacity && this.forgetOldest(true));
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
