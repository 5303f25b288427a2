import type { Awaitable } from '../../lib/awaitable.ts';
import type { ReadPlan, TargetPlan } from '../../plans/node-plan.ts';
import type { AnswerOf } from '../../shards/plan/answer.ts';
import type { Read } from '../../shards/plan/read.ts';
import type { FieldRun } from './field-run.ts';
import { ReadRun } from './read-run.ts';

/** The read of a root field. */
export interface BegunRead<Plan extends TargetPlan = TargetPlan> {
  readonly plan: Plan;
  readonly run: ReadRun<Plan>;
  /** One. */
  readonly answers: Awaitable<readonly AnswerOf<Plan['compiled']['node']>[]>;
}

/** Begins a read, in the caller's tick; or goes on with the one that was begun before the executor was left to answer. */
export function beginRead<Plan extends TargetPlan>(
  read: ReadPlan<Plan>,
  field: FieldRun,
  asked: Pick<Read, 'keys' | 'shardKeys'>,
): BegunRead<Plan> {
  const { begun: known } = field.context;
  const before = known?.get(read) as BegunRead<Plan> | undefined;
  if (before !== undefined) return before;
  const run = new ReadRun(read, field);
  const begun = { plan: read.plan, run, answers: run.answers({ ...asked, isAlone: field.isAlone }) };
  known?.set(read, begun);
  return begun;
}
