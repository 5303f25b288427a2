import { type GraphQLSchema, getVariableValues } from 'graphql';
import { report } from '../../events/report.ts';
import type { Awaitable } from '../../lib/awaitable.ts';
import { memoizeByObject } from '../../lib/memoize-by-object.ts';
import type { BoundOperation, RunningOperation } from '../../plans/bound-operation.ts';
import { MAX_RELATED_ROWS } from '../../plans/limits.ts';
import type { TargetPlan } from '../../plans/node-plan.ts';
import type { FieldPlan, OperationPlan } from '../../plans/operation-plan.ts';
import { argumentsOfRoot } from '../../plans/root-fields.ts';
import { mostRows } from '../../plans/text-shape.ts';
import { ShardQLError } from '../../shards/errors.ts';
import type { Answer } from '../../shards/plan/answer.ts';
import type { RequestContext } from '../context.ts';
import { beginList, type RootListArguments } from '../resolve-list.ts';
import { beginOne, type OneArguments } from '../resolve-one.ts';
import { boundOperation, type FieldRun } from '../run/field-run.ts';
import type { ReadRun } from '../run/read-run.ts';
import { answerText } from './answer-text.ts';
import { isPlain } from './is-plain.ts';
import { LeftToExecutor } from './left-to-executor.ts';
import { constantText, type Member, objectText, writeWithin } from './object-text.ts';

/** An operation as a request asks for it. */
interface AskedOperation extends Pick<RunningOperation, 'operation' | 'fragments'> {
  readonly schema: GraphQLSchema;
  /** As they came. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A root field whose rows have been asked for. */
interface BegunField {
  readonly plan: TargetPlan;
  readonly run: ReadRun;
  readonly answers: Awaitable<readonly Answer[]>;
}

/**
 * The `data` of a query as JSON text, written by its plan: at once where memory has all of it. Null where the executor is to answer: for what
 * is not plain, and whatever has failed, or grows longer than `maxCharacters`. It then shows what has been read
 * here; only rows that came as text are read once more, as cells.
 */
export function queryText(
  asked: AskedOperation,
  context: RequestContext,
  maxCharacters: number,
): Awaitable<string | null> {
  if (asked.operation.operation !== 'query') return null;
  const begun = begin(asked, context);
  if (begun === null) return null;
  const isThere = begun.every(([, field]) => typeof field === 'string' || !(field.answers instanceof Promise));
  if (!isThere) return textOfReads(begun, context, maxCharacters);
  return textOf(
    begun.map(([key, field]) => [
      key,
      typeof field === 'string' ? field : { ...field, answers: field.answers as readonly Answer[] },
    ]),
    context,
    maxCharacters,
  );
}

/** The same of reads that are under way. */
async function textOfReads(
  begun: readonly (readonly [key: string, field: BegunField | string])[],
  context: RequestContext,
  maxCharacters: number,
): Promise<string | null> {
  const read: [key: string, field: ReadField | string][] = [];
  try {
    // What is found wrong with reads, the executor finds again.
    for (const [key, field] of begun)
      read.push([key, typeof field === 'string' ? field : { ...field, answers: await field.answers }]);
  } catch {
    return leftToExecutor(context);
  }
  return textOf(read, context, maxCharacters);
}

/** A root field whose rows are there. */
interface ReadField extends BegunField {
  readonly answers: readonly Answer[];
}

function textOf(
  fields: readonly (readonly [key: string, field: ReadField | string])[],
  context: RequestContext,
  maxCharacters: number,
): string | null {
  try {
    const members = fields.map(([key, field]): Member<null> => {
      if (typeof field === 'string') return [key, constantText(field)];
      const { plan, run, answers } = field;
      return [key, () => answerText(plan, answers[0]!, run, run.rowsText)];
    });
    return write(members, maxCharacters, context.requestId);
  } catch {
    return leftToExecutor(context);
  }
}

function leftToExecutor(context: RequestContext): null {
  context.relatedRows = 0;
  context.boundOperation!.handOver();
  return null;
}

function write(members: readonly Member<null>[], maxCharacters: number, requestId: string): string {
  try {
    return writeWithin(maxCharacters, () => objectText(members)(null));
  } catch (error) {
    if (!(error instanceof LeftToExecutor || error instanceof ShardQLError))
      reportNotWritten(requestId, error as Error);
    throw error;
  }
}

const REPORT_EVERY_MS = 60_000;
let reportedAtMs = Number.NEGATIVE_INFINITY;

function reportNotWritten(requestId: string, error: Error): void {
  const nowMs = Date.now();
  if (nowMs - reportedAtMs < REPORT_EVERY_MS) return;
  reportedAtMs = nowMs;
  report({ type: 'answer-not-written', requestId, error });
}

/** Null: the executor is to answer. */
function begin(asked: AskedOperation, context: RequestContext): [key: string, field: BegunField | string][] | null {
  const { schema, operation, fragments, variables } = asked;
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  if (coerced.errors) return null;
  const variableValues = coerced.coerced;
  try {
    const bound = boundOperation(context, { schema, operation, fragments, variableValues });
    if (!isPlain(bound.plan)) {
      bound.handOver();
      return null;
    }
    context.begun = new Map();
    const argumentsOf = argumentsOfRoot(bound, operation, variableValues);
    const isAlone = readsOnce(bound.plan);
    const isWritten = isBelowRowLimits(bound);
    return [...bound.plan.fields].map(([key, plan]) => {
      const field: FieldRun = { context, operation: bound, path: [key], isAlone, isWritten, keyed: null };
      return [key, beginField(plan, () => argumentsOf(key), field)];
    });
  } catch {
    context.boundOperation?.handOver();
    return null;
  }
}

/** One of its fields reads something, so that its read has no others to travel with. */
const readsOnce = memoizeByObject(
  ({ fields }: OperationPlan): boolean => fields.values().filter(isRead).toArray().length === 1,
);

const isRead = ({ kind }: FieldPlan): boolean => kind === 'list' || kind === 'one';

/** Nobody counts the rows within texts, so shards are asked for texts only where no limit of rows can be reached. */
function isBelowRowLimits(bound: BoundOperation): boolean {
  let rows = 0;
  for (const plan of bound.plan.fields.values()) {
    if (plan.kind === 'list' || plan.kind === 'one') rows += mostRows(plan.read.plan, bound.valuesOf(plan.read));
  }
  return rows <= MAX_RELATED_ROWS;
}

function beginField(plan: FieldPlan, argumentsOf: () => unknown, field: FieldRun): BegunField | string {
  if (plan.kind !== 'list' && plan.kind !== 'one') return 'Query';
  const begun =
    plan.kind === 'list'
      ? beginList(plan.table, argumentsOf() as RootListArguments, field, () => plan.read)
      : beginOne(plan.table, argumentsOf() as OneArguments, field, () => plan.read);
  // Where another one fails first, nobody else waits for it.
  if (begun.answers instanceof Promise) begun.answers.catch(() => {});
  return begun;
}
