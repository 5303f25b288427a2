import type { Advice } from '../../advice.ts';
import type { AdviceFacts, Advisor } from './advice-facts.ts';
import { cachesNeverHit } from './cache-never-hit.ts';
import { hotKeys } from './hot-key.ts';
import { missingIndexes } from './missing-index.ts';
import { scatters } from './scatter.ts';
import { strongReads } from './strong-reads.ts';
import { unusedIndexes } from './unused-index.ts';

/** What helps most comes first. */
const ADVISORS: readonly Advisor[] = [missingIndexes, hotKeys, scatters, strongReads, cachesNeverHit, unusedIndexes];

/** All advice that the facts give. What was followed is not among it. */
export const advise = (facts: AdviceFacts): Advice[] => ADVISORS.flatMap((advisor) => [...advisor(facts)]);
