import DataLoader from 'dataloader';
import { getOrInsert } from '../../../lib/get-or-insert.ts';
import { wireToError } from '../../errors.ts';
import type { Answer } from '../../plan/answer.ts';
import type { RowsText } from '../../plan/text-shape.ts';
import { PROTOCOL_OF } from '../../protocol/envelope.ts';
import { fromJsonText, rpcBytes, splitRowsText, toJsonText } from '../../protocol/json-text.ts';
import type { ReadAnswer, ReadRequest, TextPlace } from '../../protocol/read.ts';
import type { SlotRange } from '../../slots.ts';
import type { Version } from '../../version.ts';
import type { ShardConnection } from '../connection.ts';
import { answersTooLarge, shardFailed } from '../failures.ts';
import { requireShardBudget } from '../shard-budget.ts';
import type { AnswerBudget } from './answer-budget.ts';
import type { CallBudget } from './call-budget.ts';
import { type BatchedCall, type PartPlace, ReadBatch, type ReadPart } from './read-batch.ts';

/** A shard's reply to a part of a read. */
export type PartReply =
  | {
      readonly status: 'OK';
      readonly epoch: number;
      readonly slots: readonly SlotRange[];
      /** As in `ReadAnswer`. */
      readonly placedAway: readonly SlotRange[];
      readonly answers: readonly Answer[];
      /** Of the only answer; absent: they are in it. */
      readonly text?: RowsText | undefined;
      readonly asOf: Version;
      /** One per answer. */
      readonly changed: readonly Version[];
      /** As in `FreshAnswer`. */
      readonly coveredMs: number | undefined;
      /** By the statements of the call that the part is in. */
      readonly rowsRead: number;
      /** Bytes that are held for this part alone. */
      readonly heldBytes: number;
    }
  | { readonly status: 'WRONG_SHARD'; readonly epoch: number }
  | { readonly status: 'FAILED'; readonly error: unknown };

type BatchReply =
  | (ReadAnswer & { readonly bytes: number; readonly rowsText: string })
  | Exclude<PartReply, { readonly status: 'OK' }>;

/** Where the outcome of a call stands: those whose answers were too long for their share were made again. */
interface CallPlace {
  readonly reply: BatchReply;
  readonly at: number;
}

/** Gathers the parts of a tick that go to the same shard into one RPC. */
export class ReadLoader {
  readonly #connection: ShardConnection;
  /** Loads promises of replies, in an object so that they are not awaited here: a part must not wait for other shards. */
  readonly #loader: DataLoader<ReadPart, { readonly reply: Promise<PartReply> }>;
  readonly #budget: CallBudget;
  readonly #answers: AnswerBudget;

  constructor(connection: ShardConnection, budget: CallBudget, answers: AnswerBudget) {
    this.#connection = connection;
    this.#budget = budget;
    this.#answers = answers;
    // Nothing is remembered beyond the tick: a later read must see what was written meanwhile.
    this.#loader = new DataLoader(async (parts) => this.#dispatch(parts), { cache: false });
  }

  /** Never rejects for expected failures. */
  async load(part: ReadPart): Promise<PartReply> {
    const { reply } = await this.#loader.load(part);
    return await reply;
  }

  /** The same of all parts that there are in this tick: they are sent at once. */
  loadAll(parts: readonly ReadPart[]): Promise<PartReply>[] {
    return this.#dispatch(parts).map(({ reply }) => reply);
  }

