/**
 * The read path of one request: memory, then one bulk get from Workers KV, then the shards, whose answers are kept.
 * `judgeEntry` alone decides which entries may be used.
 */

import DataLoader from 'dataloader';
import type { CacheOutcome } from '../../events/event.ts';
import type { Awaitable } from '../../lib/awaitable.ts';
import { wait } from '../../lib/timers.ts';
import type { AskShards, FreshAnswer, Read } from '../../shards/plan/read.ts';
import { type EntryKey, type EntryLife, entryLifeOf } from '../entries/entry-key.ts';
import type { Verdict } from '../entries/judge-entry.ts';
import { canTakeFromEntry, rowFromEntry } from '../entries/row-entry.ts';
import type { IsolateCache } from '../isolate/isolate-cache.ts';
import type { Requirement } from '../requirement.ts';
import type { KvCounts } from '../stores/kv-store.ts';
import type { CacheHit, LayeredStore } from '../stores/layered-store.ts';
import { CacheWriter, type CacheWriterOptions } from './cache-writer.ts';
import {
  type Answers,
  entriesOf,
  type HeldRow,
  type KeyedEntry,
  ReadThrough,
  type SourcedAnswer,
} from './read-through.ts';
import { verdictOn } from './verdict-on.ts';

interface CacheReaderOptions extends CacheWriterOptions {
  readonly askShards: AskShards;
}

const NO_KV: KvCounts = { reads: 0, hits: 0, puts: 0, failedPuts: 0 };

/** Reads through the cache. One per request, whose start is what the staleness of BOUNDED reads counts from. */
export class CacheReader {
  readonly #cache: IsolateCache;
  readonly #store: LayeredStore;
  readonly #waitUntil: (work: Promise<unknown>) => void;
  readonly #writer: CacheWriter;
  readonly #shards: ReadThrough;
  readonly #requestStartMs: number;
  /** Batches the lookups of one tick into one bulk get. */
  #lookups: DataLoader<EntryKey, CacheHit | null, string> | null = null;

  constructor({ askShards, ...options }: CacheReaderOptions) {
    const { cache, store, waitUntil } = options;
    this.#cache = cache;
    this.#store = store;
    this.#waitUntil = waitUntil;
    this.#writer = new CacheWriter(options);
    this.#shards = new ReadThrough(cache, askShards, this.#writer);
    this.#requestStartMs = cache.clock.now();
  }

  /** What this request has asked of Workers KV. */
  get kvCounts(): KvCounts {
    return this.#store.kv?.counts ?? NO_KV;
  }

