import { report } from '../../../events/report.ts';
import { errorToWire, ShardQLError } from '../../errors.ts';
import type { ReadCall, RowAnswer } from '../../plan.ts';
import type { JsonText, ReadAnswer, WriteAnswer, WriteFailed, WriteRequest, WrongShard } from '../../protocol.ts';
import type { ShardKey } from '../../shard-key.ts';
import { stampSchema } from '../../stamp-schema.ts';
import { answerReads } from '../answer-reads.ts';
import { ownsKey, type ShardState } from '../shard-state.ts';
import { SqlSession } from '../sql-session.ts';
import { writeClock } from '../tables/clock-table.ts';
import { noteShardKey } from '../tables/keys-table.ts';
import {
  findOperation,
  MAX_REMEMBERED_ANSWER_BYTES,
  type RememberedOperation,
  rememberOperation,
} from '../tables/operations-table.ts';
import { toShardError } from '../unexpected-error.ts';
import { applyOperation } from './apply-operation.ts';

/** Rolls the transaction back because of an expected failure. */
class OperationFailed extends Error {
  readonly index: number;
  readonly reason: ShardQLError;

  constructor(index: number, reason: ShardQLError) {
    super(reason.message);
    this.index = index;
    this.reason = reason;
  }
}

/**
 * One write: slot ownership, operation id, operations, log and answer in one transaction, all or nothing. Synchronous
 * from beginning to end, so nothing of the same shard runs in between.
 */
export function applyWrite(shard: ShardState, request: WriteRequest): WriteAnswer | WriteFailed | WrongShard {
  const { epoch } = shard.ownership;
  const session = new SqlSession(shard.storage.sql);
  const done = commit(shard, session, request);
  if (done === null) return { status: 'WRONG_SHARD', epoch };
  if (done instanceof OperationFailed) {
    return { status: 'FAILED', epoch, index: done.index, error: errorToWire(done.reason) };
  }
  // A remembered answer has an older version, which changes nothing.
  shard.clock.committed(done.version);
  const touched = shard.freshness.committed(session);
  const unpublished = shard.freshness.eventsDue([request.shardKey as ShardKey]);
  const { version, rows } = done;
  const readBack = request.readBack && readAfterCommit(shard, session, request, request.readBack);
  return {
    status: 'OK',
    epoch,
    version,
    rows,
    counts: session.counts,
    ...(unpublished.length > 0 && { unpublished }),
    ...(touched.length > 0 && { touched, stampSchema: stampSchema(shard.model) }),
    ...(readBack !== undefined && { readBack }),
  };
}

/** The transaction. Whatever fails in it, nothing was written; null: the shard does not own the shard key. */
function commit(
  shard: ShardState,
  session: SqlSession,
  request: WriteRequest,
): RememberedOperation | OperationFailed | null {
  try {
    return shard.storage.transactionSync(() => {
      if (!ownsKey(shard, request.shardKey)) return null;
      return findOperation(session, request.operationId) ?? applyOperations(shard, session, request);
    });
  } catch (error) {
    if (error instanceof OperationFailed) return error;
    return new OperationFailed(0, toShardError(error, { method: 'write', requestId: request.requestId }));
  }
}

/** The write is done, whatever becomes of this. */
function readAfterCommit(
  shard: ShardState,
  session: SqlSession,
  { protocol, epoch, caller, lifeMs }: WriteRequest,
  calls: readonly ReadCall[],
): JsonText<ReadAnswer> | undefined {
  try {
    return answerReads(shard, { protocol, epoch, caller, calls, lifeMs }, session);
  } catch (error) {
    report({ type: 'read-back-failed', error });
    return undefined;
  }
}

function applyOperations(shard: ShardState, session: SqlSession, request: WriteRequest): RememberedOperation {
  const version = shard.clock.next();
  const shardKey = request.shardKey as ShardKey;
  writeClock(session, version, request.operationId);
  noteShardKey(session, shardKey);
  const scope = {
    model: shard.model,
    storage: shard.storage,
    session,
    plans: shard.plans,
    shardKey,
    visibleOnly: shard.ownership.hidesRows,
  };
  const rows = request.operations.map((operation, index): RowAnswer | null => {
    try {
      return applyOperation(scope, operation);
    } catch (error) {
      const asked = { method: 'write', table: operation.table, requestId: request.requestId };
      throw new OperationFailed(index, toShardError(error, asked));
    }
  });
  const answer = { version, rows: JSON.stringify(rows) };
  requireRememberable(answer, request.operations.length - 1);
  rememberOperation(session, request.operationId, shard.wallClock(), answer);
  return answer;
}

const encoder = new TextEncoder();

/** An answer that a retry could not be given again must not be given once. */
function requireRememberable({ rows }: RememberedOperation, lastIndex: number): void {
  // UTF-8 takes at most three bytes per UTF-16 unit: most answers need no counting.
  if (rows.length * 3 <= MAX_REMEMBERED_ANSWER_BYTES) return;
  const bytes = encoder.encode(rows).length;
  if (bytes <= MAX_REMEMBERED_ANSWER_BYTES) return;
  throw new OperationFailed(
    lastIndex,
    new ShardQLError(
      'VALUE_TOO_LARGE',
      `Expected a mutation to select at most ${MAX_REMEMBERED_ANSWER_BYTES.toLocaleString('en-US')} bytes, but got ${bytes.toLocaleString('en-US')}; select fewer fields and query them afterwards.`,
    ),
  );
}
