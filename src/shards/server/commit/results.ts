import type { Model, TableModel, WireValue } from '../../../model/types.ts';
import type { OperationResult, RowOutcome, RowsWritten, Selection, WriteOperation } from '../../operation.ts';
import type { RowAnswer } from '../../plan/answer.ts';
import { type CommitScope, tableOf } from './commit-scope.ts';
import { type FailedRow, withTypedErrors } from './errors/typed-error.ts';
import type { AppliedRow } from './references.ts';

/** Rows that were written or found, whose selection is read once all operations of the commit are applied. */
interface WrittenRows extends FailedRow {
  /** One per row. */
  readonly outcomes: readonly RowOutcome[];
  readonly select: Selection;
  /** One per row. */
  readonly primaryKeys: readonly (readonly WireValue[])[];
}

/** What an operation leaves: its result, or where to read it. */
export type PendingResult<Result extends OperationResult = OperationResult> = { readonly result: Result } | WrittenRows;

export const readResult = (scope: CommitScope, table: TableModel, pending: PendingResult): OperationResult =>
  'result' in pending ? pending.result : readRows(scope, table, pending);

/** Reads what a mutation returns of its rows, as they are now; null for one that is gone. */
export const readRows = (scope: CommitScope, table: TableModel, written: WrittenRows): RowsWritten => ({
  outcomes: written.outcomes,
  rows: withTypedErrors(scope, table, () => readSelection(scope, written), written),
});

function readSelection({ plans, session, shardKeys, visibleOnly }: CommitScope, { select, primaryKeys }: WrittenRows) {
  if (select === null) return [];
  const call = { ...select, keys: primaryKeys, shardKeys: [...shardKeys] };
  return plans.run(session, call, { visibleOnly }) as readonly (RowAnswer | null)[];
}

/** The one row of an operation that was applied; null if it has none, or several. */
export function appliedRow(
  model: Model,
  operation: WriteOperation | undefined,
  pending: PendingResult | undefined,
): AppliedRow | null {
  if (operation === undefined || pending === undefined || 'result' in pending) return null;
  const [primaryKey, ...others] = pending.primaryKeys;
  return primaryKey && others.length === 0 ? { table: tableOf(model, operation.table), primaryKey } : null;
}