  /** How long answers to a plan are kept. */
  lifeOf(plan: Read['plan']): EntryLife {
    return entryLifeOf(plan, this.#cache.model);
  }

  /**
   * One answer per key, in order; at once where memory has all of them. Fails only as the shards do, with their error: never is an older
   * answer given instead.
   */
  read(read: Read, requirement: Requirement): Awaitable<readonly SourcedAnswer[]> {
    if (requirement.mode === 'STRONG') return this.#shards.ask(read);
    const entries = entriesOf(this.#cache.model, read);
    if (entries[0]?.key.kind === 'row' && !canTakeFromEntry(this.#cache.model, read.plan))
      return this.#shards.ask(read);
    const { evidence } = this.#writer;
    const inKv = new Set(isForKv(requirement) ? entries.filter(({ key }) => evidence.mayBeInKv(key)) : []);
    for (const { key } of inKv) evidence.countRead(key);
    const recent = entries.map((entry) => this.#readRecent(read, entry, requirement));
    return recent.every((answer) => answer !== null)
      ? recent
      : this.#readRest(read, entries, recent, inKv, requirement);
  }

  /** What memory does not have. */
  async #readRest(
    read: Read,
    entries: readonly KeyedEntry[],
    recent: readonly (SourcedAnswer | null)[],
    inKv: ReadonlySet<KeyedEntry>,
    requirement: Requirement,
  ): Promise<readonly SourcedAnswer[]> {
    const unseen = entries.filter((_, at) => recent[at] === null);
    const stored = await this.#readStored(
      read,
      unseen.filter((entry) => inKv.has(entry)),
      requirement,
    );
    const missing = unseen.filter(({ key }) => !stored.has(key));
    const fresh = await this.#readMissing(read, missing, requirement);
    return entries.map(({ key }, at) => recent[at] ?? stored.get(key) ?? fresh.get(key)!);
  }

  /** Asks the shards and keeps their answers, whatever is cached. If that fails, what is cached stays. */
  async refill(read: Read): Promise<void> {
    const entries = entriesOf(this.#cache.model, read);
    await this.#shards.fill(read, entries).catch(() => {
      for (const { key } of entries) this.#count('refresh-failed', 'shard', key);
    });
  }

  /**
   * The row that a write is about to change, if memory holds it: the write is to read it back, and `adopt` then puts it in
   * the place of the old one.
   *
   * @param read of one row, by its primary key.
   */
  heldRow(read: Read): HeldRow | null {
    return this.#shards.heldRow(read);
  }

  /** Takes what a write has read back, if anything. */
  adopt(held: HeldRow, readBack: readonly FreshAnswer[]): void {
    this.#shards.adopt(held, readBack);
  }

  /** What memory has and need not check again now. */
  #readRecent(read: Read, entry: KeyedEntry, requirement: Requirement): SourcedAnswer | null {
    const { key } = entry;
    const hit = isForKv(requirement) ? this.#store.getRecent(key, this.#cache.clock.now()) : this.#store.getAny(key);
    return hit === undefined ? null : this.#use(read, entry, hit, requirement);
  }

  /** What memory has, once its stamps are checked, and what KV has, as far as it is worth looking there. */
  async #readStored(read: Read, entries: readonly KeyedEntry[], requirement: Requirement): Promise<Answers> {
    const { evidence } = this.#writer;
    const lookups = evidence.lookups(entries);
    if (lookups.length === 0) return NONE;
    this.#lookups ??= createLookups(this.#store, this.#cache.clock.now);
    const loader = this.#lookups;
    const looked = lookups.map(({ entry }) => entry);
    const hits = await Promise.all(looked.map(({ key }) => loader.load(key)));
    const answers = answersOf(looked, (entry, at) => {
      const hit = hits[at];
      return hit ? this.#use(read, entry, hit, requirement) : null;
    });
    evidence.looked(lookups, (key) => answers.has(key));
    return answers;
  }

