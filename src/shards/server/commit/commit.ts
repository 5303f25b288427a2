import { report } from '../../../events/report.ts';
import { errorToWire, ShardQLError } from '../../errors.ts';
import type { ReadCall } from '../../plan/read.ts';
import type { Bare, WrongShard } from '../../protocol/envelope.ts';
import { type JsonText, toJsonText } from '../../protocol/json-text.ts';
import type { ReadAnswer } from '../../protocol/read.ts';
import type { WriteAnswer, WriteFailed, WriteRequest } from '../../protocol/write.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import { stampSchema } from '../../stamp-schema.ts';
import type { Touched } from '../../stamps.ts';
import { answerReads } from '../answer-reads.ts';
import { timeLimitOf } from '../expired.ts';
import { ownsKey, type ShardState } from '../shard-state.ts';
import { writeClock } from '../tables/clock-table.ts';
import { forgetRecords, keepRecord } from '../tables/idempotency-table.ts';
import { type Committed, type Failed, MAX_REMEMBERED_ANSWER_BYTES, type Outcome } from '../tables/operations-table.ts';
import { toShardError } from '../to-shard-error.ts';
import { answeredRows, requireStillReadable } from './access/answered-rows.ts';
import { commitAccess } from './access/commit-access.ts';
import { RuleBroken } from './access/errors.ts';
import { answerAgain, rememberingChange } from './answer-again.ts';
import type { CommitScope } from './commit-scope.ts';
import { holds, LEFT_OUT } from './condition.ts';
import { findRepeated } from './find-repeated.ts';
import type { LoggedCommit } from './logged-outcomes.ts';
import { applyOperation } from './operations.ts';
import { replay } from './replay.ts';
import { appliedRow, type PendingResult, readResult } from './results.ts';
import { Room } from './room.ts';
import { RowFailed } from './row-failed.ts';
import { withShardKeys } from './undo.ts';

/** Rolls the transaction back because of an expected failure. */
class OperationFailed extends Error {
  /** Null: the request as a whole failed. */
  readonly index: number | null;
  readonly reason: ShardQLError;
  /** Of the operation, if it has rows of its own. */
  readonly row: number | undefined;

  constructor(index: number | null, reason: ShardQLError, row?: number) {
    super(reason.message);
    this.index = index;
    this.reason = reason;
    this.row = row;
  }
}

/**
 * Writes rows, in one transaction, all or nothing: ownership, operation id, idempotency key, clock, keys, operations,
 * selections, and the outcome that a retry gets. Synchronous from beginning to end, so nothing of the same shard runs in between; memory
 * follows after the commit. Nothing else in the shard has a transaction that writes rows: `npm run check` holds that.
 */
export function commit(
  shard: ShardState,
  session: SqlSession,
  asked: WriteRequest,
): Bare<WriteAnswer | WriteFailed | WrongShard> {
  const request = withShardKeys(shard, session, asked);
  const outcome = request.dryRun ? tryOut(shard, session, request) : transact(shard, session, request);
  if (outcome === null) return { status: 'WRONG_SHARD' };
  if ('error' in outcome) return { status: 'FAILED', ...outcome };
  const { version, results, touched } = outcome;
  if (touched === null) return { status: 'OK', version, results };
  const unpublished = shard.freshness.eventsDue(request.shardKeys as readonly ShardKey[]);
  const readBack = request.readBack && readAfterCommit(shard, session, request, request.readBack);
  return {
    status: 'OK',
    version,
    results,
    ...(unpublished.length > 0 && { unpublished }),
    ...(touched.length > 0 && { touched, stampSchema: stampSchema(shard.model) }),
    ...(readBack !== undefined && { readBack }),
  };
}

/** A commit, and what it changed; null: it was a dry run. */
interface TouchingCommit extends Committed {
  readonly touched: readonly Touched[] | null;
}

