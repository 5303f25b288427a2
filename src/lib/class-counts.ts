/** How many there are of each class, such as a tenant, and of the largest; each change and look takes the same time, however many classes there are. */
export class ClassCounts {
  readonly #countByClass = new Map<string, number>();
  /** By count: how many classes have it. */
  readonly #classesWith: number[] = [];
  #most = 0;

  /** Of the class that has most. */
  get most(): number {
    return this.#most;
  }

  of(name: string): number {
    return this.#countByClass.get(name) ?? 0;
  }

  /** Gives how many there are then. */
  add(name: string): number {
    const count = this.of(name) + 1;
    this.#countByClass.set(name, count);
    this.#moved(count - 1, count);
    this.#most = Math.max(this.#most, count);
    return count;
  }

  /** One must be there. */
  remove(name: string): void {
    const count = this.of(name) - 1;
    if (count > 0) this.#countByClass.set(name, count);
    else this.#countByClass.delete(name);
    this.#moved(count + 1, count);
    if (count + 1 === this.#most && this.#classesWith[count + 1] === 0) this.#most = count;
  }

  #moved(from: number, to: number): void {
    if (from > 0) this.#classesWith[from]!--;
    if (to > 0) this.#classesWith[to] = (this.#classesWith[to] ?? 0) + 1;
  }
}