  /** Asks the shards for what no other request of the isolate is asking for, and waits a while for the rest. */
  async #readMissing(read: Read, missing: readonly KeyedEntry[], requirement: Requirement): Promise<Answers> {
    if (missing.length === 0) return NONE;
    const { leases, clock } = this.#cache;
    const nowMs = clock.now();
    const leased: KeyedEntry[] = [];
    const awaited: KeyedEntry[] = [];
    for (const entry of missing) {
      this.#count('miss', 'shard', entry.key);
      (leases.take(entry.key, nowMs) ? leased : awaited).push(entry);
    }
    const [filled, others] = await Promise.all([
      this.#shards.fillLeased(read, leased),
      this.#awaitOthers(read, awaited, requirement),
    ]);
    return others.size === 0 ? filled : new Map([...filled, ...others]);
  }

  /** An answer that another request fetches may not arrive, or not be fresh enough for this read, which then asks itself. */
  async #awaitOthers(read: Read, awaited: readonly KeyedEntry[], requirement: Requirement): Promise<Answers> {
    if (awaited.length === 0) return NONE;
    await Promise.all(awaited.map(({ key }) => this.#awaitFill(key)));
    const found = answersOf(awaited, (entry) => this.#readRecent(read, entry, requirement));
    const unanswered = awaited.filter(({ key }) => !found.has(key));
    return new Map([...found, ...(await this.#shards.fill(read, unanswered))]);
  }

  /** Waits until no request fetches the answer any more: it arrived, failed, or took too long. */
  async #awaitFill(key: EntryKey): Promise<void> {
    const { leases, clock, timers } = this.#cache;
    let pauseMs = FIRST_PAUSE_MS;
    while (leases.isHeld(key, clock.now())) {
      await wait(timers, pauseMs);
      pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS);
    }
  }

  /** The answer of an entry, if it may be used. */
  #use(read: Read, entry: KeyedEntry, hit: CacheHit, requirement: Requirement): SourcedAnswer | null {
    const { key } = entry;
    const { model, clock, leases } = this.#cache;
    const { record, layer, knowledge, stampsAtMs } = hit;
    const { snapshots, epoch, at } = record.entry;
    const nowMs = clock.now();
    const verdict = verdictOn(this.#cache, key, record.entry, knowledge, requirement, this.#requestStartMs, nowMs);
    this.#count(OUTCOME_OF[verdict], layer, key);
    // Otherwise a later look would skip the stamps, or each read would check them again.
    if (verdict === 'refused-by-stamp' || verdict === 'dead') {
      this.#store.memory.remove(key);
      this.#writer.evidence.recount(key, 1);
    }
    if (verdict !== 'fresh' && verdict !== 'stale') return null;
    if (stampsAtMs !== null) record.checkedAtMs = stampsAtMs;
    this.#writer.recordRead(key, record);
    if (verdict === 'stale' && leases.take(key, nowMs)) this.#waitUntil(this.#refresh(read, entry));
    const answer = key.kind === 'row' ? rowFromEntry(model, read, record.answer) : record.answer;
    return { answer, source: layer, snapshots, epoch, ageMs: Math.max(0, nowMs - at) };
  }

  /** Replaces a stale entry. If that fails it stays, to the end of its life (F21). */
  async #refresh(read: Read, entry: KeyedEntry): Promise<void> {
    await this.#shards.fillLeased(read, [entry]).catch(() => this.#count('refresh-failed', 'shard', entry.key));
  }

  #count(outcome: CacheOutcome, layer: SourcedAnswer['source'], { table }: EntryKey): void {
    this.#cache.report({ type: 'cache-answer', outcome, layer, table });
  }
}

const FIRST_PAUSE_MS = 4;
const LONGEST_PAUSE_MS = 64;

const NONE: Answers = new Map();

/**
 * Bounds below this, in milliseconds, are kept by memory and the shards alone: a location may see what was put to KV this much later, so
 * it would seldom hold what such a reader may have (developers.cloudflare.com/kv/concepts/how-kv-works).
 */
const LEAST_KV_BOUND_MS = 60_000;

const isForKv = ({ maxStalenessMs }: Requirement): boolean =>
  maxStalenessMs === null || maxStalenessMs >= LEAST_KV_BOUND_MS;

function answersOf(
  entries: readonly KeyedEntry[],
  answerTo: (entry: KeyedEntry, at: number) => SourcedAnswer | null,
): Answers {
  const answers = new Map<EntryKey, SourcedAnswer>();
  for (const [at, entry] of entries.entries()) {
    const answer = answerTo(entry, at);
    if (answer !== null) answers.set(entry.key, answer);
  }
  return answers;
}

const createLookups = (store: LayeredStore, now: () => number): DataLoader<EntryKey, CacheHit | null, string> =>
  new DataLoader(
    async (keys) => {
      const hits = await store.getMany(keys, now());
      return keys.map((key) => hits.get(key) ?? null);
    },
    { cache: false },
  );

const OUTCOME_OF: Readonly<Record<Verdict, CacheOutcome>> = {
  fresh: 'hit',
  stale: 'stale-hit',
  dead: 'dead',
  'refused-by-stamp': 'refused-by-stamp',
  'refused-by-bound': 'refused-by-bound',
  'refused-by-token': 'refused-by-token',
};
