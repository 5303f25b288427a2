import type { TableModel } from '../../../model/types.ts';
import { quoteName, ROW_ID } from '../../sql/sql-text.ts';
import { any, object } from '../shape-check.ts';
import { refersToItself } from './bulk-rows.ts';
import { canCascadeAtOnce, deleteLevelByLevel } from './cascade.ts';
import type { CommitScope } from './commit-scope.ts';
import { stillReferred } from './errors/foreign-key-error.ts';
import { isForeignKeyError } from './errors/sql-error.ts';
import { typedError, withTypedErrors } from './errors/typed-error.ts';
import { inHalves } from './in-halves.ts';
import { findMeantRows, ROWS_MEANT } from './meant-rows.ts';
import { SELECTION } from './members.ts';
import type { OperationKind } from './operations.ts';
import { readRows } from './results.ts';
import { hideRows } from './soft-delete.ts';

export const deleteManyOperation: OperationKind<'deleteMany'> = {
  shape: object({ kind: any, table: any, rows: ROWS_MEANT, atMost: any, select: SELECTION }),

  apply(scope, table, { rows, atMost, select }) {
    const { session, model, access } = scope;
    access?.requireVerb(table, 'delete');
    const meant = findMeantRows(scope, table, rows, atMost);
    const result = readRows(scope, table, {
      outcomes: meant.map(() => 'DELETED' as const),
      primaryKeys: meant.map(({ primaryKey }) => primaryKey),
      select,
      values: () => null,
      foreignKeyError: () => stillReferred(session, model, table, meant[0]!.rowId),
    });
    const rowIds = meant.map(({ rowId }) => rowId);
    if (table.softDelete === null) deleteRows(scope, table, rowIds);
    else keepRows(scope, table, rowIds);
    return { result };
  },
};

/** Notes when the rows were deleted, all at the same moment. */
function keepRows(scope: CommitScope, table: TableModel, rowIds: readonly string[]): void {
  const row = {
    values: () => null,
    foreignKeyError: () => stillReferred(scope.session, scope.model, table, rowIds[0]!),
  };
  withTypedErrors(scope, table, () => scope.savepoint(() => hideRows(scope, table, rowIds)), row);
}

/** Rows that refer to each other go in whatever order their foreign keys ask for. */
function deleteRows(scope: CommitScope, table: TableModel, rowIds: readonly string[]): void {
  const { session, model, savepoint } = scope;
  const sql = `DELETE FROM ${quoteName(table.sqlName)} WHERE ${ROW_ID} IN (SELECT CAST(value AS INTEGER) FROM json_each(?))`;
  const remove = (some: readonly string[]): void => {
    if (canCascadeAtOnce(model, table)) session.run(sql, JSON.stringify(some));
    else savepoint(() => deleteLevelByLevel(scope, table, some));
  };
  inHalves(rowIds, {
    split: (some) => [some],
    run: remove,
    mayPass: (error) => refersToItself(table) && isForeignKeyError(error),
    fail: (rowId, reason) => {
      throw typedError(scope, table, reason, {
        values: () => null,
        foreignKeyError: () => stillReferred(session, model, table, rowId),
      });
    },
  });
}
