import type { ExplainAnswer, ExplainRequest } from '../protocol/explain.ts';
import type { JsonText } from '../protocol/json-text.ts';
import { toJsonText } from '../protocol/json-text.ts';
import type { ShardState } from './shard-state.ts';
import { SqlSession } from './sql-session.ts';

/**
 * Tells how a call would be run. Nothing is read or written, so it does not matter whose the shard keys are: every shard
 * has the same tables.
 */
export function explainRead(shard: ShardState, { call }: ExplainRequest): JsonText<ExplainAnswer> {
  const session = new SqlSession(shard.storage.sql);
  const explained = shard.plans.explain(session, call, { visibleOnly: shard.ownership.hidesRows });
  return toJsonText<ExplainAnswer>({
    status: 'OK',
    epoch: shard.ownership.epoch,
    ...explained,
    counts: session.counts,
  });
}
