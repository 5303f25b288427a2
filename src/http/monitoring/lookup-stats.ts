import type { Lookup } from '../../shards/plan/lookup.ts';

/** As often as the monitor wants to know that something is still looked up. */
const TOLD_EACH_MS = 3_600_000;
/** Of a report; the others come with the next ones. */
const MAX_LOOKUPS = 100;
/** That are known to have been told. */
const MAX_TOLD = 2_000;

/** What plans look up, each told once in an hour. */
export class LookupStats {
  #toldMs = new Map<string, number>();
  #untold = new Map<string, Lookup>();

  /** @param lookups that were made since the last time. */
  take(lookups: readonly Lookup[], nowMs: number): Lookup[] {
    for (const lookup of lookups) {
      const name = JSON.stringify(lookup);
      const toldMs = this.#toldMs.get(name);
      if (toldMs === undefined || Math.abs(nowMs - toldMs) >= TOLD_EACH_MS) this.#untold.set(name, lookup);
    }
    const taken = [...this.#untold].slice(0, MAX_LOOKUPS);
    if (this.#toldMs.size + taken.length > MAX_TOLD) this.#toldMs.clear();
    for (const [name] of taken) {
      this.#untold.delete(name);
      this.#toldMs.set(name, nowMs);
    }
    return taken.map(([, lookup]) => lookup);
  }
}
