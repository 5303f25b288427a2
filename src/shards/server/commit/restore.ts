import { any, object } from '../shape-check.ts';
import { missingTarget } from './errors/foreign-key-error.ts';
import { withTypedErrors } from './errors/typed-error.ts';
import { locateRow, readWireValues } from './locate-row.ts';
import { SELECTION, TARGET, WHEN } from './members.ts';
import type { OperationKind } from './operations.ts';
import { showRow } from './soft-delete.ts';

/** Takes back the delete of a row. */
export const restoreOperation: OperationKind<'restore'> = {
  shape: object({ kind: any, table: any, ...TARGET, select: SELECTION, when: WHEN }),

  apply(scope, table, operation) {
    const { session, model, savepoint } = scope;
    const { rowId, primaryKey } = locateRow(scope, table, operation, [], 'deleted');
    const values = () =>
      readWireValues(
        session,
        table,
        table.columns.filter(({ generated }) => !generated),
        rowId,
      );
    const row = { values, foreignKeyError: () => missingTarget(session, model, table, values()) };
    withTypedErrors(scope, table, () => savepoint(() => showRow(scope, table, rowId)), row);
    return { outcomes: ['UPDATED'], select: operation.select, primaryKeys: [primaryKey], ...row };
  },
};
