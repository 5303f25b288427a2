import { holdsSeen, leastAsOf } from '../../shards/seen-versions.ts';
import { lastChange, type StampDependency, type Stamps } from '../../shards/stamps.ts';
import type { Requirement } from '../requirement.ts';
import type { Entry } from './entry.ts';
import type { EntryKey } from './entry-key.ts';

/** What is known of the stamps that an entry depends on. */
export type StampKnowledge =
  | { readonly state: 'known'; readonly stamps: Stamps }
  /** Nothing is known: there is no document, or none that is to be understood. Whatever depends on it may be old. */
  | { readonly state: 'unknown' }
  /** They need not be looked at: the answer is young enough, or depends on none. */
  | { readonly state: 'unneeded' };

/** The moment of a judgement, on this isolate's clock, in milliseconds since 1970. */
interface Moment {
  /** When the request began: what BOUNDED counts from. */
  readonly requestStartMs: number;
  readonly nowMs: number;
  /** See {@link Entry.maker}: the clock of this moment. */
  readonly clock: string;
  /** How far two clocks may differ, in milliseconds. */
  readonly uncertaintyMs: number;
}

export type Verdict = 'fresh' | 'stale' | 'dead' | 'refused-by-stamp' | 'refused-by-bound' | 'refused-by-token';

/**
 * May this entry be the answer? Pure. `fresh`: yes. `stale`: yes, and it has to be refreshed. All else: no, ask the shard.
 *
 * Whatever the mode, an entry is refused if it was read before something it depends on changed (C1), and when its life is
 * over. BOUNDED and SESSION do not rely on either: their own conditions hold if every invalidation was lost.
 */
export function judgeEntry(
  entry: Entry,
  { dependencies, life }: Pick<EntryKey, 'dependencies' | 'life'>,
  knowledge: StampKnowledge,
  requirement: Requirement,
  moment: Moment,
): Verdict {
  // Clocks may differ by the uncertainty, so another maker's entry may be that much older than it claims.
  const skewMs = entry.maker === moment.clock ? 0 : moment.uncertaintyMs;
  const ageMs = moment.nowMs + skewMs - entry.at;
  // It was made under the policy of its day, perhaps by another release: what holds is that and the one of today.
  if (ageMs >= Math.min(entry.ttlMs + entry.swrMs, life.ttlMs + life.swrMs)) return 'dead';
  if (isChanged(entry, dependencies, knowledge)) return 'refused-by-stamp';
  if (requirement.mode === 'STRONG') return 'refused-by-bound';
  if (!holdsSeen(entry, requirement.seen)) return 'refused-by-token';
  if (requirement.maxStalenessMs !== null) {
    return entry.at >= moment.requestStartMs - requirement.maxStalenessMs + skewMs ? 'fresh' : 'refused-by-bound';
  }
  return ageMs < Math.min(entry.ttlMs, life.ttlMs) ? 'fresh' : 'stale';
}

function isChanged(entry: Entry, dependencies: readonly StampDependency[], knowledge: StampKnowledge): boolean {
  switch (knowledge.state) {
    case 'known':
      return dependencies.some((dependency) => leastAsOf(entry) < lastChange(knowledge.stamps, dependency));
    case 'unknown':
      return dependencies.length > 0;
    case 'unneeded':
      return false;
  }
}
