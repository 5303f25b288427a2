import { BoundedMap } from '../../lib/bounded-map.ts';
import type { EntryKey } from '../entries/entry-key.ts';

/** More than an isolate fetches at once. */
const MAX_LEASES = 10_000;

/**
 * Which answers the requests of an isolate are fetching. Many may miss the same answer at once: one asks the shard, the others
 * look again a moment later. They share no promise, which the platform forbids; if the one that asks is dropped, its lease
 * runs out.
 */
export class FillLeases {
  readonly #patienceMs: number;
  /** Requests that were dropped do not release theirs: the oldest are forgotten. */
  readonly #sinceByKey = new BoundedMap<string, number>(MAX_LEASES);

  constructor(patienceMs: number) {
    this.#patienceMs = patienceMs;
  }

  /** True: the caller is to fetch the answer, and to {@link release} the lease. False: another request does. */
  take(key: EntryKey, nowMs: number): boolean {
    if (this.isHeld(key, nowMs)) return false;
    this.#sinceByKey.set(key.text, nowMs);
    return true;
  }

  isHeld(key: EntryKey, nowMs: number): boolean {
    const sinceMs = this.#sinceByKey.get(key.text);
    return sinceMs !== undefined && nowMs >= sinceMs && nowMs - sinceMs < this.#patienceMs;
  }

  release(key: EntryKey): void {
    this.#sinceByKey.delete(key.text);
  }
}
