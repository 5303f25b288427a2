import type { TableModel } from '../../../model/types.ts';
import type { WriteOperation } from '../../operation.ts';
import type { RowAnswer } from '../../plan.ts';
import { quoteName, ROW_ID } from '../sql-text.ts';
import { canCascadeAtOnce, deleteLevelByLevel } from './cascade.ts';
import { locateRow } from './locate-row.ts';
import { select, type WriteScope } from './write-scope.ts';

export function deleteRow(
  scope: WriteScope,
  table: TableModel,
  operation: Extract<WriteOperation, { kind: 'delete' }>,
): RowAnswer | null {
  const row = locateRow(scope, table, operation.key, operation.expectedVersion);
  const answer = select(scope, operation.select, row.primaryKey);
  if (canCascadeAtOnce(scope.model, table)) {
    scope.session.run(`DELETE FROM ${quoteName(table.sqlName)} WHERE ${ROW_ID} = CAST(? AS INTEGER)`, row.rowId);
  } else {
    // A savepoint, as several statements must be undone together when one of them fails.
    scope.storage.transactionSync(() => deleteLevelByLevel(scope, table, row.rowId));
  }
  return answer;
}
