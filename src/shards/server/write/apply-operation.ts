import type { TableModel } from '../../../model/types.ts';
import type { ShardQLError } from '../../errors.ts';
import type { WireValues, WriteOperation } from '../../operation.ts';
import type { RowAnswer } from '../../plan.ts';
import { StatementError } from '../statement-error.ts';
import { checkOperation } from './check-operation.ts';
import { createRow } from './create-row.ts';
import { deleteRow } from './delete-row.ts';
import { expressionError } from './expression-error.ts';
import { missingTarget, refersToNothing, stillReferred } from './foreign-key-error.ts';
import { locateRow, readWireValues } from './locate-row.ts';
import { isForeignKeyError, translateSqlError } from './sql-error.ts';
import { updateRow } from './update-row.ts';
import { tableOf, type WriteScope } from './write-scope.ts';

/**
 * Applies one operation inside the write's transaction and reads its selection there. Expected failures are thrown as
 * `ShardQLError`; the transaction must then be rolled back.
 */
export function applyOperation(scope: WriteScope, operation: WriteOperation): RowAnswer | null {
  checkOperation(operation);
  const table = tableOf(scope.model, operation.table);
  try {
    switch (operation.kind) {
      case 'create':
        return createRow(scope, table, operation);
      case 'update':
        return updateRow(scope, table, operation);
      case 'delete':
        return deleteRow(scope, table, operation);
    }
  } catch (error) {
    if (isForeignKeyError(error)) throw foreignKeyViolation(scope, table, operation);
    throw (
      translateSqlError(scope.model, table, error) ??
      expressionError(scope.session, scope.model, table, error, valuesOf(scope, table, operation, error)) ??
      error
    );
  }
}

/** What the row would have held, as far as it is known; null for deletes. */
function valuesOf(scope: WriteScope, table: TableModel, operation: WriteOperation, error: unknown): WireValues | null {
  if (operation.kind === 'delete' || !(error instanceof StatementError)) return null;
  if (operation.kind === 'create') return operation.values;
  const { rowId } = locateRow(scope, table, operation.key, null);
  const given = table.columns.filter(({ generated }) => !generated);
  return { ...readWireValues(scope.session, table, given, rowId), ...operation.set };
}

/** The failed statement was undone, so the rows are as it found them. */
function foreignKeyViolation(scope: WriteScope, table: TableModel, operation: WriteOperation): ShardQLError {
  const { session, model } = scope;
  if (operation.kind === 'create') return missingTarget(session, model, table, operation.values);
  const { rowId } = locateRow(scope, table, operation.key, null);
  if (operation.kind === 'delete') return stillReferred(session, model, table, rowId);
  const columns = [...new Set(table.foreignKeys.flatMap((foreignKey) => foreignKey.columns))];
  const values = { ...readWireValues(session, table, columns, rowId), ...operation.set };
  const isOwn = table.foreignKeys.some((foreignKey) => refersToNothing(session, model, foreignKey, values));
  return isOwn ? missingTarget(session, model, table, values) : stillReferred(session, model, table, rowId);
}
