import { ShardQLError } from '../../errors.ts';
import { DEVELOPER, OPERATOR, SYSTEM } from '../../protocol/envelope.ts';
import type { JsonText } from '../../protocol/json-text.ts';
import type { ReadAnswer, ReadRequest } from '../../protocol/read.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { type Version, versionAt, versionToMs } from '../../version.ts';
import { answerReads } from '../answer-reads.ts';
import type { ShardState } from '../shard-state.ts';
import { stopClock, writeClock } from '../tables/clock-table.ts';
import { countChanges, type LogSpan, readChangedTables, spanOf } from '../tables/log-spans.ts';
import { readTrimmedVersion } from '../tables/log-state-table.ts';
import { dropOwnTriggers } from './own-triggers.ts';
import { changesSince, requireBorn } from './past-point.ts';
import { type PastSchema, pastSchema } from './past-schema.ts';
import { putVersionsBack, readPastVersions } from './past-versions.ts';
import { dropTableTriggers } from './table-triggers.ts';
import { settleReferences, takeBack } from './take-back.ts';

interface PastLimits {
  /** Changes that one read takes back at most: the shard does nothing else meanwhile, at some 10 µs each. */
  readonly changes: number;
  /** Log rows that are looked through for those of the shard keys, at most. */
  readonly logRows: number;
}

const MAX_CHANGES = 50_000;
const MAX_LOG_ROWS = 1_000_000;
const LIMITS: PastLimits = { changes: MAX_CHANGES, logRows: MAX_LOG_ROWS };

/** Callers with rules share the shard with those of others, who wait for them. */
const MAX_CHANGES_OF_ROLES = 5_000;
const MAX_LOG_ROWS_OF_ROLES = 100_000;
const LIMITS_OF_ROLES: PastLimits = { changes: MAX_CHANGES_OF_ROLES, logRows: MAX_LOG_ROWS_OF_ROLES };

/** To have no triggers takes a few milliseconds, and saves most of the time that a change takes. */
const FEW_CHANGES = 1_000;

/** So many changes that a restore has taken back already take the time of one: versions alone are read of them. */
const CHANGES_OF_ONE = 4;

/** Origin of a version that was raised for a read. No row of the log has it. */
const AS_OF_ORIGIN = 'as-of';

/** Rolls the transaction back, and carries the answer out of it. */
class Answered extends Error {
  readonly answer: JsonText<ReadAnswer>;

  constructor(answer: JsonText<ReadAnswer>) {
    super('The past has been read.');
    this.answer = answer;
  }
}

/**
 * Answers reads as of a version: takes rows back to it in a transaction, runs the plans on them as on any rows, and rolls back. So
 * all that plans can do means the same then as now.
 *
 * @throws ShardQLError BAD_USER_INPUT for a version that the log does not reach back to, OPERATION_LIMIT_EXCEEDED if too much was changed
 * since, CONFLICT if a migration is in between; to callers with rules all of these are one and the same; SHARD_UNAVAILABLE, to be tried again, for a moment that has not come.
 */
export function answerAsOf(shard: ShardState, session: SqlSession, request: PastRequest): JsonText<ReadAnswer> {
  const { role } = request.caller;
  if (SEES_ALL.has(role)) return answer(shard, session, request);
  try {
    // What was trimmed last, and when it was written, is nothing for others to find out.
    if (request.asOf < wholeHourAfter(readTrimmedVersion(session))) throw tooLongAgo();
    return answer(shard, session, request);
  } catch (error) {
    // Of which tables there are, and how many changes of rows that the caller may not see, it says nothing.
    throw error instanceof ShardQLError && error.code !== 'SHARD_UNAVAILABLE' ? tooLongAgo() : error;
  }
}

type PastRequest = ReadRequest & { readonly asOf: Version };

/** Roles that may know of all rows. */
const SEES_ALL: ReadonlySet<string> = new Set([OPERATOR.role, DEVELOPER.role, SYSTEM.role]);

const HOUR_MS = 3_600_000;

const wholeHourAfter = (version: Version): Version =>
  version === 0 ? 0 : versionAt(Math.ceil(versionToMs(version) / HOUR_MS) * HOUR_MS);

