/**
 * The read path of one request: what memory has, then one bulk get from Workers KV, then the shards; and what the shards
 * answered is kept. Which of it may be used is decided by `judgeEntry` alone.
 */
import DataLoader from 'dataloader';
import type { CacheOutcome } from '../../events/event.ts';
import type { AskShards, FreshAnswer, ReadBack, ShardRead } from '../../shards/shard-read.ts';
import type { EntryKey } from '../entries/entry-key.ts';
import { judgeEntry, type Verdict } from '../entries/judge-entry.ts';
import { rowFromEntry } from '../entries/row-entry.ts';
import type { IsolateCache } from '../isolate-cache.ts';
import type { Requirement } from '../requirement.ts';
import type { KvCounts } from '../stores/kv-store.ts';
import type { Found, LayeredStore } from '../stores/layered-store.ts';
import { AnswerKeeper, type AnswerKeeperOptions } from './answer-keeper.ts';
import { Filler } from './filler.ts';
import type { SourcedAnswer } from './sourced-answer.ts';
import { waitForFill } from './wait-for-fill.ts';
import { type Wanted, wantedOf } from './wanted.ts';

export interface CacheReaderOptions extends AnswerKeeperOptions {
  readonly askShards: AskShards;
}

const NO_KV: KvCounts = { reads: 0, hits: 0, puts: 0, failedPuts: 0 };

/** Reads through the cache. One per request: what BOUNDED reads may be older than is its start. */
export class CacheReader {
  readonly #cache: IsolateCache;
  readonly #store: LayeredStore;
  readonly #waitUntil: (work: Promise<unknown>) => void;
  readonly #keeper: AnswerKeeper;
  readonly #filler: Filler;
  readonly #requestStartMs: number;
  /** Gathers what the reads of a tick look for in KV into one bulk get. */
  #lookUps: DataLoader<EntryKey, Found | null, string> | null = null;

  constructor({ askShards, ...options }: CacheReaderOptions) {
    const { cache, store, waitUntil } = options;
    this.#cache = cache;
    this.#store = store;
    this.#waitUntil = waitUntil;
    this.#keeper = new AnswerKeeper(options);
    this.#filler = new Filler(cache, askShards, this.#keeper);
    this.#requestStartMs = cache.clock.now();
  }

  /** What this request has asked of Workers KV; nothing where there is none. */
  get kvCounts(): KvCounts {
    return this.#store.kv?.counts ?? NO_KV;
  }

  /** One answer per key, in order. Fails only as the shards do: typed, and never with an older answer instead. */
  async read(read: ShardRead, requirement: Requirement): Promise<readonly SourcedAnswer[]> {
    if (requirement.mode === 'STRONG') return this.#filler.ask(read);
    const answers = new Array<SourcedAnswer>(read.keys.length);
    const unseen = wantedOf(this.#cache.model, read).filter(({ index, key }) => {
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
    const wanted = wantedOf(this.#cache.model, read);
    await this.#filler.fill(read, wanted, []).catch(() => {
      for (const { key } of wanted) this.#reportFailedRefresh(key);
    });
  }

  /** See {@link Filler.writeThrough}. */
  writeThrough<Written extends { readonly readBack: readonly FreshAnswer[] | null }>(
    read: ShardRead,
    write: (readBack: ReadBack | null) => Promise<Written>,
  ): Promise<Written> {
    return this.#filler.writeThrough(read, write);
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
    const { leases, clock, timers, report } = this.#cache;
    const mine: Wanted[] = [];
    const others: Wanted[] = [];
    const nowMs = clock.now();
    for (const each of missing) {
      report({ type: 'cache-answer', outcome: 'miss', layer: 'shard', table: each.key.table });
      (leases.take(each.key, nowMs) ? mine : others).push(each);
    }
    const fill = this.#filler.fillLeased(read, mine, answers);
    // What others fetch may not be fresh enough for this read: then it asks for itself.
    const waited = await Promise.all(
      others.map(async (each) => {
        await waitForFill(each.key, leases, clock, timers);
        const found = this.#store.peek(each.key, clock.now());
        const answer = found ? this.#use(read, each, found, requirement) : null;
        if (answer) answers[each.index] = answer;
        return answer ? [] : [each];
      }),
    );
    const unanswered = waited.flat();
    await Promise.all([fill, this.#filler.fill(read, unanswered, answers)]);
  }

  /** The answer of an entry that was found, if it may be used. */
  #use(read: ShardRead, wanted: Wanted, found: Found, requirement: Requirement): SourcedAnswer | null {
    const { key } = wanted;
    const { clock, settings, report, leases, ownChanges } = this.#cache;
    const { record, layer, knowledge } = found;
    const nowMs = clock.now();
    const moment = {
      requestStartMs: this.#requestStartMs,
      nowMs,
      clock: clock.name,
      uncertaintyMs: settings.clockUncertaintyMs,
    };
    const { entry } = record;
    const verdict = ownChanges.hasChanged(key, entry.snapshots)
      ? 'refused-by-stamp'
      : judgeEntry(entry, key, knowledge, requirement, moment);
    report({ type: 'cache-answer', outcome: OUTCOME_OF[verdict], layer, table: key.table });
    // Else it would count as looked at, or be looked at again and again.
    if (verdict === 'refused-by-stamp' || verdict === 'dead') this.#store.memory.remove(key);
    if (verdict !== 'fresh' && verdict !== 'stale') return null;
    if (knowledge.state !== 'recent') record.checkedAtMs = nowMs;
    this.#keeper.wasRead(key, record);
    if (verdict === 'stale' && leases.take(key, nowMs)) this.#waitUntil(this.#refresh(read, wanted));
    return {
      answer: key.kind === 'row' ? rowFromEntry(this.#cache.model, read.node, record.answer) : record.answer,
      source: layer,
      snapshots: entry.snapshots,
      epoch: entry.epoch,
      ageMs: Math.max(0, nowMs - entry.at),
    };
  }

  /** Replaces a stale entry. If that fails it stays, to the end of its life (F21). */
  async #refresh(read: ShardRead, wanted: Wanted): Promise<void> {
    await this.#filler.fillLeased(read, [wanted], []).catch(() => this.#reportFailedRefresh(wanted.key));
  }

  #reportFailedRefresh({ table }: EntryKey): void {
    this.#cache.report({ type: 'cache-answer', outcome: 'refresh-failed', layer: 'shard', table });
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

const OUTCOME_OF: Readonly<Record<Verdict, CacheOutcome>> = {
  fresh: 'hit',
  stale: 'stale-hit',
  dead: 'dead',
  'refused-by-stamp': 'refused-by-stamp',
  'refused-by-bound': 'refused-by-bound',
  'refused-by-token': 'refused-by-token',
};
