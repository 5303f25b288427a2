import { quoteName, ROW_ID } from '../../sql/sql-text.ts';
import { any, object } from '../shape-check.ts';
import { canCascadeAtOnce, deleteLevelByLevel } from './cascade.ts';
import { stillReferred } from './errors/foreign-key-error.ts';
import { withTypedErrors } from './errors/typed-error.ts';
import { locateRow } from './locate-row.ts';
import { ROW_KEY, SELECTION } from './members.ts';
import type { OperationKind } from './operations.ts';
import { readSelection } from './results.ts';

export const deleteOperation: OperationKind<'delete'> = {
  shape: object({ kind: any, table: any, key: ROW_KEY, expectedVersion: any, select: SELECTION }),

  apply(scope, table, { key, expectedVersion, select }) {
    const { session, model, savepoint } = scope;
    const { rowId, primaryKey } = locateRow(scope, table, key, expectedVersion);
    const row = { values: () => null, foreignKeyError: () => stillReferred(session, model, table, rowId) };
    const result = readSelection(scope, table, { select, primaryKey, ...row });
    const remove = () => {
      if (canCascadeAtOnce(model, table)) {
        session.run(`DELETE FROM ${quoteName(table.sqlName)} WHERE ${ROW_ID} = CAST(? AS INTEGER)`, rowId);
      } else savepoint(() => deleteLevelByLevel(scope, table, rowId));
    };
    withTypedErrors(scope, table, remove, row);
    return { result };
  },
};
