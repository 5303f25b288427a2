import type { Bare } from '../protocol/envelope.ts';
import type { ExplainAnswer, ExplainRequest } from '../protocol/explain.ts';
import type { ReadSession } from '../sql/sql-session.ts';
import type { ShardReader } from './shard-state.ts';

/**
 * Describes how a call would be run. Nothing is read or written, so it does not matter whose the shard keys are: every
 * shard has the same tables.
 */
export function explainRead(
  { plans, ownership }: ShardReader,
  session: ReadSession,
  { call }: ExplainRequest,
): Bare<ExplainAnswer> {
  return { status: 'OK', statements: plans.explain(session, call, { visibleOnly: ownership.hidesRows }) };
}
