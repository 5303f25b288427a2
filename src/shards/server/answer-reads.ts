import { errorToWire, ShardQLError } from '../errors.ts';
import type { ReadCall } from '../plan.ts';
import type { CallOutcome, ReadAnswer, ReadRequest } from '../protocol.ts';
import { AnswerSizes } from './read/answer-size.ts';
import { ownsKey, type ShardState } from './shard-state.ts';
import { SqlSession } from './sql-session.ts';

/**
 * Answers all calls of a request from one state of the shard: this function is synchronous, so no commit and no change
 * of ownership comes in between. A call that fails, or names a shard key of another shard, does so alone.
 */
export function answerReads(shard: ShardState, request: ReadRequest): ReadAnswer {
  const session = new SqlSession(shard.storage.sql);
  const sizes = new AnswerSizes();
  const outcomes = request.calls.map((call) => answerCall(shard, session, call, sizes));
  return {
    status: 'OK',
    epoch: shard.ownership.epoch,
    asOf: shard.clock.asOf(),
    slots: shard.ownership.ranges,
    outcomes,
    counts: session.counts,
  };
}

function answerCall(shard: ShardState, session: SqlSession, call: ReadCall, sizes: AnswerSizes): CallOutcome {
  if (call.shardKeys?.some((key) => !ownsKey(shard, key))) return { wrongShard: true };
  try {
    return { answers: shard.plans.run(session, call, { visibleOnly: shard.ownership.hidesRows }, sizes) };
  } catch (error) {
    if (error instanceof ShardQLError) return { error: errorToWire(error) };
    throw error;
  }
}
