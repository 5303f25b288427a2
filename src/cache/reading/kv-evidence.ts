import type { EntryKey } from '../entries/entry-key.ts';
import type { IsolateCache } from '../isolate/isolate-cache.ts';
import type { LayeredStore } from '../stores/layered-store.ts';

/**
 * Which answers are worth looking up in Workers KV, and putting there. An answer that nobody asks for again costs a key read, a put and
 * the publishing of its changes for nothing, so both need evidence: that this isolate has read it before, within the time that an entry
 * lives; or, to look it up, that others put such answers there.
 */
export class KvEvidence {
  readonly #cache: IsolateCache;
  readonly #store: LayeredStore;

  constructor(cache: IsolateCache, store: LayeredStore) {
    this.#cache = cache;
    this.#store = store;
  }

  /**
   * Whether KV may serve an answer: from a near shard it costs less to read it than to look it up there. Answers of all shards
   * take a call to each.
   */
  mayBeInKv({ shardKey }: EntryKey): boolean {
    const { distances, settings } = this.#cache;
    return this.#store.kv !== null && (shardKey === null || distances.of(shardKey) >= settings.kvDistanceMs);
  }

  /** Counts a read that KV could serve. */
  countRead({ text, life }: EntryKey): void {
    const { reads, clock } = this.#cache;
    reads.add(text, clock.now(), life.ttlMs + life.swrMs);
  }

  /** The answer that was read so far is over: how often tells nothing of the next one. `reads`: of that, so far. */
  recount({ text }: EntryKey, reads: 0 | 1): void {
    this.#cache.reads.set(text, reads);
  }

  /** Whether an answer is read so often here that it is to be put there. */
  isReadAgain({ text }: EntryKey): boolean {
    const { reads, settings } = this.#cache;
    return reads.of(text) >= settings.kvFillReads;
  }

  /** Of those that KV may serve and memory does not: the ones to look up, each with whether that shows what lookups are good for. */
  lookups<Keyed extends { readonly key: EntryKey }>(entries: readonly Keyed[]): Lookup<Keyed>[] {
    const { memory, yields } = this.#cache;
    return entries.flatMap((entry): Lookup<Keyed>[] => {
      const { key } = entry;
      // What memory has is judged by stamps, if its shard publishes them.
      if (this.isReadAgain(key) || memory.peek(key)?.isTraced) return [{ entry, isTrial: false }];
      return yields.isWorthLooking(groupOf(key)) ? [{ entry, isTrial: true }] : [];
    });
  }

  /** Notes which of them were found. */
  looked(lookups: readonly Lookup<{ readonly key: EntryKey }>[], isFound: (key: EntryKey) => boolean): void {
    for (const { entry, isTrial } of lookups) {
      if (isTrial) this.#cache.yields.looked(groupOf(entry.key), isFound(entry.key));
    }
  }
}

interface Lookup<Keyed> {
  readonly entry: Keyed;
  readonly isTrial: boolean;
}

const groupOf = ({ kind, table, shardKey }: EntryKey): string => `${shardKey === null ? 'all' : kind} ${table}`;
