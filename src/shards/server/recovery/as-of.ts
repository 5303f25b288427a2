import { ShardQLError } from '../../errors.ts';
import { DEVELOPER, OPERATOR, SYSTEM } from '../../protocol/envelope.ts';
import type { JsonText } from '../../protocol/json-text.ts';
import type { ReadAnswer, ReadRequest } from '../../protocol/read.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { type Version, versionAt, versionToMs } from '../../version.ts';
import { answerReads } from '../answer-reads.ts';
import type { ShardState } from '../shard-state.ts';
import { writeClock } from '../tables/clock-table.ts';
import { readTrimmedVersion } from '../tables/log-state-table.ts';
import { lookBack, PAST_LIMITS, type PastLimits } from './look-back.ts';
import { changesSince, requireBorn } from './past-point.ts';

/** Callers with rules share the shard with those of others, who wait for them. */
const MAX_CHANGES_OF_ROLES = 5_000;
const MAX_LOG_ROWS_OF_ROLES = 100_000;
const LIMITS_OF_ROLES: PastLimits = { changes: MAX_CHANGES_OF_ROLES, logRows: MAX_LOG_ROWS_OF_ROLES };

/** Origin of a version that was raised for a read. No row of the log has it. */
const AS_OF_ORIGIN = 'as-of';

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
  const past = {
    asOf,
    span,
    limits: SEES_ALL.has(request.caller.role) ? PAST_LIMITS : LIMITS_OF_ROLES,
    searches: searches(shard, request),
  };
  const then = { ...shard, clock: { last: asOf } };
  const calls = request.calls.map((call) => ({ ...call, cacheable: false }));
  return lookBack(shard, session, past, () => answerReads(then, session, { ...request, calls }, 'PAST'));
}

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
