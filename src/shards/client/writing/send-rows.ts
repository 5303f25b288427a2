import { ShardQLError, wireToError } from '../../errors.ts';
import type { RowsWritten } from '../../operation.ts';
import { fromJsonText } from '../../protocol/json-text.ts';
import type { Idempotency, WriteFailed } from '../../protocol/write.ts';
import type { WriteRules } from '../../write-rules.ts';
import type { ShardConnection } from '../connection.ts';
import { shardFailed, writeInDoubt } from '../failures.ts';
import { Misrouted } from '../routing/router.ts';
import type { Routing } from '../routing/router-state.ts';
import type { Commit, ShardCreated } from '../shard-client.ts';
import { recordCommit } from './record-commit.ts';
import type { RowBatch } from './row-batches.ts';
import { type Sendings, sendWrite } from './send-write.ts';
import { specialMembers } from './special-members.ts';

/** A batch on its way to a shard. */
export interface SentBatch extends RowBatch, Sendings {
  readonly shard: string;
  readonly operationId: string;
  readonly idempotency: Idempotency | null;
  readonly dryRun: boolean;
  readonly rules: WriteRules | null;
}

/** What a shard did about a batch. */
type Outcome = { readonly commit: Commit | null; readonly written: RowsWritten } | Failure;

type Failure = { readonly failure: NonNullable<ShardCreated['failure']> };

/** Sends a batch to its shard, as often as is worthwhile; never throws what is expected to fail. */
export async function sendRows(
  connection: ShardConnection,
  routing: Routing,
  batch: SentBatch,
): Promise<Outcome | Misrouted> {
  try {
    return await send(connection, routing, batch);
  } catch (error) {
    if (error instanceof ShardQLError) return failed(batch, error);
    throw error;
  }
}

/** What of the rows is to blame for a failure. */
type Culprit = Pick<Failure['failure'], 'row' | 'position'>;

export function failed(
  { unanswered, idempotency, dryRun }: SentBatch,
  error: ShardQLError,
  culprit: Culprit = { row: null, position: null },
): Failure {
  // With a key, a repeated request learns the outcome.
  const isInDoubt = unanswered > 0 && idempotency === null && !dryRun;
  return { failure: { error: isInDoubt ? writeInDoubt(error) : error, ...culprit } };
}

function culpritOf({ indices, sources }: SentBatch, { index, row }: WriteFailed): Culprit {
  const source = index === null ? undefined : sources[index];
  if (source === undefined) return { row: null, position: null };
  const { rows, position } = source;
  const at = position === null ? rows[row ?? -1] : rows[0];
  return { row: at === undefined ? null : indices[at]!, position };
}

async function send(
  { scope, router, caller }: ShardConnection,
  routing: Routing,
  batch: SentBatch,
): Promise<Outcome | Misrouted> {
  const { settings, deadline } = scope;
  const { shard, shardKeys, operations, writtenOf, operationId, idempotency, dryRun } = batch;
  const request = {
    ...caller.envelope(routing.epoch, shard),
    operationId,
    shardKeys,
    operations,
    ...specialMembers(batch),
  };
  const shardKey = shardKeys.length === 1 ? shardKeys[0]! : null;
  const span = scope.trace.begin('write', shard);
  const answer = await sendWrite(caller, shard, { shardKey, deadline, span }, request, batch);
  router.observeEpoch(answer.epoch);
  switch (answer.status) {
    case 'OK': {
      const results = fromJsonText(answer.results) as readonly RowsWritten[];
      // A first answer under the key, to other rows: those have moved between shards since.
      if (!isAnswerTo(batch, results)) throw shardFailed(answer, settings.shedRetryAfterMs);
      const origin = idempotency?.id ?? operationId;
      const commit = recordCommit(scope, shard, routing.epoch, shardKeys, origin, answer, span);
      return { commit: dryRun ? null : commit, written: writtenOf(results) };
    }
    case 'WRONG_SHARD':
      return new Misrouted(answer.epoch);
    case 'FAILED':
      // The shard remembers that under the operation id: no attempt that is still on its way will be applied.
      if (!answer.error.isOfOtherRelease) batch.unanswered = 0;
      return failed(batch, wireToError(answer.error), culpritOf(batch, answer));
    case 'REFUSED':
      // A bug that shows only once the transaction is done: what fails in it is FAILED.
      if (answer.error.code === 'INTERNAL_SERVER_ERROR') batch.unanswered++;
      throw wireToError(answer.error);
    default:
      throw shardFailed(answer, settings.shedRetryAfterMs);
  }
}

/** Whether results may be those of the operations: one for each, with as many rows. */
const isAnswerTo = ({ operations, sources }: SentBatch, results: readonly RowsWritten[]): boolean =>
  results.length === operations.length &&
  sources.every(({ rows, position }, at) => position !== null || results[at]!.outcomes.length === rows.length);
