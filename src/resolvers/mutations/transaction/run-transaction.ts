import type { MutationOperation, RowsWritten } from '../../../shards/operation.ts';
import { type ShardKey, shardKeyToWire } from '../../../shards/shard-key.ts';
import type { KeyedCommit } from '../../idempotency/keyed-field.ts';
import type { FieldRun } from '../../run/field-run.ts';
import type { ReadRun } from '../../run/read-run.ts';
import { belowInputPath, type InputPath } from '../compile/input-path.ts';
import { requireOperations } from '../compile/nested/operation-list.ts';
import { type OperationPlace, placeBelow } from '../compile/operation-place.ts';
import type { WritePlace } from '../compile/write-draft.ts';
import { writeOperations } from '../write-operations.ts';
import { commonShardKey, type PlacedDraft } from './common-shard-key.ts';

/** An operation, and what is shown of its rows. */
interface TransactionPart extends PlacedDraft {
  /** Null: nothing. */
  readonly run: ReadRun | null;
}

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
  const operations: MutationOperation[] = [];
  const places: OperationPlace[] = [];
  const rows: number[] = [];
  const writtenBy: ((results: readonly RowsWritten[]) => RowsWritten)[] = [];
  for (const { draft, path, run } of parts) {
    const drafted = operationsOf(draft, path, {
      shardKey: shardKeyToWire(draft.table.shardKey, common),
      select: run && { plan: run.plan.compiled.text, values: run.values },
      first: operations.length,
      rows,
    });
    const [first, end] = [operations.length, operations.length + drafted.operations.length];
    const { shown, writtenOf = (own) => own[shown]! } = drafted;
    rows.push(first + shown);
    writtenBy.push((results) => writtenOf(results.slice(first, end)));
    operations.push(...drafted.operations);
    places.push(...drafted.places.map((place) => placeBelow(path, place)));
    requireOperations(operations.length);
  }
  const shown = parts.map(({ run }) => run && [run.plan.compiled.text, field.operation.valuesOf(run.read)]);
  const kinds = operations.map(({ kind }) => kind);
  const idempotency = keyed && (await keyed.idempotency([kinds, shown]));
  const written = await writeOperations(field, common, { operations, places, held: null, idempotency });
  return writtenBy.map((writtenOf) => writtenOf(written.results));
}

/** Rows that inherit their shard key are checked only now. */
function operationsOf({ operationsAt }: TransactionPart['draft'], path: InputPath, place: WritePlace) {
  try {
    return operationsAt(place);
  } catch (error) {
    throw belowInputPath(error, path);
  }
}
