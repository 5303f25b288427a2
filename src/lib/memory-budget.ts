/** What takes memory out of a budget. */
export interface Budgeted {
  /** In bytes, estimated. */
  readonly weight: number;
  /**
   * Gives up its oldest entry. False: it has none that it can give up.
   *
   * @param keepsLast an entry that is the only one was just set, and stays.
   */
  forgetOldest(keepsLast: boolean): boolean;
}

/**
 * Memory of an isolate that several caches share: those of all schemas in it, or of all objects. What one has more the others have
 * less; if there is not enough, the largest gives up its oldest entries, so that each of several has its part. Objects come and go
 * without a word, so their caches are held weakly.
 */
export class MemoryBudget {
  readonly bytes: number;
  #members: WeakRef<Budgeted>[] = [];
  /** At least what is used: of caches that are gone it learns when there is not enough. */
  #total = 0;

  constructor(bytes: number) {
    this.bytes = bytes;
  }

  /** What all caches together take now, in bytes, estimated. */
  get used(): number {
    return weightOf(this.#living());
  }

  join(member: Budgeted): void {
    this.#members.push(new WeakRef(member));
  }

  /** To be called after the weight of a cache has changed by so many bytes, other than by {@link Budgeted.forgetOldest}. */
  changed(member: Budgeted, bytes: number): void {
    this.#total += bytes;
    if (this.#total > this.bytes) this.#fit(member);
  }

  #fit(grown: Budgeted): void {
    let members = this.#living();
    this.#total = weightOf(members);
    while (this.#total > this.bytes && members.length > 0) {
      const largest = members.reduce((most, each) => (each.weight > most.weight ? each : most));
      const before = largest.weight;
      if (largest.forgetOldest(largest === grown)) this.#total += largest.weight - before;
      else members = members.filter((each) => each !== largest);
    }
  }

  #living(): Budgeted[] {
    const living = this.#members.flatMap((reference) => reference.deref() ?? []);
    if (living.length < this.#members.length) {
      this.#members = this.#members.filter((reference) => reference.deref() !== undefined);
    }
    return living;
  }
}

const weightOf = (members: readonly Budgeted[]): number => members.reduce((sum, { weight }) => sum + weight, 0);
