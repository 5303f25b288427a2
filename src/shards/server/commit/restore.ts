import type { TableModel } from '../../../model/types.ts';
import type { Selection } from '../../operation.ts';
import { any, object } from '../shape-check.ts';
import type { CommitScope } from './commit-scope.ts';
import { missingTarget } from './errors/foreign-key-error.ts';
import { withTypedErrors } from './errors/typed-error.ts';
import { type LocatedRow, locateRow, readWireValues } from './locate-row.ts';
import { SELECTION, TARGET, WHEN } from './members.ts';
import type { OperationKind } from './operations.ts';
import type { WrittenRows } from './results.ts';
import { showRow } from './soft-delete.ts';

/** Takes back the delete of a row. */
export const restoreOperation: OperationKind<'restore'> = {
  shape: object({ kind: any, table: any, ...TARGET, select: SELECTION, when: WHEN }),

  apply: (scope, table, operation) =>
    restoreRow(
      scope,
      table,
      locateRow(scope, table, operation, { right: 'delete', state: 'deleted' }),
      operation.select,
    ),
};

/** Takes back the delete of a row that was found, and of those that went with it. Undoes itself when it throws. */
export function restoreRow(
  scope: CommitScope,
  table: TableModel,
  { rowId, primaryKey }: Pick<LocatedRow, 'rowId' | 'primaryKey'>,
  select: Selection,
): WrittenRows {
  const { session, model, savepoint } = scope;
  const given = table.columns.filter(({ generated }) => !generated);
  const values = () => readWireValues(session, table, given, rowId);
  const row = { values, foreignKeyError: () => missingTarget(session, model, table, values()) };
  withTypedErrors(scope, table, () => savepoint(() => showRow(scope, table, rowId)), row);
  return { outcomes: ['UPDATED'], select, primaryKeys: [primaryKey], ...row };
}
