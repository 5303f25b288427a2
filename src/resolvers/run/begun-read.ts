import type { Awaitable } from '../../lib/awaitable.ts';
import type { ReadPlan, TargetPlan } from '../../plans/node-plan.ts';
import { textShapeOf } from '../../plans/text-shape.ts';
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
  if (before !== undefined) return field.isWritten ? before : { ...before, answers: asCells(before, asked) };
  const run = new ReadRun(read, field);
  const { isAlone } = field;
  const shape = field.isWritten && asked.shardKeys !== null && read.idSets.length === 0 ? textShapeOf(read.plan) : null;
  const answers = shape === null ? run.answers({ ...asked, isAlone }) : run.answerAsText({ ...asked, isAlone }, shape);
  const begun = { plan: read.plan, run, answers };
  known?.set(read, begun);
  return begun;
}

/** Rows that came as text are of no use to the executor: they are read once more. */
async function asCells<Plan extends TargetPlan>(
  { run, answers }: BegunRead<Plan>,
  asked: Pick<Read, 'keys' | 'shardKeys'>,
): Promise<readonly AnswerOf<Plan['compiled']['node']>[]> {
  const given = await answers;
  if (run.rowsText === null) return given;
  run.rowsText = null;
  return run.answers(asked);
}
