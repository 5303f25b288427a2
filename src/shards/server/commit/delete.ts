import type { TableModel } from '../../../model/types.ts';
import type { RowsWritten, Selection } from '../../operation.ts';
import { any, object } from '../shape-check.ts';
import type { CommitScope } from './commit-scope.ts';
import { eraseRow } from './erase-row.ts';
import { stillReferred } from './errors/foreign-key-error.ts';
import { withTypedErrors } from './errors/typed-error.ts';
import { type LocatedRow, locateRow } from './locate-row.ts';
import { SELECTION, TARGET, WHEN } from './members.ts';
import type { OperationKind } from './operations.ts';
import { readRows } from './results.ts';
import { hideRows } from './soft-delete.ts';

export const deleteOperation: OperationKind<'delete'> = {
  shape: object({ kind: any, table: any, ...TARGET, select: SELECTION, when: WHEN }),

  apply(scope, table, operation) {
    const row = locateRow(scope, table, operation, { right: 'delete' });
    return { result: removeRow(scope, table, row, operation.select), removed: [row.primaryKey] };
  },
};

/** Deletes a row that is there and that the caller may delete, and what cascades from it: for good, or as its table keeps it. */
export function removeRow(
  scope: CommitScope,
  table: TableModel,
  { rowId, primaryKey }: Pick<LocatedRow, 'rowId' | 'primaryKey'>,
  select: Selection,
): RowsWritten {
  const { session, model, savepoint } = scope;
  const row = { values: () => null, foreignKeyError: () => stillReferred(session, model, table, rowId) };
  const written = readRows(scope, table, { outcomes: ['DELETED'], select, primaryKeys: [primaryKey], ...row });
  const remove = () => {
    if (table.softDelete === null) eraseRow(scope, table, rowId);
    else savepoint(() => hideRows(scope, table, [rowId]));
  };
  withTypedErrors(scope, table, remove, row);
  return written;
}