const tooLongAgo = (): ShardQLError =>
  new ShardQLError(
    'OPERATION_LIMIT_EXCEEDED',
    'Expected a time of @asOf to which rows can still be taken back, but got one that is too long ago. Give a later time.',
  );

function answer(shard: ShardState, session: SqlSession, request: PastRequest): JsonText<ReadAnswer> {
  const { asOf } = request;
  requireBorn(session, asOf);
  const span = changesSince(session, asOf, shardKeysOf(request));
  holdMoment(shard, session, asOf);
  const changes = countFew(session, span, SEES_ALL.has(request.caller.role) ? LIMITS : LIMITS_OF_ROLES);
  const schema = pastSchema(shard.model, shard.migrations);
  const versions = readPastVersions(session, span.without, schema);
  const then = { ...shard, clock: { last: asOf } };
  const calls = request.calls.map((call) => ({ ...call, cacheable: false }));
  try {
    return shard.storage.transactionSync(() => {
      stopClock(session);
      dropOwnTriggers(session);
      if (changes > FEW_CHANGES) {
        dropTableTriggers(session, changedTables(session, span, schema), searches(shard, request));
      }
      takeBack(session, span, { schema, versions: 'THEN' });
      putVersionsBack(session, versions, asOf);
      throw new Answered(answerReads(then, session, { ...request, calls }, 'PAST'));
    });
  } catch (error) {
    if (error instanceof Answered) return error.answer;
    throw error;
  } finally {
    settleReferences(session);
  }
}

/** By their names in SQL. */
const changedTables = (session: SqlSession, span: LogSpan, schema: PastSchema): string[] =>
  readChangedTables(session, span).flatMap(({ table, schema: written }) => {
    const since = schema(table, written);
    return 'changed' in since ? [] : [since.table.sqlName];
  });

const searches = ({ plans }: ShardState, { calls }: ReadRequest): boolean =>
  calls.some(({ plan }) => plans.searches(plan));

/** Null: all. */
function shardKeysOf({ calls }: ReadRequest): readonly ShardKey[] | null {
  const keys = new Set<ShardKey>();
  for (const { shardKeys } of calls) {
    if (shardKeys === null) return null;
    for (const key of shardKeys) keys.add(key);
  }
  return [...keys];
}

/** From now on no commit gets a version up to this one: what is answered for it stays true. Stored before the answer leaves. */
export function holdMoment(
  { storage, clock, wallClock, capacity }: ShardState,
  session: SqlSession,
  asOf: Version,
): void {
  if (asOf <= clock.last) return;
  const aheadMs = versionToMs(asOf) - wallClock();
  if (aheadMs > 0) {
    throw new ShardQLError(
      'SHARD_UNAVAILABLE',
      'Expected a time that has passed on the clocks of all shards, but got one that has not on some. Repeat the request later.',
      { retryable: true, retryAfterMs: Math.ceil(aheadMs) },
    );
  }
  storage.transactionSync(() => writeClock(session, asOf, AS_OF_ORIGIN, capacity.rows));
  clock.committed(asOf);
}

/** @throws ShardQLError OPERATION_LIMIT_EXCEEDED */
function countFew(session: SqlSession, span: LogSpan, most: PastLimits): number {
  const logRows = span.upTo - span.after;
  if (logRows > most.logRows) throw tooMuch(most.logRows, logRows, 'in the shard');
  const count = (limit: number) =>
    countChanges(session, span, limit) +
    Math.ceil(span.without.reduce((sum, part) => sum + countChanges(session, spanOf(part), limit), 0) / CHANGES_OF_ONE);
  const changes = count(most.changes);
  if (changes <= most.changes) return changes;
  throw tooMuch(most.changes, count(most.logRows), 'of what is read');
}

const tooMuch = (most: number, got: number, where: string): ShardQLError =>
  new ShardQLError(
    'OPERATION_LIMIT_EXCEEDED',
    `Expected at most ${most.toLocaleString('en-US')} changes ${where} since the time of @asOf, but got ${got.toLocaleString('en-US')}. Give a later time, or a shard key.`,
  );
