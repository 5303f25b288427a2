import type { EntryKey } from '../entries/entry-key.ts';
import type { KvStore } from './kv-store.ts';
import type { MemoryRecord, MemoryStore } from './memory-store.ts';
import type { SeenStamps } from './seen-stamps.ts';
import { type Stamping, Stampings, stampingOf, UNNEEDED } from './stampings.ts';

/** An entry that was found, with what its judge has to know. */
export interface CacheHit extends Stamping {
  readonly record: MemoryRecord;
  readonly layer: 'memory' | 'kv';
}

/**
 * Isolate memory in front of Workers KV. Without KV it is memory alone, whose entries live by their own times.
 *
 * With it, an entry that depends on stamps is served for `recheckMs` after it was read or its stamps were last looked at. Then they
 * are looked at again, unless nobody would have published them: what is not traced ends there. One look at the stamps of a shard key
 * serves all entries that depend on them.
 */
export class LayeredStore {
  readonly memory: MemoryStore;
  readonly kv: KvStore | null;
  readonly #recheckMs: number;
  readonly #seen: SeenStamps;

  /** `seen`: of the isolate, as the memory is. */
  constructor(memory: MemoryStore, kv: KvStore | null, recheckMs: number, seen: SeenStamps) {
    this.memory = memory;
    this.kv = kv;
    this.#recheckMs = recheckMs;
    this.#seen = seen;
  }

  /** What memory has and need not be checked again now; undefined: {@link getMany}. */
  getRecent(key: EntryKey, nowMs: number): CacheHit | undefined {
    const record = this.memory.get(key);
    if (record === undefined) return undefined;
    if (this.#isRecent(key, record, nowMs)) return { record, layer: 'memory', ...UNNEEDED };
    const seen = record.isTraced && key.shardKey !== null && this.#seen.recent(key.shardKey, nowMs);
    return seen ? { record, layer: 'memory', ...stampingOf(seen) } : undefined;
  }

  /** The same, however long ago it was checked: for readers who set a bound of their own to its age. */
  getAny(key: EntryKey): CacheHit | undefined {
    const record = this.memory.get(key);
    return record && { record, layer: 'memory', ...UNNEEDED };
  }

  /**
   * Looks at the stamps of what memory has, and for the rest at KV: one bulk get for all. If KV fails, there is nothing.
   * The reader that judges an entry records when its stamps were checked, or removes it.
   */
  async getMany(keys: readonly EntryKey[], nowMs: number): Promise<ReadonlyMap<EntryKey, CacheHit>> {
    const hits = new Map<EntryKey, CacheHit>();
    const { kv } = this;
    if (kv === null) return hits;
    const inMemory = new Map<EntryKey, MemoryRecord>();
    const absent: EntryKey[] = [];
    for (const key of keys) {
      const record = this.#checkable(key, nowMs);
      if (record === undefined) absent.push(key);
      else inMemory.set(key, record);
    }
    const stampings = new Stampings(this.#seen, keys, nowMs);
    const lookup = await kv.getMany(absent, stampings.unseen);
    if (lookup === null) return hits;
    stampings.lookedUp(lookup.stamps);
    const doubtful = stampings.doubtful(lookup.entries.keys());
    if (doubtful.size > 0) stampings.lookedUp((await kv.getMany([], doubtful))?.stamps ?? new Map());
    for (const [key, record] of inMemory) hits.set(key, { record, layer: 'memory', ...stampings.of(key) });
    for (const [key, entry] of lookup.entries) {
      const record = this.memory.add(key, entry, Number.NEGATIVE_INFINITY, IN_KV);
      // One that was read meanwhile is in its place, for a moment only if it is not traced.
      const isKept = record.entry === entry || record.isTraced || this.#isRecent(key, record, nowMs);
      const stamping = record.isTraced ? stampings.of(key) : UNNEEDED;
      if (isKept) hits.set(key, { record, layer: 'kv', ...stamping });
    }
    return hits;
  }

  #isRecent({ dependencies }: EntryKey, { checkedAtMs }: MemoryRecord, nowMs: number): boolean {
    if (this.kv === null || dependencies.length === 0) return true;
    const ageMs = nowMs - checkedAtMs;
    // A clock that stepped back must not put the next look off.
    return ageMs >= 0 && ageMs < this.#recheckMs;
  }

  /** What memory has and stamps tell about. What they do not is forgotten. */
  #checkable(key: EntryKey, nowMs: number): MemoryRecord | undefined {
    const record = this.memory.get(key);
    if (record === undefined || record.isTraced || this.#isRecent(key, record, nowMs)) return record;
    this.memory.remove(key);
    return undefined;
  }
}

/** Whoever put it there had a trace. */
const IN_KV = { isTraced: true, isInKv: true };
