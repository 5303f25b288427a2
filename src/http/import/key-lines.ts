import { BoundedMap } from '../../lib/bounded-map.ts';

/** Bounds of the memory. The command line sends no more rows in one request. */
const MAX_KEYS = 8_000;
const MAX_CHARACTERS = 2_000_000;

/** Remembers on which line each of the last keys of a request came, in bounded memory. */
export class KeyLines {
  readonly #lineByKey = new BoundedMap<string, number>(MAX_CHARACTERS);

  /** The line on which the key came first, if that is remembered, else null. */
  record(key: string, line: number): number | null {
    const first = this.#lineByKey.get(key);
    if (first === undefined) this.#lineByKey.set(key, line, Math.max(key.length, MAX_CHARACTERS / MAX_KEYS));
    return first ?? null;
  }
}
