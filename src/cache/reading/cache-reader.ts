/**
 * The read path of one request: what memory has, then one bulk get from Workers KV, then the shards; and what the shards
 * answered is kept. Which of it may be used is decided by `judgeEntry` alone.
 */
import DataLoader from 'dataloader';
import type { AskShards, FreshAnswer, ReadBack, ShardRead } from '../../shards/shard-read.ts';
import type { Entry } from '../entries/entry.ts';
import { type EntryKey, EntryKeyMaker } from '../entries/entry-key.ts';
import { judgeEntry, type Verdict } from '../entries/judge-entry.ts';
import { rowEntryNode, rowFromEntry } from '../entries/row-entry.ts';
import type { IsolateCache } from '../isolate-cache.ts';
import type { CacheEvent } from '../metrics.ts';
import type { Requirement } from '../requirement.ts';
import type { KvCounts } from '../stores/kv-store.ts';
import type { Found, LayeredStore } from '../stores/layered-store.ts';
import { entryLife } from './entry-life.ts';
import type { SourcedAnswer } from './sourced-answer.ts';
import { waitForFill } from './wait-for-fill.ts';

export interface CacheReaderOptions {
  readonly cache: IsolateCache;
  readonly store: LayeredStore;
  readonly askShards: AskShards;
  /** Keeps the request alive for work after its answer. */
  readonly waitUntil: (work: Promise<unknown>) => void;
  /** Entries go to KV when an isolate reads them for this many times. Default: the setting's. */
  readonly kvFillReads?: number;
}

const NO_KV: KvCounts = { reads: 0, hits: 0, puts: 0, failedPuts: 0 };

/** One key of a read on its way. */
interface Wanted {
  readonly index: number;
  readonly key: EntryKey;
}

/** Reads through the cache. One per request: what BOUNDED reads may be older than is its start. */
export class CacheReader {
  readonly #cache: IsolateCache;
  readonly #store: LayeredStore;
  readonly #askShards: AskShards;
  readonly #waitUntil: (work: Promise<unknown>) => void;
  readonly #kvFillReads: number;
  readonly #requestStartMs: number;
  /** Gathers what the reads of a tick look for in KV into one bulk get. */
  #lookUps: DataLoader<EntryKey, Found | null, string> | null = null;

  constructor({ cache, store, askShards, waitUntil, kvFillReads }: CacheReaderOptions) {
    this.#cache = cache;
    this.#store = store;
    this.#askShards = askShards;
    this.#waitUntil = waitUntil;
    this.#kvFillReads = kvFillReads ?? cache.settings.kvFillReads;
    this.#requestStartMs = cache.clock.now();
  }

  /** What this request has asked of Workers KV; nothing where there is none. */
  get kvCounts(): KvCounts {
    return this.#store.kv?.counts ?? NO_KV;
  }

