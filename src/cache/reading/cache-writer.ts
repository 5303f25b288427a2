import type { FreshAnswer } from '../../shards/plan/read.ts';
import type { Entry } from '../entries/entry.ts';
import type { EntryKey } from '../entries/entry-key.ts';
import type { IsolateCache } from '../isolate/isolate-cache.ts';
import type { LayeredStore } from '../stores/layered-store.ts';
import type { MemoryRecord } from '../stores/memory-store.ts';
import { KvEvidence } from './kv-evidence.ts';

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
  /** Answers are read for KV: they go there however seldom they are read. Default: no. */
  readonly isWarming?: boolean;
}

/** Whether changes are published for as long as an answer is kept. `coveredMs`: see `FreshAnswer`. */
export const isTraced = ({ dependencies, life }: EntryKey, coveredMs = 0): boolean =>
  dependencies.length === 0 || coveredMs >= life.ttlMs + life.swrMs;

/** Keeps the shards' answers to a request: in memory at once, in KV when they are read often enough. */
export class CacheWriter {
  readonly #cache: IsolateCache;
  readonly #store: LayeredStore;
  readonly #waitUntil: (work: Promise<unknown>) => void;
  /** See {@link CacheWriterOptions.isWarming}; false without KV. */
  readonly isWarming: boolean;
  readonly evidence: KvEvidence;

  constructor({ cache, store, waitUntil, isWarming = false }: CacheWriterOptions) {
    this.#cache = cache;
    this.#store = store;
    this.#waitUntil = waitUntil;
    this.isWarming = isWarming && store.kv !== null;
    this.evidence = new KvEvidence(cache, store);
  }

  keep(key: EntryKey, { answer, snapshots, epoch, coveredMs = 0 }: FreshAnswer, { at, maker }: SentAt): void {
    // An ambiguous key is an error of the question, not an answer.
    if (answer === 'ambiguous') return;
    const { memory, report } = this.#cache;
    const { ttlMs, swrMs } = key.life;
    const entry: Entry = { text: JSON.stringify(answer), snapshots, epoch, at, ttlMs, swrMs, maker };
    const record = memory.add(key, entry, at, { isTraced: isTraced(key, coveredMs), isInKv: false }, answer);
    report({ type: 'cache-answer', outcome: 'fill', layer: 'memory', table: key.table });
    if (record.entry === entry) this.#putIntoKv(key, record);
  }

  /** Whether an answer that is read now is for KV, and its shard is to leave a trace for it. */
  isForKv(key: EntryKey): boolean {
    return this.isWarming || (this.evidence.isReadAgain(key) && this.evidence.mayBeInKv(key));
  }

  /** An entry that memory has was read. */
  recordRead(key: EntryKey, record: MemoryRecord): void {
    if (!record.isInKv) this.#putIntoKv(key, record);
  }

  /** Only what its shard has left a trace for: changes of all else would not be told to those who find it there. */
  #putIntoKv(key: EntryKey, record: MemoryRecord): void {
    if (!record.isTraced || !this.isForKv(key)) return;
    record.isInKv = true;
    this.#waitUntil(this.#store.kv!.put(key, record.entry));
  }
}
