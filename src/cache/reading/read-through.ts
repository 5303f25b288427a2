/** What the cache does not hold: the shards are asked, and their answers kept. */

import type { AnswerSource } from '../../events/event.ts';
import { wait } from '../../lib/timers.ts';
import type { Model } from '../../model/types.ts';
import { OtherRelease } from '../../shards/errors.ts';
import type { AskShards, FreshAnswer, FreshRead, Read, ReadBack } from '../../shards/plan/read.ts';
import { type EntryKey, EntryKeyMaker } from '../entries/entry-key.ts';
import { rowEntryPlan, rowFromEntry } from '../entries/row-entry.ts';
import type { IsolateCache } from '../isolate/isolate-cache.ts';
import { type CacheWriter, isTraced, type SentAt } from './cache-writer.ts';

/** An answer, and where it came from. */
export interface SourcedAnswer extends FreshAnswer {
  readonly source: AnswerSource;
  /** Observed age when it was given, in milliseconds on this isolate's clock. */
  readonly ageMs: number;
}

/** One key of a read, and the entry that holds its answer. */
export interface KeyedEntry {
  /** Of the read's keys. */
  readonly index: number;
  readonly key: EntryKey;
}

export function entriesOf(model: Model, { plan, values, keys, shardKeys }: Read): KeyedEntry[] {
  const maker = new EntryKeyMaker(model, plan, values, shardKeys !== null);
  return keys.map((key, index) => ({ index, key: maker.make(key, shardKeys?.[index] ?? null) }));
}

/** By the entries' own keys: two keys of a read that are equal are two entries. */
export type Answers = ReadonlyMap<EntryKey, SourcedAnswer>;

/** A row that memory holds and that is about to be written: its new state is to be read back with the write. */
export interface HeldRow extends ReadBack {
  readonly entry: EntryKey;
  /** The state after the commit is younger than the sending of the write. */
  readonly sentAt: SentAt;
}

const NO_ANSWERS: Answers = new Map();

/** How often, and after how many milliseconds, who warms KV asks again: a shard puts the stamps of a shard key once a second at most. */
const WARMING_ATTEMPTS = 4;
const WARMING_PAUSE_MS = 750;

/** Asks the shards for one request, and fills the cache with their answers. */
export class ReadThrough {
  readonly #cache: IsolateCache;
  readonly #askShards: AskShards;
  readonly #writer: CacheWriter;

  constructor(cache: IsolateCache, askShards: AskShards, writer: CacheWriter) {
    this.#cache = cache;
    this.#askShards = askShards;
    this.#writer = writer;
  }

  /** Asks the shards, and keeps nothing. One answer per key, in order. */
  async ask(read: Read): Promise<readonly SourcedAnswer[]> {
    const sentAt = this.#now();
    const fresh = await this.#askTimed({ ...read, cacheable: false });
    return fresh.map((answer) => this.#sourced(answer, sentAt));
  }

  /**
   * Asks the shards for some entries of a read, and keeps their answers. Where a shard of another release lacks a column of whole
   * rows, it is asked for what the read selects, and nothing is kept.
   */
  async fill(read: Read, entries: readonly KeyedEntry[]): Promise<Answers> {
    const [first] = entries;
    if (first === undefined) return NO_ANSWERS;
    const { partialRows, clock } = this.#cache;
    const { kind, table } = first.key;
    if (kind !== 'row') return await this.#fillWhole(read, entries);
    if (partialRows.has(table, clock.now())) return await this.#askFor(read, entries);
    try {
      return await this.#fillWhole(read, entries);
    } catch (error) {
      if (!(error instanceof OtherRelease)) throw error;
      partialRows.add(table, clock.now());
      return await this.#askFor(read, entries);
    }
  }

  /** Keeps nothing. */
  async #askFor(read: Read, entries: readonly KeyedEntry[]): Promise<Answers> {
    const answers = await this.ask({ ...read, ...keysOf(read, entries) });
    return new Map(entries.map(({ key }, place) => [key, answers[place]!]));
  }

