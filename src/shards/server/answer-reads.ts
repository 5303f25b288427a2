import { errorToWire, ShardQLError } from '../errors.ts';
import type { ReadCall } from '../plan/read.ts';
import { type JsonText, rpcBytes, toJsonText, withRowsText } from '../protocol/json-text.ts';
import type { CallOutcome, ReadAnswer, ReadRequest, TextPlace } from '../protocol/read.ts';
import type { ReadSession } from '../sql/sql-session.ts';
import { failedOnValues } from '../sql/statement-error.ts';
import type { TimeLimit } from '../sql/time-limit.ts';
import { generatedColumns } from './commit/row-check.ts';
import { timeLimitOf } from './expired.ts';
import type { Publisher } from './freshness/publisher.ts';
import { checkCall } from './read/compile/check-plan.ts';
import { AnswerSizes, MAX_ANSWER_BYTES, TooManyBytes } from './read/run/answer-size.ts';
import { ownsKey, type ShardReader } from './shard-state.ts';
import { toShardError } from './to-shard-error.ts';

/**
 * What is read. `MISSED`: what a reader has not found in its cache. `READ_BACK`: what the writer's cache holds, by a write; no reader
 * has missed it. `PAST`: rows that were taken back, which nobody caches, and which no fence keeps from being read.
 */
type ReadPurpose = 'MISSED' | 'READ_BACK' | 'PAST';

/** Who answers may leave traces of it. */
type ReadingShard = ShardReader & { readonly publisher: Pick<Publisher, 'publishTraces'> | null };

/**
 * Answers all calls of a request from one state of the shard: this function is synchronous, so no commit and no change
 * of ownership comes in between. A call that fails, names a shard key of another shard, or whose answer no longer fits
 * into the RPC, does so alone.
 */
export function answerReads(
  shard: ReadingShard,
  session: ReadSession,
  request: ReadRequest,
  purpose: ReadPurpose = 'MISSED',
): JsonText<ReadAnswer> {
  const maxBytes = Math.min(request.maxBytes ?? MAX_ANSWER_BYTES, MAX_ANSWER_BYTES);
  const sizes = new AnswerSizes(maxBytes);
  const limit = timeLimitOf(request, shard.wallClock);
  let bytesLeft = maxBytes;
  const isAlone = request.calls.length === 1;
  let rowsText = '';
  const outcomes = request.calls.map((call, at) => {
    const before = isAlone ? 0 : session.counts.rowsRead;
    const shape = purpose === 'MISSED' ? request.shapes?.[at] : undefined;
    const run = (): CallAnswers => {
      const options = { visibleOnly: shard.ownership.hidesRows };
      const written = shape ? shard.plans.write(session, call, shape, options, sizes, bytesLeft * TEXT_SHARE) : null;
      return written ?? { answers: shard.plans.run(session, call, options, sizes) };
    };
    const { rows = '', ...outcome } = answerCall(shard, session, call, run, limit, request, purpose);
    const text = outcomeText(isAlone ? outcome : { ...outcome, rowsRead: session.counts.rowsRead - before });
    const bytes = text === null ? Number.POSITIVE_INFINITY : rpcBytes(text) + rpcBytes(rows);
    if (text === null || bytes > bytesLeft) return toJsonText(tooLarge(request));
    bytesLeft -= bytes;
    rowsText += rows;
    return text;
  });
  const envelope: Omit<ReadAnswer, 'outcomes'> = {
    status: 'OK',
    epoch: shard.ownership.epoch,
    asOf: shard.clock.last,
    slots: shard.ownership.ranges,
    ...spokenForElsewhere(shard, request),
    counts: session.counts,
  };
  // Put together as text: each outcome was made text alone, to know its size.
  const text = `${JSON.stringify(envelope).slice(0, -1)},"outcomes":[${outcomes.join(',')}]}`;
  return rowsText === '' ? text : withRowsText(text, rowsText);
}

/** Of the bytes that an answer may have: texts of rows have keys in them, so that what barely fits is given as cells. */
const TEXT_SHARE = 1 / 2;

/** `rows`: the text of the rows, if they are text. */
type CallAnswers = { readonly answers: readonly unknown[]; readonly text?: TextPlace; readonly rows?: string };

const tooLarge = ({ maxBytes }: ReadRequest): CallOutcome =>
  maxBytes === undefined ? { error: errorToWire(new TooManyBytes()) } : { isTooLarge: true };

/** Only who asks for all rows has to know. */
function spokenForElsewhere(
  { ownership: { placedAway } }: ShardReader,
  { calls }: ReadRequest,
): Pick<ReadAnswer, 'placedAway'> {
  return placedAway.length > 0 && calls.some(({ shardKeys }) => shardKeys === null) ? { placedAway } : {};
}

function answerCall(
  shard: ReadingShard,
  session: ReadSession,
  call: ReadCall,
  run: () => CallAnswers,
  limit: TimeLimit | null,
  request: ReadRequest,
  purpose: ReadPurpose,
): CallOutcome & Pick<CallAnswers, 'rows'> {
  const { requestId, traceId, lifeMs } = request;
  if (call.shardKeys?.some((key) => !ownsKey(shard, key))) return { wrongShard: true };
  try {
    if (purpose !== 'PAST') shard.fences.requireOpen(call.shardKeys);
    checkCall(call);
    const answers = session.within(limit, run);
    // Of no use to caches, and no commit after that moment is to be told of.
    if (purpose === 'PAST') return { ...answers, changed: (call.shardKeys ?? [null]).map(() => shard.clock.last) };
    const tables = shard.plans.tablesOf(call.plan);
    const changed = shard.freshness.changed(call.shardKeys, tables);
    if (call.shardKeys === null) return { ...answers, changed };
    if (call.cacheable) {
      const unstamped = shard.freshness.trackCached(call.shardKeys, lifeMs);
      shard.publisher?.publishTraces(unstamped);
      if (purpose === 'MISSED') shard.freshness.remember(call, tables, changed);
    }
    const coveredMs = shard.freshness.coveredMs(call.shardKeys);
    return { ...answers, changed, ...(coveredMs > 0 && { coveredMs }) };
  } catch (error) {
    if (error instanceof TooManyBytes) return tooLarge(request);
    const failure =
      failedComputation(shard, session, call, error) ?? toShardError(error, { method: 'read', requestId, traceId });
    return { error: errorToWire(failure) };
  }
}

/** All that a read works out of the model's expressions are columns that are generated when they are read. */
function failedComputation(shard: ShardReader, session: ReadSession, { plan }: ReadCall, error: unknown) {
  if (!failedOnValues(session, error)) return null;
  const tables = shard.plans.tablesOf(plan).map((type) => shard.model.table(type));
  const columns = tables.flatMap((table) => generatedColumns(table).map((column) => ({ table, column })));
  if (columns.length === 0) return null;
  const names = columns.map(({ table, column }) => `${table.typeName}.${column.name}`).join(' or ');
  const [first] = columns;
  return new ShardQLError(
    'INVALID_VALUE',
    `Expected rows from whose values SQLite can work out ${names}, but got one where it fails. Read without the column, or mend the row.`,
    { table: first!.table.typeName, ...(columns.length === 1 && { field: first!.column.name }) },
  );
}

/** Null if it is longer than a JavaScript string can be. */
function outcomeText(outcome: CallOutcome): JsonText<CallOutcome> | null {
  try {
    return toJsonText(outcome);
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
