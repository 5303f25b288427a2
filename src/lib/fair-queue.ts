/**
 * A queue in which classes, such as tenants, take turns: whoever has many items waits for one's own, not those of others for them. Items of
 * one class keep their order.
 */
export class FairQueue<Item> {
  /** In the order of their turns; none is empty. */
  readonly #itemsByClass = new Map<string, Item[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(of: string, item: Item): void {
    this.#size++;
    const items = this.#itemsByClass.get(of);
    if (items) items.push(item);
    else this.#itemsByClass.set(of, [item]);
  }

  /** The first item of the class whose turn it is; undefined: there are none. */
  take(): Item | undefined {
    for (const [of, items] of this.#itemsByClass) {
      this.#size--;
      const item = items.shift();
      this.#itemsByClass.delete(of);
      if (items.length > 0) this.#itemsByClass.set(of, items);
      return item;
    }
    return undefined;
  }
}
