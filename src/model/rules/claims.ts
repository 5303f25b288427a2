/** Names that may be taken once. Origins become texts only when there is something to report. */
export class Claims<Origin> {
  readonly #originByName = new Map<string, Origin>();

  /** Takes the name, and gives null; or gives who has it already. */
  claim(name: string, origin: Origin): Origin | null {
    const holder = this.#originByName.get(name);
    if (holder !== undefined) return holder;
    this.#originByName.set(name, origin);
    return null;
  }
}
