import DataLoader from 'dataloader';
import { getOrInsert } from '../../../lib/get-or-insert.ts';
import { ShardQLError, wireToError } from '../../errors.ts';
import type { Answer } from '../../plan/answer.ts';
import { PROTOCOL_OF } from '../../protocol/envelope.ts';
import type { GatherAnswer, GatherRequest } from '../../protocol/gather.ts';
import { fromJsonText, rpcBytes, toJsonText } from '../../protocol/json-text.ts';
import type { AnswerState } from '../../seen-versions.ts';
import type { SlotRange } from '../../slots.ts';
import type { ShardConnection } from '../connection.ts';
import { requireShardBudget } from '../shard-budget.ts';
import type { AnswerBudget } from './answer-budget.ts';
import type { CallBudget } from './call-budget.ts';
import { type PartPlace, ReadBatch, type ReadPart } from './read-batch.ts';

/** The part of a scatter that several shards answer, gathered by the first of them. */
export interface GatherPart extends Omit<ReadPart, 'shard' | 'shardKeys' | 'cacheable' | 'lifeMs'> {
  readonly shards: readonly string[];
}

/** What the shards reply to a part. */
export type GatherReply =
  | {
      readonly status: 'OK';
      readonly epoch: number;
      readonly slots: readonly SlotRange[];
      /** As in `ReadAnswer`. */
      readonly placedAway: readonly SlotRange[];
      /** One per key, merged. */
      readonly answers: readonly Answer[];
      readonly snapshots: AnswerState['snapshots'];
      /** Shards that are not among them, and have to be asked by themselves. */
      readonly unanswered: readonly string[];
      /** By the statements of the call that the part is in. */
      readonly rowsRead: number;
      /** Bytes that are held for this part alone. */
      readonly heldBytes: number;
    }
  | { readonly status: 'WRONG_SHARD'; readonly epoch: number }
  | { readonly status: 'FAILED'; readonly error: unknown };

interface GatherBatch {
  readonly shards: readonly string[];
  readonly reads: ReadBatch;
}

/** What a shard does of which there is none: all its shards have to be asked by themselves. */
type BatchReply =
  | (GatherAnswer & { readonly bytes: number })
  | 'NOT_GATHERED'
  | Extract<GatherReply, { readonly status: 'FAILED' }>;

/** Gathers the parts of a tick that go to the same shards into one RPC. */
export class GatherLoader {
  readonly #connection: ShardConnection;
  readonly #budget: CallBudget;
  readonly #answers: AnswerBudget;
  readonly #loader: DataLoader<GatherPart, { readonly reply: Promise<GatherReply> }>;

  constructor(connection: ShardConnection, budget: CallBudget, answers: AnswerBudget) {
    this.#connection = connection;
    this.#budget = budget;
    this.#answers = answers;
    this.#loader = new DataLoader(async (parts) => this.#dispatch(parts), { cache: false });
  }

  /** Never rejects for expected failures. */
  async load(part: GatherPart): Promise<GatherReply> {
    const { reply } = await this.#loader.load(part);
    return await reply;
  }

  #dispatch(parts: readonly GatherPart[]): { readonly reply: Promise<GatherReply> }[] {
    const batchByPlace = new Map<string, GatherBatch>();
    const placed = parts.map((part) => {
      const { shards, asOf } = part;
      const [shard] = shards as [string];
      const place = `${asOf ?? ''} ${shards.join(' ')}`;
      const batch = getOrInsert(batchByPlace, place, () => ({ shards, reads: new ReadBatch({ shard, asOf }) }));
      return { batch, place: batch.reads.add({ ...part, shard, shardKeys: null, cacheable: false }) };
    });
    const { size } = batchByPlace;
    const replyByBatch = new Map([...batchByPlace.values()].map((batch) => [batch, this.#send(batch, size)]));
    return placed.map(({ batch, place }) => ({
      reply: replyByBatch.get(batch)!.then((reply) => partOf(reply, batch, place)),
    }));
  }

  #send(batch: GatherBatch, batches: number): Promise<BatchReply> {
    return this.#answers.oneOf(batches, async (maxBytes) => {
      const reply = await this.#ask(batch, maxBytes);
      return [reply, reply !== 'NOT_GATHERED' && reply.status === 'OK' ? reply.bytes : 0];
    });
  }

  async #ask({ shards, reads }: GatherBatch, maxBytes: () => number): Promise<BatchReply> {
    const { scope, router, caller } = this.#connection;
    const { deadline, trace } = scope;
    try {
      requireShardBudget(scope, shards);
      this.#budget.spend(shards.length);
      const { asOf } = reads;
      const past = asOf === undefined ? {} : { asOf, protocol: PROTOCOL_OF.recovery };
      const calls = reads.calls.map(({ call }) => ({ ...call, shardKeys: null }));
      const envelope = caller.envelope(reads.epoch, reads.shard);
      const request = () =>
        toJsonText<GatherRequest>({ ...envelope, calls, shards, maxGatheredBytes: maxBytes(), ...past });
      const span = trace.begin('gather', reads.shard);
      span?.set({ 'shardql.shards': shards });
      const text = await caller.call(reads.shard, { shardKey: null, deadline, span }, (stub) => stub.gather(request()));
      trace.received(text.length);
      const answer = fromJsonText(text);
      router.observeEpoch(answer.epoch);
      for (const shard of shards.slice(1)) trace.called(shard);
      if (answer.status === 'REFUSED') return { status: 'FAILED', error: wireToError(answer.error) };
      trace.worked(answer.counts, span);
      return { ...answer, bytes: rpcBytes(text) };
    } catch (error) {
      return isLacking(error) ? 'NOT_GATHERED' : { status: 'FAILED', error };
    }
  }
}

/** True for a shard of the release before, which has no such method. */
const isLacking = (error: unknown): boolean =>
  error instanceof ShardQLError && error.cause instanceof Error && /does not implement/.test(error.cause.message);

function partOf(reply: BatchReply, batch: GatherBatch, { callIndex, answerIndices }: PartPlace): GatherReply {
  const { shards, reads } = batch;
  if (reply === 'NOT_GATHERED') return { ...NO_ANSWERS, unanswered: shards };
  if (reply.status === 'FAILED') return reply;
  const { epoch, slots, placedAway, members, unanswered, counts, bytes } = reply;
  const outcome = reply.outcomes[callIndex]!;
  if ('isTooLarge' in outcome) return { ...NO_ANSWERS, unanswered: shards };
  if ('wrongShard' in outcome) return { status: 'WRONG_SHARD', epoch };
  if ('error' in outcome) return { status: 'FAILED', error: wireToError(outcome.error) };
  return {
    status: 'OK',
    epoch,
    slots,
    placedAway,
    answers: answerIndices.map((index) => outcome.answers[index] as Answer),
    snapshots: members.map(({ shard, asOf, changed }) => ({ shard, asOf, changed: changed[callIndex] ?? asOf })),
    unanswered,
    rowsRead: outcome.rowsRead ?? counts.rowsRead,
    heldBytes: reads.parts === 1 ? bytes : 0,
  };
}

const NO_ANSWERS = {
  status: 'OK',
  epoch: 0,
  slots: [],
  placedAway: [],
  answers: [],
  snapshots: [],
  rowsRead: 0,
  heldBytes: 0,
} as const;
