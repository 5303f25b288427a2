import { quoteName, ROW_ID } from '../../sql/sql-text.ts';
import { any, object } from '../shape-check.ts';
import { canCascadeAtOnce, deleteLevelByLevel } from './cascade.ts';
import { stillReferred } from './errors/foreign-key-error.ts';
import { withTypedErrors } from './errors/typed-error.ts';
import { locateRow } from './locate-row.ts';
import { SELECTION, TARGET, WHEN } from './members.ts';
import type { OperationKind } from './operations.ts';
import { readRows } from './results.ts';

export const deleteOperation: OperationKind<'delete'> = {
  shape: object({ kind: any, table: any, ...TARGET, select: SELECTION, when: WHEN }),

  apply(scope, table, operation) {
    const { session, model, savepoint } = scope;
    const { rowId, primaryKey } = locateRow(scope, table, operation);
    const row = { values: () => null, foreignKeyError: () => stillReferred(session, model, table, rowId) };
    const { select } = operation;
    const result = readRows(scope, table, { outcomes: ['DELETED'], select, primaryKeys: [primaryKey], ...row });
    const remove = () => {
      if (canCascadeAtOnce(model, table)) {
        session.run(`DELETE FROM ${quoteName(table.sqlName)} WHERE ${ROW_ID} = CAST(? AS INTEGER)`, rowId);
      } else savepoint(() => deleteLevelByLevel(scope, table, [rowId]));
    };
    withTypedErrors(scope, table, remove, row);
    return { result };
  },
};
