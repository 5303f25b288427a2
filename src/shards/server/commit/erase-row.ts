import type { TableModel } from '../../../model/types.ts';
import { quoteName, ROW_ID } from '../../sql/sql-text.ts';
import { canCascadeAtOnce, deleteLevelByLevel } from './cascade.ts';
import type { CommitScope } from './commit-scope.ts';

/** Takes a row away for good, with those that cascade. Undoes itself when it throws. */
export function eraseRow(scope: CommitScope, table: TableModel, rowId: string): void {
  if (canCascadeAtOnce(scope.model, table)) {
    scope.session.run(`DELETE FROM ${quoteName(table.sqlName)} WHERE ${ROW_ID} = CAST(? AS INTEGER)`, rowId);
  } else scope.savepoint(() => deleteLevelByLevel(scope, table, [rowId]));
}
