import type { Read } from '../../shards/plan/read.ts';
import { lastChange, type StampDependency, type Stamps } from '../../shards/stamps.ts';
import type { Version } from '../../shards/version.ts';
import type { Entry } from '../entries/entry.ts';
import type { EntryKey } from '../entries/entry-key.ts';
import type { StampKnowledge, Verdict } from '../entries/judge-entry.ts';
import type { IsolateCache } from '../isolate/isolate-cache.ts';
import type { Requirement } from '../requirement.ts';
import type { LayeredStore } from '../stores/layered-store.ts';
import { entriesOf } from './read-through.ts';
import { verdictOn } from './verdict-on.ts';

/** An entry as one of the stores has it. */
interface InspectedCopy {
  readonly entry: Entry;
  /** By the stamps of now, for a request that begins now. */
  readonly verdict: Verdict;
  /** On this isolate's clock. */
  readonly ageMs: number;
}

interface MemoryCopy extends InspectedCopy {
  /** Until so long after it, readers do not look at the stamps again; milliseconds since 1970. */
  readonly checkedAtMs: number;
  readonly isTraced: boolean;
}

export interface InspectedStamp extends StampDependency {
  /** Version of the last change; null: there are no stamps in KV. */
  readonly lastChange: Version | null;
}

export interface InspectedEntry {
  readonly key: EntryKey;
  readonly kvKey: string;
  readonly stamps: readonly InspectedStamp[];
  /** Of this isolate; null: it is not there. */
  readonly memory: MemoryCopy | null;
  /** Null: it is not there, or there is no KV, or it does not answer. */
  readonly kv: InspectedCopy | null;
}

/**
 * The entries that would answer a read, and what their judge says of them. Changes nothing: it counts as no use, and removes nothing. One bulk get of KV;
 * no shard is asked.
 */
export async function inspectEntries(
  cache: IsolateCache,
  { memory, kv }: LayeredStore,
  read: Read,
  requirement: Requirement,
): Promise<InspectedEntry[]> {
  const keys = entriesOf(cache.model, read).map(({ key }) => key);
  const stamped = keys.flatMap(({ shardKey, dependencies }) => (dependencies.length > 0 && shardKey ? [shardKey] : []));
  const lookup = kv === null ? null : await kv.getMany(keys, new Set(stamped));
  const nowMs = cache.clock.now();
  const copyOf = (key: EntryKey, entry: Entry, knowledge: StampKnowledge): InspectedCopy => ({
    entry,
    verdict: verdictOn(cache, key, entry, knowledge, requirement, nowMs, nowMs),
    ageMs: Math.max(0, nowMs - entry.at),
  });
  return await Promise.all(
    keys.map(async (key): Promise<InspectedEntry> => {
      const stamps = key.shardKey === null ? null : (lookup?.stamps.get(key.shardKey) ?? null);
      const knowledge = knowledgeOf(key, kv !== null, stamps);
      const record = memory.peek(key);
      const stored = lookup?.entries.get(key);
      return {
        key,
        kvKey: await key.kvKey(),
        stamps: key.dependencies.map((each) => ({ ...each, lastChange: stamps && lastChange(stamps, each) })),
        memory: record
          ? {
              ...copyOf(key, record.entry, knowledge),
              checkedAtMs: record.checkedAtMs,
              isTraced: record.isTraced,
            }
          : null,
        kv: stored ? copyOf(key, stored, knowledge) : null,
      };
    }),
  );
}

/** Without KV there are no stamps, and entries live by their own times. */
function knowledgeOf({ dependencies }: EntryKey, hasKv: boolean, stamps: Stamps | null): StampKnowledge {
  if (!hasKv || dependencies.length === 0) return { state: 'unneeded' };
  return stamps === null ? { state: 'unknown' } : { state: 'known', stamps };
}
