interface Entry {
  /** Its count, and that of those whose place it took: for the choice of which one goes. */
  weight: number;
  count: number;
}

/**
 * Counts by name, of which only so many are kept: where there is no room for another, the one with the least goes, and the newcomer
 * inherits its weight, but not its count (Metwally et al., "Space-Saving", 2005). So a name with more than its part of all is there, and
 * none is counted too often.
 */
export class TopCounts {
  readonly #entries = new Map<string, Entry>();
  readonly #most: number;

  /** @param most names that are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  add(name: string, times: number): void {
    const known = this.#entries.get(name);
    if (known) {
      known.weight += times;
      known.count += times;
      return;
    }
    const weight = this.#entries.size < this.#most ? 0 : this.#dropLeast();
    this.#entries.set(name, { weight: weight + times, count: times });
  }

  addAll(counts: Readonly<Record<string, number>>): void {
    for (const [name, times] of Object.entries(counts)) this.add(name, times);
  }

  /** A copy. */
  toRecord(): Readonly<Record<string, number>> {
    return Object.fromEntries(Array.from(this.#entries, ([name, { count }]) => [name, count]));
  }

  /** The weight of the one that went. */
  #dropLeast(): number {
    let least = '';
    let fewest = Number.POSITIVE_INFINITY;
    for (const [name, { weight }] of this.#entries) {
      if (weight >= fewest) continue;
      least = name;
      fewest = weight;
    }
    this.#entries.delete(least);
    return fewest;
  }
}
