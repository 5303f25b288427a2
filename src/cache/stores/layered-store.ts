import type { ShardKey } from '../../shards/shard-key.ts';
import type { EntryKey } from '../entries/entry-key.ts';
import type { StampKnowledge } from '../entries/judge-entry.ts';
import type { KvStore } from './kv-store.ts';
import type { MemoryRecord, MemoryStore } from './memory-store.ts';

/** An entry that was found, with what its judge has to know. */
export interface CacheHit {
  readonly record: MemoryRecord;
  readonly layer: 'memory' | 'kv';
  readonly knowledge: StampKnowledge;
}

const UNNEEDED: StampKnowledge = { state: 'unneeded' };
const UNKNOWN: StampKnowledge = { state: 'unknown' };

/**
 * Isolate memory in front of Workers KV. Without KV it is memory alone, whose entries live by their own times.
 *
 * With it, an entry that depends on stamps is served for `recheckMs` after it was read or its stamps were last looked at. Then they
 * are looked at again, unless nobody would have published them: what is not traced ends there.
 */
export class LayeredStore {
  readonly memory: MemoryStore;
  readonly kv: KvStore | null;
  readonly #recheckMs: number;

  constructor(memory: MemoryStore, kv: KvStore | null, recheckMs: number) {
    this.memory = memory;
    this.kv = kv;
    this.#recheckMs = recheckMs;
  }

  /** What memory has and need not be checked again now; undefined: {@link getMany}. */
  getRecent(key: EntryKey, nowMs: number): CacheHit | undefined {
    const record = this.memory.get(key);
    if (record === undefined || !this.#isRecent(key, record, nowMs)) return undefined;
    return { record, layer: 'memory', knowledge: UNNEEDED };
  }

  /** The same, however long ago it was checked: for readers who set a bound of their own to its age. */
  getAny(key: EntryKey): CacheHit | undefined {
    const record = this.memory.get(key);
    return record && { record, layer: 'memory', knowledge: UNNEEDED };
  }

  /**
   * Looks at the stamps of what memory has, and for the rest at KV: one bulk get for all. If KV fails, there is nothing.
   * The reader that judges an entry records when its stamps were checked, or removes it.
   */
  async getMany(keys: readonly EntryKey[], nowMs: number): Promise<ReadonlyMap<EntryKey, CacheHit>> {
    const hits = new Map<EntryKey, CacheHit>();
    if (this.kv === null) return hits;
    const inMemory = new Map<EntryKey, MemoryRecord>();
    const absent: EntryKey[] = [];
    const shardKeys = new Set<ShardKey>();
    for (const key of keys) {
      const record = this.#checkable(key, nowMs);
      if (record === undefined) absent.push(key);
      else inMemory.set(key, record);
      if (key.shardKey !== null && key.dependencies.length > 0) shardKeys.add(key.shardKey);
    }
    const lookup = await this.kv.getMany(absent, shardKeys);
    if (lookup === null) return hits;
    const knowledgeOf = ({ shardKey, dependencies }: EntryKey): StampKnowledge =>
      shardKey === null || dependencies.length === 0 ? UNNEEDED : (lookup.stamps.get(shardKey) ?? UNKNOWN);
    for (const [key, record] of inMemory) hits.set(key, { record, layer: 'memory', knowledge: knowledgeOf(key) });
    for (const [key, entry] of lookup.entries) {
      const record = this.memory.add(key, entry, Number.NEGATIVE_INFINITY, IN_KV);
      // One that was read meanwhile is in its place, for a moment only if it is not traced.
      const isKept = record.entry === entry || record.isTraced || this.#isRecent(key, record, nowMs);
      if (isKept) hits.set(key, { record, layer: 'kv', knowledge: record.isTraced ? knowledgeOf(key) : UNNEEDED });
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
