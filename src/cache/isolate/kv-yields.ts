import { getOrInsert } from '../../lib/get-or-insert.ts';

interface Yield {
  /** Part of the last lookups that were found, from 0 to 1; later ones count for more. */
  found: number;
  /** Lookups that were thought about. */
  wanted: number;
}

/** How much the last lookup counts: some 40 without success, and the yield is low. */
const WEIGHT = 1 / 32;
/**
 * A lookup that finds nothing comes on top of the call to the shard. It takes a few milliseconds where a location knows the key, and
 * some fifty where it asks a store that is far itself; an answer spares a call of 50 ms or more. So about every fourth has to be found.
 */
const LEAST_YIELD = 1 / 4;
/** Where the yield is low, so many of so many lookups are made all the same, one after the other: one request pays for them. */
const SAMPLED = 16;
const SAMPLED_OF = 512;

/**
 * How many answers Workers KV had of those that this isolate had not read before: whether readers elsewhere have put them there. By kind
 * and table of entries, of which a model has few.
 */
export class KvYields {
  readonly #yieldByGroup = new Map<string, Yield>();

  /** Whether to look up an answer of which nothing else is known. */
  isWorthLooking(group: string): boolean {
    const known = getOrInsert(this.#yieldByGroup, group, (): Yield => ({ found: 1, wanted: 0 }));
    const isSampled = known.wanted++ % SAMPLED_OF < SAMPLED;
    return isSampled || known.found >= LEAST_YIELD;
  }

  /** Such an answer was looked up. */
  looked(group: string, isFound: boolean): void {
    const known = this.#yieldByGroup.get(group);
    if (known !== undefined) known.found += WEIGHT * ((isFound ? 1 : 0) - known.found);
  }
}