/** Null: the shard does not own all of the shard keys, and has done nothing. */
function transact(shard: ShardState, session: SqlSession, request: WriteRequest): TouchingCommit | Failed | null {
  const afterCommit: (() => void)[] = [];
  const limit = timeLimitOf(request, shard.wallClock);
  if (!request.shardKeys.every((shardKey) => ownsKey(shard, shardKey))) return null;
  const known = shard.outcomes.find(session, request.operationId, shard.wallClock()) ?? findRepeated(session, request);
  let found: Outcome | LoggedCommit | null;
  try {
    found = shard.storage.transactionSync(() => {
      if (known !== null) return known;
      shard.fences.requireOpen(request.shardKeys as readonly ShardKey[]);
      const first = replayed(shard, session, request, afterCommit);
      // Until the transaction ends: from then on the rows are written.
      return first ?? session.within(limit, () => applyAll(shard, session, request, afterCommit));
    });
  } catch (error) {
    const failed = toFailed(error, request);
    // An earlier attempt may still be on its way: it must not be applied once the client knows of the failure. A failure that is
    // due to the release is none of the write's: routers send it again under the same id.
    if (!failed.error.isOfOtherRelease) remember(shard, session, request, failed)();
    return failed;
  }
  if (found === null || 'error' in found) return found;
  const { version, results } = found;
  const outcome = results === null ? answerAgain(shard, session, version, request) : { version, results };
  const isNew = outcome.version > shard.clock.last;
  // A remembered commit has an older version, which changes nothing.
  shard.clock.committed(outcome.version);
  for (const work of afterCommit) work();
  const touched = shard.freshness.committed(session);
  shard.trimmer.committed(shard.freshness.lastSeq);
  return { ...outcome, touched: isNew ? touched : shard.freshness.touchedBy(session, outcome.version) };
}

/** Rolls the transaction of a dry run back. */
class TriedOut extends Error {
  readonly committed: Committed;

  constructor(committed: Committed) {
    super('The dry run has ended.');
    this.committed = committed;
  }
}

/** The same without any trace, in storage as in memory. */
function tryOut(shard: ShardState, session: SqlSession, request: WriteRequest): TouchingCommit | Failed | null {
  const limit = timeLimitOf(request, shard.wallClock);
  try {
    return shard.storage.transactionSync(() => {
      if (!request.shardKeys.every((shardKey) => ownsKey(shard, shardKey))) return null;
      shard.fences.requireOpen(request.shardKeys as readonly ShardKey[]);
      throw new TriedOut(session.within(limit, () => applyAll(shard, session, request, [])));
    });
  } catch (error) {
    if (error instanceof TriedOut) return { ...error.committed, version: shard.clock.last, touched: null };
    return toFailed(error, request);
  }
}

function toFailed(error: unknown, { requestId, traceId }: WriteRequest): Failed {
  const failure =
    error instanceof OperationFailed
      ? error
      : new OperationFailed(null, toShardError(error, { method: 'write', requestId, traceId }));
  const { index, row, reason } = failure;
  return { index, ...(row !== undefined && { row }), error: errorToWire(reason) };
}

/**
 * The answer of the first request with the same idempotency key. It is remembered under this operation id too: an attempt that
 * comes when the key is forgotten must not have an effect of its own after another one was answered.
 */
function replayed(
  shard: ShardState,
  session: SqlSession,
  request: WriteRequest,
  afterCommit: (() => void)[],
): Committed | null {
  const rows = rowsOf(shard, session, request);
  const committed = replay(session, request, (answered) => {
    const access = commitAccess(rows, request);
    if (access !== null) requireStillReadable(rows, access, answered);
  });
  if (committed) afterCommit.push(remember(shard, session, request, committed));
  return committed;
}

/** Old records of keyed writes are forgotten once in so many writes. */
const WRITES_PER_FORGETTING = 32;

/** Retries get this outcome, once the transaction has ended well and what this gives was called. */
function remember(shard: ShardState, session: SqlSession, { operationId }: WriteRequest, outcome: Outcome): () => void {
  const nowMs = shard.wallClock();
  const { turn, committed } = shard.outcomes.remember(session, operationId, nowMs, outcome);
  if (turn % WRITES_PER_FORGETTING === 0) forgetRecords(session, nowMs);
  return committed;
}

/** Of writes that have no turn, by the rows of the log: from the newest one before to the first one of this write. */
const isTurnToForget = (before: number, seq: number): boolean =>
  Math.floor(seq / WRITES_PER_FORGETTING) > Math.floor(before / WRITES_PER_FORGETTING);

/** By what rows are found in this request. */
const rowsOf = ({ model, plans, ownership }: ShardState, session: SqlSession, request: WriteRequest) => ({
  model,
  session,
  plans,
  shardKeys: new Set(request.shardKeys as readonly ShardKey[]),
  visibleOnly: ownership.hidesRows,
});

