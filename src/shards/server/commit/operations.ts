import type { TableModel } from '../../../model/types.ts';
import type { OperationOf, OperationResult, TableOperation, WriteOperation } from '../../operation.ts';
import { type Check, tagged } from '../shape-check.ts';
import { type CommitScope, tableOf } from './commit-scope.ts';
import { createOperation } from './create.ts';
import { createManyOperation } from './create-many.ts';
import { deleteOperation } from './delete.ts';
import { deleteManyOperation } from './delete-many.ts';
import { findOperation } from './find.ts';
import { importOperation } from './import.ts';
import { purgeOperation } from './purge.ts';
import { restoreOperation } from './restore.ts';
import type { PendingResult } from './results.ts';
import { applyUndo, UNDO_SHAPE } from './undo.ts';
import { unlinkOperation } from './unlink.ts';
import { updateOperation } from './update.ts';
import { updateManyOperation } from './update-many.ts';
import { upsertOperation } from './upsert.ts';

type Kind = TableOperation['kind'];

/** A kind of operation on a table: all that the commit knows of it. */
export interface OperationKind<K extends Kind> {
  /** The members that this release knows. */
  readonly shape: Check;
  /**
   * Runs inside the commit's transaction, which is rolled back if it throws.
   *
   * @throws ShardQLError for what is expected to fail.
   */
  readonly apply: (
    scope: CommitScope,
    table: TableModel,
    operation: OperationOf<K>,
  ) => PendingResult<OperationResult<K>>;
}

/** Every kind of operation on a table there is. A new one is a file of its own, and a line here. */
const KINDS: { readonly [K in Kind]: OperationKind<K> } = {
  create: createOperation,
  update: updateOperation,
  upsert: upsertOperation,
  delete: deleteOperation,
  createMany: createManyOperation,
  updateMany: updateManyOperation,
  deleteMany: deleteManyOperation,
  find: findOperation,
  unlink: unlinkOperation,
  restore: restoreOperation,
  purge: purgeOperation,
  import: importOperation,
};

/** Holds an operation to what this release knows: a condition that a shard leaves out would let a write pass that must not. */
export const checkShape = tagged('kind', {
  ...(Object.fromEntries(Object.entries(KINDS).map(([kind, { shape }]) => [kind, shape])) as Record<Kind, Check>),
  undo: UNDO_SHAPE,
});

/** @throws ShardQLError, also SHARD_UNAVAILABLE, to be tried again, for an operation of a newer release. */
export function applyOperation(scope: CommitScope, operation: WriteOperation): PendingResult {
  checkShape(operation);
  return operation.kind === 'undo' ? applyUndo(scope, operation) : applyToTable(scope, operation);
}

function applyToTable<K extends Kind>(
  scope: CommitScope,
  operation: TableOperation & { readonly kind: K },
): PendingResult {
  const table = tableOf(scope.model, operation.table);
  return (KINDS[operation.kind] as OperationKind<K>).apply(scope, table, operation as OperationOf<K>);
}
