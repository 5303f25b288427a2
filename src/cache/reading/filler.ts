import type { AskShards, FreshAnswer, ReadBack, ShardRead } from '../../shards/shard-read.ts';
import { rowEntryNode, rowFromEntry } from '../entries/row-entry.ts';
import type { IsolateCache } from '../isolate-cache.ts';
import type { AnswerKeeper, Sent } from './answer-keeper.ts';
import type { SourcedAnswer } from './sourced-answer.ts';
import { type Wanted, wantedOf } from './wanted.ts';

/** Asks the shards for a request, and fills the cache with what they answer. */
export class Filler {
  readonly #cache: IsolateCache;
  readonly #askShards: AskShards;
  readonly #keeper: AnswerKeeper;

  constructor(cache: IsolateCache, askShards: AskShards, keeper: AnswerKeeper) {
    this.#cache = cache;
    this.#askShards = askShards;
    this.#keeper = keeper;
  }

  /** Asks the shards, and keeps nothing. */
  async ask(read: ShardRead): Promise<readonly SourcedAnswer[]> {
    const { at } = this.#now();
    const fresh = await this.#askShards({ ...read, cacheable: false });
    const ageMs = this.#cache.clock.now() - at;
    return fresh.map((answer) => sourced(answer, ageMs));
  }

  /** Asks the shards for some keys of a read, keeps their answers, and puts them in their places. */
  async fill(read: ShardRead, wanted: readonly Wanted[], answers: SourcedAnswer[]): Promise<void> {
    if (wanted.length === 0) return;
    const { model, clock } = this.#cache;
    const isRow = wanted[0]!.key.kind === 'row';
    const node = isRow ? rowEntryNode(model, read.node) : read.node;
    const sent = this.#now();
    const fresh = await this.#askShards({
      node,
      values: read.values,
      keys: wanted.map(({ index }) => read.keys[index]!),
      shardKeys: read.shardKeys && wanted.map(({ index }) => read.shardKeys![index]!),
      cacheable: true,
      lifeMs: lifeOf(wanted),
    });
    for (const [place, { index, key }] of wanted.entries()) {
      const answer = fresh[place]!;
      this.#keeper.keep(key, answer, sent);
      answers[index] = {
        ...sourced(answer, clock.now() - sent.at),
        answer: isRow ? rowFromEntry(model, read.node, answer.answer) : answer.answer,
      };
    }
  }

  /** The same for what this read holds the leases of; gives them up whatever happens. */
  async fillLeased(read: ShardRead, leased: readonly Wanted[], answers: SourcedAnswer[]): Promise<void> {
    try {
      await this.fill(read, leased, answers);
    } finally {
      for (const { key } of leased) this.#cache.leases.release(key);
    }
  }

  /**
   * Makes a write of the rows of `read`, under one shard key. Of those that memory holds as row entries, `write` is to read
   * the new state back with the write; it takes the old one's place, so that the next reader misses nothing.
   */
  async writeThrough<Written extends { readonly readBack: readonly FreshAnswer[] | null }>(
    read: ShardRead,
    write: (readBack: ReadBack | null) => Promise<Written>,
  ): Promise<Written> {
    const { memory, model } = this.#cache;
    const held = wantedOf(model, read).filter(({ key }) => key.kind === 'row' && memory.has(key));
    if (held.length === 0) return write(null);
    // The state after the commit is younger than the sending of the write.
    const sent = this.#now();
    const keys = held.map(({ index }) => read.keys[index]!);
    const node = rowEntryNode(model, read.node);
    const written = await write({ node, values: read.values, keys, cacheable: true, lifeMs: lifeOf(held) });
    for (const [place, answer] of (written.readBack ?? []).entries()) this.#keeper.keep(held[place]!.key, answer, sent);
    return written;
  }

  #now(): Sent {
    const { clock } = this.#cache;
    return { at: clock.now(), maker: clock.name };
  }
}

/** Of all keys of a read, which are of one plan. */
const lifeOf = ([first]: readonly Wanted[]): number => first!.key.life.ttlMs + first!.key.life.swrMs;

const sourced = ({ answer, snapshots, epoch }: FreshAnswer, ageMs: number): SourcedAnswer => ({
  answer,
  source: 'shard',
  snapshots,
  epoch,
  ageMs: Math.max(0, ageMs),
});
