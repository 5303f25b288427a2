import type { Entry } from '../entries/entry.ts';
import type { EntryKey } from '../entries/entry-key.ts';
import { judgeEntry, type StampKnowledge, type Verdict } from '../entries/judge-entry.ts';
import type { IsolateCache } from '../isolate/isolate-cache.ts';
import type { Requirement } from '../requirement.ts';

/** What the judge says of an entry at a moment, and what this isolate has written itself since the entry was read. Times are of this isolate's clock. */
export function verdictOn(
  { clock, settings, localWrites }: Pick<IsolateCache, 'clock' | 'settings' | 'localWrites'>,
  key: EntryKey,
  entry: Entry,
  knowledge: StampKnowledge,
  requirement: Requirement,
  requestStartMs: number,
  nowMs: number,
): Verdict {
  if (localWrites.hasChanged(key, entry.snapshots)) return 'refused-by-stamp';
  const { clockUncertaintyMs: uncertaintyMs } = settings;
  return judgeEntry(entry, key, knowledge, requirement, { requestStartMs, nowMs, clock: clock.name, uncertaintyMs });
}
