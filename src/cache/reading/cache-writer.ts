import type { FreshAnswer } from '../../shards/plan/read.ts';
import type { Entry } from '../entries/entry.ts';
import type { EntryKey } from '../entries/entry-key.ts';
import type { IsolateCache } from '../isolate/isolate-cache.ts';
import type { LayeredStore } from '../stores/layered-store.ts';
import type { MemoryRecord } from '../stores/memory-store.ts';

/** A moment on the clock of the isolate: when a question was sent to a shard. */
export interface SentAt {
  readonly at: number;
  /** See {@link Entry.maker}. */
  readonly maker: string;
}

export interface CacheWriterOptions {
  readonly cache: IsolateCache;
  readonly store: LayeredStore;
  /** Keeps the request alive for work after its answer. */
  readonly waitUntil: (work: Promise<unknown>) => void;
  /** Entries go to KV when an isolate reads them for this many times. Default: the setting's. */
  readonly kvFillReads?: number;
}

/** Keeps the shards' answers to a request: in memory at once, in KV when they are read often enough. */
export class CacheWriter {
  readonly #cache: IsolateCache;
  readonly #store: LayeredStore;
  readonly #waitUntil: (work: Promise<unknown>) => void;
  readonly #kvFillReads: number;

  constructor({ cache, store, waitUntil, kvFillReads }: CacheWriterOptions) {
    this.#cache = cache;
    this.#store = store;
    this.#waitUntil = waitUntil;
    this.#kvFillReads = kvFillReads ?? cache.settings.kvFillReads;
  }

  keep(key: EntryKey, { answer, snapshots, epoch }: FreshAnswer, { at, maker }: SentAt): void {
    // An ambiguous key is an error of the question, not an answer.
    if (answer === 'ambiguous') return;
    const { memory, report } = this.#cache;
    const { ttlMs, swrMs } = key.life;
    const entry: Entry = { text: JSON.stringify(answer), snapshots, epoch, at, ttlMs, swrMs, maker };
    const record = memory.add(key, entry, at, false, answer);
    report({ type: 'cache-answer', outcome: 'fill', layer: 'memory', table: key.table });
    if (this.#kvFillReads <= 1 && record.entry === entry) this.#putIntoKv(key, record);
  }

  /** Counts a read of an entry that memory has. */
  recordRead(key: EntryKey, record: MemoryRecord): void {
    record.reads++;
    if (!record.isInKv && record.reads + 1 >= this.#kvFillReads) this.#putIntoKv(key, record);
  }

  #putIntoKv(key: EntryKey, record: MemoryRecord): void {
    record.isInKv = true;
    if (this.#store.kv !== null) this.#waitUntil(this.#store.kv.put(key, record.entry));
  }
}
