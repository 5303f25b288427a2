/** What the cache does not hold: the shards are asked, and their answers kept. */

import type { AnswerSource } from '../../events/event.ts';
import type { Model } from '../../model/types.ts';
import type { AskShards, FreshAnswer, Read, ReadBack } from '../../shards/plan/read.ts';
import { type EntryKey, EntryKeyMaker } from '../entries/entry-key.ts';
import { rowEntryPlan, rowFromEntry } from '../entries/row-entry.ts';
import type { IsolateCache } from '../isolate/isolate-cache.ts';
import type { CacheWriter, SentAt } from './cache-writer.ts';

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
    const fresh = await this.#askShards({ ...read, cacheable: false });
    return fresh.map((answer) => this.#sourced(answer, sentAt));
  }

  /** Asks the shards for some entries of a read, and keeps their answers. */
  async fill(read: Read, entries: readonly KeyedEntry[]): Promise<Answers> {
    if (entries.length === 0) return NO_ANSWERS;
    const { model } = this.#cache;
    const isRow = entries[0]!.key.kind === 'row';
    const sentAt = this.#now();
    const fresh = await this.#askShards({
      plan: isRow ? read.plan.derived(rowEntryPlan, model) : read.plan,
      values: read.values,
      keys: entries.map(({ index }) => read.keys[index]!),
      shardKeys: read.shardKeys && entries.map(({ index }) => read.shardKeys![index]!),
      cacheable: true,
      lifeMs: lifeMsOf(entries[0]!.key),
    });
    return new Map(
      entries.map(({ key }, place) => {
        const answer = fresh[place]!;
        this.#writer.keep(key, answer, sentAt);
        const shown = isRow ? rowFromEntry(model, read, answer.answer) : answer.answer;
        return [key, { ...this.#sourced(answer, sentAt), answer: shown }];
      }),
    );
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
    return { plan, values, keys, cacheable: true, lifeMs: lifeMsOf(key), entry: key, sentAt: this.#now() };
  }

  /** Puts what a write has read back in the place of the row's old state. */
  adopt({ entry, sentAt }: HeldRow, [answer]: readonly FreshAnswer[]): void {
    if (answer !== undefined) this.#writer.keep(entry, answer, sentAt);
  }

  #sourced({ answer, snapshots, epoch }: FreshAnswer, { at }: SentAt): SourcedAnswer {
    return { answer, source: 'shard', snapshots, epoch, ageMs: Math.max(0, this.#cache.clock.now() - at) };
  }

  #now(): SentAt {
    const { clock } = this.#cache;
    return { at: clock.now(), maker: clock.name };
  }
}

const lifeMsOf = ({ life }: EntryKey): number => life.ttlMs + life.swrMs;
