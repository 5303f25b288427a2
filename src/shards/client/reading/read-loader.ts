import DataLoader from 'dataloader';
import { getOrInsert } from '../../../lib/get-or-insert.ts';
import { wireToError } from '../../errors.ts';
import type { Answer } from '../../plan/answer.ts';
import { PROTOCOL_OF } from '../../protocol/envelope.ts';
import { fromJsonText, toJsonText } from '../../protocol/json-text.ts';
import type { ReadAnswer, ReadRequest } from '../../protocol/read.ts';
import type { SlotRange } from '../../slots.ts';
import type { Version } from '../../version.ts';
import type { ShardConnection } from '../connection.ts';
import { shardFailed } from '../failures.ts';
import { requireShardBudget } from '../shard-budget.ts';
import type { CallBudget } from './call-budget.ts';
import { type PartPlace, ReadBatch, type ReadPart } from './read-batch.ts';

/** A shard's reply to a part of a read. */
type PartReply =
  | {
      readonly status: 'OK';
      readonly epoch: number;
      readonly slots: readonly SlotRange[];
      /** As in `ReadAnswer`. */
      readonly placedAway: readonly SlotRange[];
      readonly answers: readonly Answer[];
      readonly asOf: Version;
      /** One per answer. */
      readonly changed: readonly Version[];
      /** As in `FreshAnswer`. */
      readonly coveredMs: number | undefined;
      /** By the statements of the call that the part is in. */
      readonly rowsRead: number;
    }
  | { readonly status: 'WRONG_SHARD'; readonly epoch: number }
  | { readonly status: 'FAILED'; readonly error: unknown };

type BatchReply = ReadAnswer | Exclude<PartReply, { readonly status: 'OK' }>;

/** Gathers the parts of a tick that go to the same shard into one RPC. */
export class ReadLoader {
  readonly #connection: ShardConnection;
  /** Loads promises of replies, in an object so that they are not awaited here: a part must not wait for other shards. */
  readonly #loader: DataLoader<ReadPart, { readonly reply: Promise<PartReply> }>;
  readonly #budget: CallBudget;

  constructor(connection: ShardConnection, budget: CallBudget) {
    this.#connection = connection;
    this.#budget = budget;
    // Nothing is remembered beyond the tick: a later read must see what was written meanwhile.
    this.#loader = new DataLoader(async (parts) => this.#dispatch(parts), { cache: false });
  }

  /** Never rejects for expected failures. */
  async load(part: ReadPart): Promise<PartReply> {
    const { reply } = await this.#loader.load(part);
    return await reply;
  }

  #dispatch(parts: readonly ReadPart[]): { readonly reply: Promise<PartReply> }[] {
    const batchByPlace = new Map<string, ReadBatch>();
    const placed = parts.map((part) => {
      const place = `${part.asOf ?? ''} ${part.shard}`;
      const batch = getOrInsert(batchByPlace, place, () => new ReadBatch(part));
      return { batch, place: batch.add(part) };
    });
    const replyByBatch = new Map([...batchByPlace.values()].map((batch) => [batch, this.#send(batch)]));
    return placed.map(({ batch, place }) => ({
      reply: replyByBatch.get(batch)!.then((reply) => partOf(reply, place)),
    }));
  }

  async #send(batch: ReadBatch): Promise<BatchReply> {
    const { scope, router, caller } = this.#connection;
    const { settings, deadline, trace } = scope;
    try {
      requireShardBudget(scope, [batch.shard]);
      this.#budget.spend(1);
      const { calls, lifeMs, asOf } = batch;
      const past = asOf === undefined ? {} : { asOf, protocol: PROTOCOL_OF.recovery };
      const request = toJsonText<ReadRequest>({ ...caller.envelope(batch.epoch, batch.shard), calls, lifeMs, ...past });
      const span = trace.begin('read', batch.shard);
      const text = await caller.call(batch.shard, { shardKey: batch.soleShardKey, deadline, span }, (stub) =>
        stub.read(request),
      );
      trace.received(text.length);
      const answer = fromJsonText(text);
      router.observeEpoch(answer.epoch);
      switch (answer.status) {
        case 'WRONG_SHARD':
          return answer;
        case 'REFUSED':
          return { status: 'FAILED', error: wireToError(answer.error) };
        case 'OK':
          trace.worked(answer.counts, span);
          return answer;
        default:
          throw shardFailed(answer, settings.shedRetryAfterMs);
      }
    } catch (error) {
      return { status: 'FAILED', error };
    }
  }
}

function partOf(reply: BatchReply, { callIndex, answerIndices, shardKeyIndices }: PartPlace): PartReply {
  if (reply.status !== 'OK') return reply;
  const { epoch, asOf, slots, placedAway = [], outcomes, counts } = reply;
  const outcome = outcomes[callIndex]!;
  if ('wrongShard' in outcome) return { status: 'WRONG_SHARD', epoch };
  if ('error' in outcome) return { status: 'FAILED', error: wireToError(outcome.error) };
  return {
    status: 'OK',
    epoch,
    slots,
    placedAway,
    answers: answerIndices.map((index) => outcome.answers[index] as Answer),
    asOf,
    changed: shardKeyIndices.map((index) => outcome.changed?.[index] ?? asOf),
    coveredMs: outcome.coveredMs,
    rowsRead: outcome.rowsRead ?? counts.rowsRead,
  };
}