function applyAll(
  shard: ShardState,
  session: SqlSession,
  request: WriteRequest,
  afterCommit: (() => void)[],
): Committed {
  const { operations, operationId, idempotency, requestId, traceId } = request;
  const version = shard.clock.next();
  shard.capacity.begin();
  const rows = rowsOf(shard, session, request);
  const { model, shardKeys } = rows;
  writeClock(session, version, idempotency?.id ?? operationId, shard.capacity.rows);
  const remembered = shard.knownKeys.add(session, shardKeys, (shardKey) => shard.ownership.slotOf(shardKey));
  if (remembered !== null) afterCommit.push(remembered);
  const pending: PendingResult[] = [];
  const access = commitAccess(rows, request);
  const scope: CommitScope = {
    ...rows,
    migrations: shard.migrations,
    version,
    nowMs: shard.wallClock(),
    access,
    room: new Room(shard.capacity, session, request.caller),
    imports: shard.imports,
    rowOf: (index) => appliedRow(model, operations[index], pending[index]),
    requestId,
    traceId,
    savepoint: (work) => shard.storage.transactionSync(work),
    afterCommit: (work) => afterCommit.push(work),
  };
  const each = <T>(index: number, work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof RuleBroken) throw new OperationFailed(error.operation, error.reason, error.row);
      if (error instanceof RowFailed) throw new OperationFailed(index, error.reason, error.row);
      const operation = operations[index]!;
      const table = operation.kind === 'undo' ? undefined : operation.table;
      throw new OperationFailed(index, toShardError(error, { method: 'write', table, requestId, traceId }));
    }
  };
  for (const [index, operation] of operations.entries()) {
    const apply = () => {
      if (!holds(operation, pending)) return LEFT_OUT;
      scope.room.requireFor(operation.kind);
      return applyOperation(scope, operation);
    };
    access?.begin(index);
    pending.push(each(index, apply));
  }
  if (access !== null) each(operations.length - 1, () => access.verify());
  // Afterwards: a row shows what a later operation has changed of it, or added below it.
  const results = pending.map((result, index) => each(index, () => readResult(scope, operations[index]!, result)));
  const committed = { version, results: toJsonText(results) };
  requireRememberable(committed);
  if (idempotency) {
    const answered = access && JSON.stringify(answeredRows(model, operations, pending));
    keepRecord(session, idempotency, [...shardKeys], shard.wallClock(), { ...committed, rows: answered });
  }
  const nowMs = shard.wallClock();
  const seq = shard.freshness.lastSeq;
  const change = rememberingChange(shard, session, request, { version, pending, seq, nowMs });
  if (change === null) afterCommit.push(remember(shard, session, request, committed));
  else {
    if (isTurnToForget(seq, change.seq)) forgetRecords(session, nowMs);
    afterCommit.push(shard.outcomes.logged(session, operationId, nowMs, committed));
  }
  return committed;
}

/** The write is done, whatever becomes of this. */
function readAfterCommit(
  shard: ShardState,
  session: SqlSession,
  { protocol, epoch, caller, lifeMs }: WriteRequest,
  calls: readonly ReadCall[],
): JsonText<ReadAnswer> | undefined {
  try {
    return answerReads(shard, session, { protocol, epoch, caller, calls, lifeMs }, 'READ_BACK');
  } catch (error) {
    report({ type: 'read-back-failed', error });
    return undefined;
  }
}

const encoder = new TextEncoder();

/** An answer that a retry could not be given again must not be given once. */
function requireRememberable({ results }: Committed): void {
  // UTF-8 takes at most three bytes per UTF-16 unit: most answers need no counting.
  if (results.length * 3 <= MAX_REMEMBERED_ANSWER_BYTES) return;
  const bytes = encoder.encode(results).length;
  if (bytes <= MAX_REMEMBERED_ANSWER_BYTES) return;
  throw new OperationFailed(
    null,
    new ShardQLError(
      'VALUE_TOO_LARGE',
      `Expected a mutation to select at most ${MAX_REMEMBERED_ANSWER_BYTES.toLocaleString('en-US')} bytes, but got ${bytes.toLocaleString('en-US')}; select fewer fields and query them afterwards.`,
    ),
  );
}
