/** What plans that an isolate has sent to shards look up, since it was last taken: of the isolate, like its events. */
import type { Lookup } from './lookup.ts';

/** Of so many plans; further ones are noted once these are taken and they are used again. */
const MAX_PLANS = 500;

let period = 1;
let used: (readonly Lookup[])[] = [];

/** The period in which a plan was noted last. A plan compares its own with it each time it is sent. */
export const usePeriod = (): number => period;

/**
 * Notes what a plan looks up. Gives the period that it is noted for; 0: there is no room.
 *
 * @param lookups of the plan, which itself is not held: nobody may ever take them.
 */
export function noteUsed(lookups: () => readonly Lookup[]): number {
  if (used.length >= MAX_PLANS) return 0;
  used.push(lookups());
  return period;
}

/** Of each plan once. */
export function takeLookups(): readonly Lookup[] {
  const taken = used;
  used = [];
  period++;
  return taken.flat();
}
