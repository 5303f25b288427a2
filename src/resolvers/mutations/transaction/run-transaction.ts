import type { RowsWritten } from '../../../shards/operation.ts';
import type { ShardKey } from '../../../shards/shard-key.ts';
import type { KeyedCommit } from '../../idempotency/keyed-field.ts';
import type { FieldRun } from '../../run/field-run.ts';
import { findNothing } from '../required-shard-key.ts';
import { writeOperations } from '../write-operations.ts';
import { commonShardKey } from './common-shard-key.ts';
import { placeOperations, type TransactionPart } from './place-operations.ts';

const NOTHING_WRITTEN: RowsWritten = { outcomes: [], rows: [] };

/**
 * Applies operations in their order, in one transaction: all or nothing.
 *
 * @param keyed null: it is sent without an idempotency key.
 * @param shardKey if it is not left to the operations.
 * @returns what each has written.
 * @throws ShardQLError with the place of the operation that failed.
 */
export async function runTransaction(
  parts: readonly TransactionPart[],
  field: FieldRun,
  keyed: KeyedCommit | null,
  shardKey?: ShardKey,
): Promise<readonly RowsWritten[]> {
  if (parts.length === 0) return [];
  const common = await commonShardKey(parts, field, keyed, shardKey);
  await Promise.all(parts.map(({ draft }) => draft.prepare?.(field)));
  for (const run of new Set(parts.map((part) => part.run))) await run?.fill();
  const { operations, places, results } = placeOperations(parts, common);
  if (findNothing(field.context, common, operations)) return parts.map(() => NOTHING_WRITTEN);
  const shown = parts.map(({ run }) => run && [run.plan.compiled.text, field.operation.valuesOf(run.read)]);
  const kinds = operations.map(({ kind }) => kind);
  const idempotency = keyed && (await keyed.idempotency([kinds, shown]));
  const written = await writeOperations(field, common, { operations, places, held: null, idempotency });
  return results.map(({ writtenOf, first, end }) => writtenOf(written.results.slice(first, end)));
}
