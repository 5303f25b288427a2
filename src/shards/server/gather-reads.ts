import type { Model } from '../../model/types.ts';
import { LEAST_ANSWER_BYTES } from '../limits.ts';
import { mergeReplies, type ShardReply } from '../merging/merge-replies.ts';
import type { GatherAnswer, GatherOutcome, GatherRequest } from '../protocol/gather.ts';
import { fromJsonText, type JsonText, rpcBytes, toJsonText } from '../protocol/json-text.ts';
import type { ReadReply, ReadRequest } from '../protocol/read.ts';
import { MAX_ANSWER_BYTES } from './read/run/answer-size.ts';

/** Asks the shard of this name. */
export type AskForRead = (shard: string, request: JsonText<ReadRequest>) => Promise<JsonText<ReadReply>>;

/** Asks all shards of the request, `own` for the first of them, and merges what they reply. Shards that cannot be asked have not answered. */
export async function gatherReads(
  model: Model,
  { shards, maxGatheredBytes: maxBytes = MAX_ANSWER_BYTES, ...read }: GatherRequest,
  own: (request: ReadRequest) => JsonText<ReadReply> | Promise<JsonText<ReadReply>>,
  ask: AskForRead,
): Promise<JsonText<GatherAnswer>> {
  const [first, ...others] = shards;
  // All that they answer is held here until it is merged.
  const shared: ReadRequest = { ...read, maxBytes: Math.max(LEAST_ANSWER_BYTES, Math.floor(maxBytes / shards.length)) };
  const request = toJsonText<ReadRequest>(shared);
  // The others work while this shard does.
  const asked = others.map((shard) => replyOf(shard, () => ask(shard, request)));
  const replies = await Promise.all([replyOf(first!, async () => own(shared)), ...asked]);
  return fittingText(mergeReplies(model, read.calls, replies), Math.min(maxBytes, MAX_ANSWER_BYTES));
}

async function replyOf(shard: string, ask: () => Promise<JsonText<ReadReply>>): Promise<ShardReply> {
  try {
    return { shard, reply: fromJsonText(await ask()) };
  } catch {
    // The router asks it again, and reports what is wrong with it.
    return { shard, reply: null };
  }
}

/** Each outcome was made text alone, to know its size. */
function fittingText({ outcomes, ...rest }: GatherAnswer, maxBytes: number): JsonText<GatherAnswer> {
  let bytesLeft = maxBytes;
  const texts = outcomes.map((outcome) => {
    const text = toJsonText(outcome);
    const bytes = rpcBytes(text);
    if (bytes > bytesLeft) return toJsonText<GatherOutcome>({ isTooLarge: true });
    bytesLeft -= bytes;
    return text;
  });
  const envelope: Omit<GatherAnswer, 'outcomes'> = rest;
  return `${JSON.stringify(envelope).slice(0, -1)},"outcomes":[${texts.join(',')}]}`;
}