  /** One answer per key, in order. Fails only as the shards do: typed, and never with an older answer instead. */
  async read(read: ShardRead, requirement: Requirement): Promise<readonly SourcedAnswer[]> {
    if (requirement.mode === 'STRONG') return this.#readShards(read);
    const answers = new Array<SourcedAnswer>(read.keys.length);
    const unseen = this.#want(read).filter(({ index, key }) => {
      const found = this.#store.peek(key, this.#cache.clock.now());
      const answer = found && this.#use(read, { index, key }, found, requirement);
      if (answer) answers[index] = answer;
      return !answer;
    });
    const missing = unseen.length === 0 ? [] : await this.#readStores(read, unseen, requirement, answers);
    if (missing.length > 0) await this.#readMissing(read, missing, requirement, answers);
    return answers;
  }

  /** Asks the shards and keeps their answers, whatever is cached. Where that fails, what is cached stays. */
  async refill(read: ShardRead): Promise<void> {
    const wanted = this.#want(read);
    await this.#ask(read, wanted, []).catch(() => {
      for (const { key } of wanted) this.#cache.metrics.count('refresh-failed', 'shard', key.table);
    });
  }

  /**
   * Makes a write of the rows of `read`, under one shard key. Of those that memory holds as row entries, `write` is to read
   * the new state back with the write; it takes the old one's place, so that the next reader misses nothing.
   */
  async writeThrough<Written extends { readonly readBack: readonly FreshAnswer[] | null }>(
    read: ShardRead,
    write: (readBack: ReadBack | null) => Promise<Written>,
  ): Promise<Written> {
    const { memory, model, clock } = this.#cache;
    const held = this.#want(read).filter(({ key }) => key.kind === 'row' && memory.has(key));
    if (held.length === 0) return write(null);
    // The state after the commit is younger than the sending of the write.
    const at = clock.now();
    const maker = clock.name;
    const keys = held.map(({ index }) => read.keys[index]!);
    const node = rowEntryNode(model, read.node);
    const written = await write({ node, values: read.values, keys, cacheable: true });
    for (const [place, answer] of (written.readBack ?? []).entries()) this.#keep(held[place]!.key, answer, at, maker);
    return written;
  }

  #want({ node, values, keys, shardKeys }: ShardRead): Wanted[] {
    const maker = new EntryKeyMaker(this.#cache.model, node, values, shardKeys !== null);
    return keys.map((key, index) => ({ index, key: maker.make(key, shardKeys?.[index] ?? null) }));
  }

  async #readStores(
    read: ShardRead,
    unseen: readonly Wanted[],
    requirement: Requirement,
    answers: SourcedAnswer[],
  ): Promise<readonly Wanted[]> {
    if (this.#store.kv === null) return unseen;
    this.#lookUps ??= createLookUps(this.#store);
    const lookUps = this.#lookUps;
    const findings = await Promise.all(unseen.map(({ key }) => lookUps.load(key)));
    return unseen.filter(({ index, key }, at) => {
      const found = findings[at];
      const answer = found ? this.#use(read, { index, key }, found, requirement) : null;
      if (answer) answers[index] = answer;
      return !answer;
    });
  }

  /** Asks the shards for what nobody else of the isolate is asking for, and waits a while for the rest. */
  async #readMissing(
    read: ShardRead,
    missing: readonly Wanted[],
    requirement: Requirement,
    answers: SourcedAnswer[],
  ): Promise<void> {
    const { leases, clock, timing, metrics } = this.#cache;
    const mine: Wanted[] = [];
    const others: Wanted[] = [];
    const nowMs = clock.now();
    for (const each of missing) {
      metrics.count('miss', 'shard', each.key.table);
      (leases.take(each.key, nowMs) ? mine : others).push(each);
    }
    const fill = this.#fill(read, mine, answers);
    // What others fetch may not be fresh enough for this read: then it asks for itself.
    const waited = await Promise.all(
      others.map(async (each) => {
        await waitForFill(each.key, leases, clock, timing);
        const found = this.#store.peek(each.key, clock.now());
        const answer = found ? this.#use(read, each, found, requirement) : null;
        if (answer) answers[each.index] = answer;
        return answer ? [] : [each];
      }),
    );
    const unanswered = waited.flat();
    await Promise.all([fill, this.#ask(read, unanswered, answers)]);
  }

  /** The answer of an entry that was found, if it may be used. */
  #use(read: ShardRead, wanted: Wanted, found: Found, requirement: Requirement): SourcedAnswer | null {
    const { key } = wanted;
    const { clock, settings, metrics, leases, ownChanges } = this.#cache;
    const { record, layer, knowledge } = found;
    const nowMs = clock.now();
    const moment = {
      requestStartMs: this.#requestStartMs,
      nowMs,
      clock: clock.name,
      uncertaintyMs: settings.clockUncertaintyMs,
    };
    const { entry } = record;
    const verdict = ownChanges.hasChanged(key, entry.asOf)
      ? 'refused-by-stamp'
      : judgeEntry(entry, key.dependencies, knowledge, requirement, moment);
    metrics.count(EVENT_OF[verdict], layer, key.table);
    // Else it would count as looked at, or be looked at again and again.
    if (verdict === 'refused-by-stamp' || verdict === 'dead') this.#store.memory.remove(key);
    if (verdict !== 'fresh' && verdict !== 'stale') return null;
    if (knowledge.state !== 'recent') record.checkedAtMs = nowMs;
    record.reads++;
    if (!record.isInKv && record.reads + 1 >= this.#kvFillReads) {
      record.isInKv = true;
      if (this.#store.kv !== null) this.#waitUntil(this.#store.kv.put(key, record.entry));
    }
    if (verdict === 'stale' && leases.take(key, nowMs)) this.#waitUntil(this.#refresh(read, wanted));
    return {
      answer: key.kind === 'row' ? rowFromEntry(this.#cache.model, read.node, record.answer) : record.answer,
      source: layer,
      asOf: record.entry.asOf,
      changed: record.entry.changed,
      ageMs: Math.max(0, nowMs - record.entry.at),
      shards: [],
    };
  }

  /** Replaces a stale entry. If that fails it stays, to the end of its life (F21). */
  async #refresh(read: ShardRead, wanted: Wanted): Promise<void> {
    await this.#fill(read, [wanted], []).catch(() => {
      this.#cache.metrics.count('refresh-failed', 'shard', wanted.key.table);
    });
  }

  /** Asks the shards for what this read holds the leases of, and gives them up whatever happens. */
  async #fill(read: ShardRead, leased: readonly Wanted[], answers: SourcedAnswer[]): Promise<void> {
    try {
      await this.#ask(read, leased, answers);
    } finally {
      for (const { key } of leased) this.#cache.leases.release(key);
    }
  }

  /** Asks the shards, and keeps their answers. */
  async #ask(read: ShardRead, wanted: readonly Wanted[], answers: SourcedAnswer[]): Promise<void> {
    if (wanted.length === 0) return;
    const { model, clock } = this.#cache;
    const isRow = wanted[0]!.key.kind === 'row';
    const node = isRow ? rowEntryNode(model, read.node) : read.node;
    const at = clock.now();
    const maker = clock.name;
    const fresh = await this.#askShards({
      node,
      values: read.values,
      keys: wanted.map(({ index }) => read.keys[index]!),
      shardKeys: read.shardKeys && wanted.map(({ index }) => read.shardKeys![index]!),
      cacheable: true,
    });
    for (const [place, { index, key }] of wanted.entries()) {
      const answer = fresh[place]!;
      this.#keep(key, answer, at, maker);
      answers[index] = {
        ...sourced(answer, clock.now() - at),
        answer: isRow ? rowFromEntry(model, read.node, answer.answer) : answer.answer,
      };
    }
  }

  #keep(key: EntryKey, { answer, asOf, changed }: FreshAnswer, at: number, maker: string): void {
    // An ambiguous key is an error of the question, not an answer.
    if (answer === 'ambiguous') return;
    const { model, memory, metrics } = this.#cache;
    const { ttlMs, swrMs } = entryLife(model, key.tables);
    const entry: Entry = { text: JSON.stringify(answer), asOf, changed, at, ttlMs, swrMs, maker };
    const record = memory.add(key, entry, at, false, answer);
    metrics.count('fill', 'memory', key.table);
    if (this.#store.kv === null || this.#kvFillReads > 1 || record.entry !== entry) return;
    record.isInKv = true;
    this.#waitUntil(this.#store.kv.put(key, entry));
  }

  async #readShards(read: ShardRead): Promise<readonly SourcedAnswer[]> {
    const at = this.#cache.clock.now();
    const fresh = await this.#askShards({ ...read, cacheable: false });
    const ageMs = this.#cache.clock.now() - at;
    return fresh.map((answer) => sourced(answer, ageMs));
  }
}

const createLookUps = (store: LayeredStore): DataLoader<EntryKey, Found | null, string> =>
  new DataLoader(
    async (keys) => {
      const found = await store.lookUp(keys);
      return keys.map((key) => found.get(key) ?? null);
    },
    { cache: false },
  );

const EVENT_OF: Readonly<Record<Verdict, CacheEvent>> = {
  fresh: 'hit',
  stale: 'stale-hit',
  dead: 'dead',
  'refused-by-stamp': 'refused-by-stamp',
  'refused-by-bound': 'refused-by-bound',
  'refused-by-token': 'refused-by-token',
};

const sourced = (fresh: FreshAnswer, ageMs: number): SourcedAnswer => ({
  answer: fresh.answer,
  source: 'shard',
  asOf: fresh.asOf,
  changed: fresh.changed,
  ageMs: Math.max(0, ageMs),
  shards: fresh.shards,
});