  #dispatch(parts: readonly ReadPart[]): { readonly reply: Promise<PartReply> }[] {
    const batchByPlace = new Map<string, ReadBatch>();
    const placed = parts.map((part) => {
      const place = `${part.asOf ?? ''} ${part.shard}`;
      const batch = getOrInsert(batchByPlace, place, () => new ReadBatch(part));
      return { batch, place: batch.add(part) };
    });
    const { size } = batchByPlace;
    const repliesByBatch = new Map([...batchByPlace.values()].map((batch) => [batch, this.#send(batch, size)]));
    return placed.map(({ batch, place }) => ({
      reply: repliesByBatch.get(batch)!.then((calls) => this.#partOf(calls[place.callIndex]!, place, batch.parts)),
    }));
  }

  /** Gives the place of each call's outcome. */
  async #send(batch: ReadBatch, batches: number): Promise<readonly CallPlace[]> {
    const { calls } = batch;
    const first = await this.#answers.oneOf(batches, (maxBytes) => this.#ask(batch, calls, maxBytes));
    const places = calls.map((_, at): CallPlace => ({ reply: first, at }));
    if (!places.some(isTooLarge)) return places;
    const repeat = async (make: (call: Ask) => Promise<BatchReply> | null) => {
      const open = [...places.keys()].filter((index) => isTooLarge(places[index]!));
      if (open.length === 0) return;
      const others = open.map((index) => calls[index]!);
      const reply = await make((maxBytes) => this.#ask(batch, others, maxBytes));
      if (reply !== null) for (const [at, index] of open.entries()) places[index] = { reply, at };
    };
    await repeat((ask) => this.#answers.besideFew(batches, ask));
    await repeat((ask) => this.#answers.alone(ask));
    return places;
  }

  async #ask(
    batch: ReadBatch,
    calls: readonly BatchedCall[],
    maxBytes: () => number,
  ): Promise<readonly [BatchReply, number]> {
    const reply = await this.#reply(batch, calls, maxBytes);
    return [reply, reply.status === 'OK' ? reply.bytes : 0];
  }

  async #reply(batch: ReadBatch, calls: readonly BatchedCall[], maxBytes: () => number): Promise<BatchReply> {
    const { scope, router, caller } = this.#connection;
    const { settings, deadline, trace } = scope;
    try {
      requireShardBudget(scope, [batch.shard]);
      this.#budget.spend(1);
      const { lifeMs, asOf } = batch;
      const past = asOf === undefined ? {} : { asOf, protocol: PROTOCOL_OF.recovery };
      const envelope = caller.envelope(batch.epoch, batch.shard);
      const shapes = calls.some(({ shape }) => shape !== null) ? { shapes: calls.map(({ shape }) => shape) } : {};
      const asked = { calls: calls.map(({ call }) => call), ...shapes };
      const request = () => toJsonText<ReadRequest>({ ...envelope, ...asked, lifeMs, maxBytes: maxBytes(), ...past });
      const span = trace.begin('read', batch.shard);
      const text = await caller.call(batch.shard, { shardKey: batch.soleShardKey, deadline, span }, (stub) =>
        stub.read(request()),
      );
      trace.received(text.length);
      const [answer, rowsText] = 'shapes' in asked ? splitRowsText(text) : [fromJsonText(text), ''];
      router.observeEpoch(answer.epoch);
      switch (answer.status) {
        case 'WRONG_SHARD':
          return answer;
        case 'REFUSED':
          return { status: 'FAILED', error: wireToError(answer.error) };
        case 'OK':
          trace.worked(answer.counts, span);
          return { ...answer, bytes: rpcBytes(text), rowsText };
        default:
          throw shardFailed(answer, settings.shedRetryAfterMs);
      }
    } catch (error) {
      return { status: 'FAILED', error };
    }
  }

  /** @param parts of the batch: what is held for several cannot be let go of by one. */
  #partOf({ reply, at }: CallPlace, { answerIndices, shardKeyIndices }: PartPlace, parts: number): PartReply {
    if (reply.status !== 'OK') return reply;
    const { epoch, asOf, slots, placedAway = [], outcomes, counts, bytes } = reply;
    const outcome = outcomes[at]!;
    if ('wrongShard' in outcome) return { status: 'WRONG_SHARD', epoch };
    if ('isTooLarge' in outcome) return { status: 'FAILED', error: answersTooLarge(this.#answers.limit) };
    if ('error' in outcome) return { status: 'FAILED', error: wireToError(outcome.error) };
    return {
      status: 'OK',
      epoch,
      slots,
      placedAway,
      answers: answerIndices.map((index) => outcome.answers[index] as Answer),
      text: outcome.text && rowsTextOf(reply, at, outcome.text),
      asOf,
      changed: shardKeyIndices.map((index) => outcome.changed?.[index] ?? asOf),
      coveredMs: outcome.coveredMs,
      rowsRead: outcome.rowsRead ?? counts.rowsRead,
      heldBytes: parts === 1 ? bytes : 0,
    };
  }
}

/** The text of the rows of a call, which stands behind those of the calls before it. */
function rowsTextOf({ outcomes, rowsText }: Extract<BatchReply, ReadAnswer>, at: number, place: TextPlace): RowsText {
  let start = 0;
  for (const outcome of outcomes.slice(0, at)) if ('text' in outcome) start += outcome.text?.characters ?? 0;
  return { text: rowsText.slice(start, start + place.characters), rows: place.rows };
}

type Ask = (maxBytes: () => number) => Promise<readonly [BatchReply, number]>;

const isTooLarge = ({ reply, at }: CallPlace): boolean => reply.status === 'OK' && 'isTooLarge' in reply.outcomes[at]!;
