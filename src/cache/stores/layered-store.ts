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

const RECENT: StampKnowledge = { state: 'recent' };
const NONE: StampKnowledge = { state: 'none' };

/** Isolate memory in front of Workers KV. Without KV it is memory alone, whose entries live by their own times. */
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
    if (record === undefined) return undefined;
    const hasStamps = this.kv !== null && key.dependencies.length > 0;
    const ageMs = nowMs - record.checkedAtMs;
    // A clock that stepped back must not put the next look off.
    if (hasStamps && (ageMs >= this.#recheckMs || ageMs < 0)) return undefined;
    return { record, layer: 'memory', knowledge: hasStamps ? RECENT : NONE };
  }

  /**
   * Looks at the stamps of what memory has, and for the rest at KV: one bulk get for all. If KV fails, there is nothing.
   * The reader that judges an entry records when its stamps were checked, or removes it.
   */
  async getMany(keys: readonly EntryKey[]): Promise<ReadonlyMap<EntryKey, CacheHit>> {
    const hits = new Map<EntryKey, CacheHit>();
    if (this.kv === null) return hits;
    const inMemory = new Map<EntryKey, MemoryRecord>();
    const absent: EntryKey[] = [];
    const shardKeys = new Set<ShardKey>();
    for (const key of keys) {
      const record = this.memory.get(key);
      if (record === undefined) absent.push(key);
      else inMemory.set(key, record);
      if (key.shardKey !== null && key.dependencies.length > 0) shardKeys.add(key.shardKey);
    }
    const lookup = await this.kv.getMany(absent, shardKeys);
    if (lookup === null) return hits;
    const knowledgeOf = ({ shardKey }: EntryKey): StampKnowledge =>
      (shardKey === null ? undefined : lookup.stamps.get(shardKey)) ?? NONE;
    for (const [key, record] of inMemory) hits.set(key, { record, layer: 'memory', knowledge: knowledgeOf(key) });
    for (const [key, entry] of lookup.entries) {
      const record = this.memory.add(key, entry, Number.NEGATIVE_INFINITY, true);
      hits.set(key, { record, layer: 'kv', knowledge: knowledgeOf(key) });
    }
    return hits;
  }
}