  async #fillWhole(read: Read, entries: readonly KeyedEntry[]): Promise<Answers> {
    const { model } = this.#cache;
    const isRow = entries[0]!.key.kind === 'row';
    const question: FreshRead = {
      plan: isRow ? read.plan.derived(rowEntryPlan, model) : read.plan,
      values: read.values,
      ...keysOf(read, entries),
      cacheable: entries.some(({ key }) => this.#writer.isForKv(key)),
      lifeMs: lifeMsOf(entries[0]!.key),
      meter: read.meter,
    };
    const { sentAt, fresh } = await this.#askCovered(question, entries);
    return new Map(
      entries.map(({ key }, place) => {
        const answer = fresh[place]!;
        this.#writer.keep(key, answer, sentAt);
        const shown = isRow ? rowFromEntry(model, read, answer.answer) : answer.answer;
        return [key, { ...this.#sourced(answer, sentAt), answer: shown }];
      }),
    );
  }

  /** Who warms KV asks again until the shards cover the answers: they have to put stamps first where nobody has cached yet. */
  async #askCovered(
    question: FreshRead,
    entries: readonly KeyedEntry[],
  ): Promise<{ readonly sentAt: SentAt; readonly fresh: readonly FreshAnswer[] }> {
    const { timers } = this.#cache;
    for (let attempt = 1; ; attempt++) {
      const sentAt = this.#now();
      const fresh = await this.#askTimed(question);
      const isCovered = entries.every(({ key }, place) => isTraced(key, fresh[place]!.coveredMs));
      if (isCovered || !this.#writer.isWarming || attempt === WARMING_ATTEMPTS) return { sentAt, fresh };
      await wait(timers, WARMING_PAUSE_MS);
    }
  }

  /** Notes how far the shard is, if it is one. */
  async #askTimed(question: FreshRead): Promise<readonly FreshAnswer[]> {
    const { timers, distances } = this.#cache;
    const sentAtMs = timers.now();
    const fresh = await this.#askShards(question);
    const [shardKey, ...others] = question.shardKeys ?? [];
    if (shardKey !== undefined && others.every((each) => each === shardKey))
      distances.answered(shardKey, timers.now() - sentAtMs);
    return fresh;
  }

  /** The same for entries of which this read holds the leases; gives them up whatever happens. */
  async fillLeased(read: Read, leased: readonly KeyedEntry[]): Promise<Answers> {
    try {
      return await this.fill(read, leased);
    } finally {
      for (const { key } of leased) this.#cache.leases.release(key);
    }
  }

  /** What a write of the row of `read` is to read back, so that its next reader misses nothing; null: memory lacks the row. */
  heldRow(read: Read): HeldRow | null {
    const { memory, model } = this.#cache;
    const { key } = entriesOf(model, read)[0]!;
    if (key.kind !== 'row' || !memory.has(key)) return null;
    const { values, keys } = read;
    const plan = read.plan.derived(rowEntryPlan, model);
    const cacheable = this.#writer.isForKv(key);
    return { plan, values, keys, cacheable, lifeMs: lifeMsOf(key), entry: key, sentAt: this.#now() };
  }

  /** Puts what a write has read back in the place of the row's old state. */
  adopt({ entry, sentAt }: HeldRow, [answer]: readonly FreshAnswer[]): void {
    if (answer === undefined) return;
    this.#writer.evidence.recount(entry, 0);
    this.#writer.keep(entry, answer, sentAt);
  }

  #sourced({ answer, text, snapshots, epoch }: FreshAnswer, { at }: SentAt): SourcedAnswer {
    return { answer, text, source: 'shard', snapshots, epoch, ageMs: Math.max(0, this.#cache.clock.now() - at) };
  }

  #now(): SentAt {
    const { clock } = this.#cache;
    return { at: clock.now(), maker: clock.name };
  }
}

/** Of these entries alone. */
const keysOf = ({ keys, shardKeys }: Read, entries: readonly KeyedEntry[]): Pick<Read, 'keys' | 'shardKeys'> => ({
  keys: entries.map(({ index }) => keys[index]!),
  shardKeys: shardKeys && entries.map(({ index }) => shardKeys[index]!),
});

const lifeMsOf = ({ life }: EntryKey): number => life.ttlMs + life.swrMs;
