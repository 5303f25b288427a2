import type { HeldRow } from '../../cache/reading/read-through.ts';
import type { WriteResult } from '../../shards/client/shard-client.ts';
import { FailedOperation } from '../../shards/errors.ts';
import type { MutationOperation } from '../../shards/operation.ts';
import type { Idempotency } from '../../shards/protocol/write.ts';
import type { ShardKey } from '../../shards/shard-key.ts';
import type { FieldRun } from '../run/field-run.ts';
import { type OperationPlace, placedFailure } from './compile/operation-place.ts';
import { outOfReach } from './required-shard-key.ts';

interface OperationsToWrite {
  readonly operations: readonly MutationOperation[];
  /** Of each of them. */
  readonly places: readonly OperationPlace[];
  /** What is read back for the cache; null: nothing. */
  readonly held: HeldRow | null;
  /** Null: it is sent without a key. */
  readonly idempotency: Idempotency | null;
  /** All is done and undone again. */
  readonly dryRun?: boolean;
}

/**
 * One transaction under one shard key, in one call.
 *
 * @throws ShardQLError with the place of the operation that failed.
 */
export async function writeOperations(
  { context, path }: FieldRun,
  shardKey: ShardKey,
  { operations, places, held, idempotency, dryRun = context.isDryRun === true }: OperationsToWrite,
): Promise<WriteResult> {
  const { reader, shards, access, model, operatorAudit } = context;
  const fail = (error: FailedOperation, index: number) =>
    placedFailure(error, places[index]!, operations[index]!, error.row);
  for (const [index, operation] of operations.entries()) {
    const error = outOfReach(access, model.table(operation.table), shardKey, operation);
    if (error !== null) throw fail(new FailedOperation(error, index), index);
  }
  const rules = access.writeRules(operations.map(({ table }) => table));
  try {
    const written = await shards.write(shardKey, operations, { readBack: held, idempotency, dryRun, rules });
    if (!dryRun) reader.recordWrite(written, held, path);
    // What is purged cannot be undone.
    const purged = dryRun ? undefined : operations.find(({ kind }) => kind === 'purge');
    if (purged) await operatorAudit?.record('purge', purged.table);
    return written;
  } catch (error) {
    if (!(error instanceof FailedOperation) || error.index === null) throw error;
    throw fail(error, error.index);
  }
}
