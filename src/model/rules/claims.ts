/** Names that may be taken once. */
export class Claims {
  readonly #originByName = new Map<string, string>();

  /** Takes the name, and gives null; or gives who has it already. */
  claim(name: string, origin: string): string | null {
    const holder = this.#originByName.get(name);
    if (holder !== undefined) return holder;
    this.#originByName.set(name, origin);
    return null;
  }
}
