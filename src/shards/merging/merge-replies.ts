import type { Model } from '../../model/types.ts';
import type { WireError } from '../errors.ts';
import type { Answer } from '../plan/answer.ts';
import { parsePlan } from '../plan/compiled-plan.ts';
import type { ReadCall } from '../plan/read.ts';
import type { WorkCounts } from '../protocol/envelope.ts';
import type { GatherAnswer, GatheredShard, GatherOutcome } from '../protocol/gather.ts';
import type { CallOutcome, ReadAnswer, ReadReply } from '../protocol/read.ts';
import { answerMerger, windowOf } from './merge-answers.ts';

/** What a shard has replied to the calls; null: its call threw. */
export interface ShardReply {
  readonly shard: string;
  readonly reply: ReadReply | null;
}

/** Makes one reply of those of several shards to the same calls. What fails is the call, with the reason of the first shard where it does. */
export function mergeReplies(model: Model, calls: readonly ReadCall[], replies: readonly ShardReply[]): GatherAnswer {
  const answered = replies.flatMap(({ shard, reply }) => (reply === null ? [] : [{ shard, reply }]));
  const ok = answered.flatMap(({ shard, reply }) => (reply.status === 'OK' ? [{ shard, reply }] : []));
  const outcomes = calls.map((call, at) =>
    mergeOutcomes(
      model,
      call,
      answered.map(({ reply }) => outcomeOf(reply, at)),
    ),
  );
  return {
    status: 'OK',
    epoch: Math.max(0, ...answered.map(({ reply }) => reply.epoch)),
    members: ok.map(({ shard, reply }) => memberOf(shard, reply)),
    unanswered: replies.flatMap(({ shard, reply }) => (reply === null ? [shard] : [])),
    slots: ok.flatMap(({ reply }) => reply.slots),
    placedAway: ok.flatMap(({ reply }) => reply.placedAway ?? []),
    outcomes,
    counts: ok.reduce<WorkCounts>(
      (sum, { shard, reply }) => addCounts(sum, inShard(reply.counts, shard)),
      NOTHING_DONE,
    ),
  };
}

/** A shard that refuses the whole request refuses each of its calls. */
function outcomeOf(reply: ReadReply, at: number): CallOutcome {
  switch (reply.status) {
    case 'OK':
      return reply.outcomes[at]!;
    case 'WRONG_SHARD':
      return { wrongShard: true };
    case 'REFUSED':
      return { error: reply.error };
  }
}

function mergeOutcomes(
  model: Model,
  { plan, values, keys }: ReadCall,
  outcomes: readonly CallOutcome[],
): GatherOutcome {
  const error = outcomes.reduce<WireError | null>(
    (first, each) => first ?? ('error' in each ? each.error : null),
    null,
  );
  if (error !== null) return { error };
  const parts: (readonly Answer[])[] = [];
  let rowsRead: number | undefined;
  for (const outcome of outcomes) {
    if ('isTooLarge' in outcome) return { isTooLarge: true };
    if (!('answers' in outcome)) return { wrongShard: true };
    parts.push(outcome.answers as readonly Answer[]);
    if (outcome.rowsRead !== undefined) rowsRead = (rowsRead ?? 0) + outcome.rowsRead;
  }
  const { node } = parsePlan(plan);
  const merge = answerMerger(model, node, windowOf(node, values), 'SOME_SHARDS');
  const answers = keys.map((_, key) => merge(parts.map((of) => of[key]!)));
  return { answers, ...(rowsRead !== undefined && { rowsRead }) };
}

const memberOf = (shard: string, { asOf, outcomes }: ReadAnswer): GatheredShard => ({
  shard,
  asOf,
  changed: outcomes.map((outcome) => ('answers' in outcome ? (outcome.changed?.[0] ?? asOf) : null)),
});

const NOTHING_DONE: WorkCounts = { statements: 0, rowsRead: 0, rowsWritten: 0 };

const addCounts = (a: WorkCounts, b: WorkCounts): WorkCounts => ({
  statements: a.statements + b.statements,
  rowsRead: a.rowsRead + b.rowsRead,
  rowsWritten: a.rowsWritten + b.rowsWritten,
  ...((a.work || b.work) && { work: [...(a.work ?? []), ...(b.work ?? [])] }),
});

const inShard = ({ work, ...counts }: WorkCounts, shard: string): WorkCounts =>
  work === undefined ? counts : { ...counts, work: work.map((each) => ({ ...each, shard })) };
