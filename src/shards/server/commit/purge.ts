import { any, object } from '../shape-check.ts';
import { eraseRow } from './erase-row.ts';
import { stillReferred } from './errors/foreign-key-error.ts';
import { withTypedErrors } from './errors/typed-error.ts';
import { locateRow } from './locate-row.ts';
import { SELECTION, TARGET, WHEN } from './members.ts';
import type { OperationKind } from './operations.ts';
import { readRows } from './results.ts';

/** Takes a row away that was deleted and kept. What cascades goes with it, deleted or not. */
export const purgeOperation: OperationKind<'purge'> = {
  shape: object({ kind: any, table: any, ...TARGET, select: SELECTION, when: WHEN }),

  apply(scope, table, operation) {
    const { session, model } = scope;
    const { rowId, primaryKey } = locateRow(scope, table, operation, { right: 'delete', state: 'deleted' });
    const row = { values: () => null, foreignKeyError: () => stillReferred(session, model, table, rowId) };
    const { select } = operation;
    const result = readRows(scope, table, { outcomes: ['DELETED'], select, primaryKeys: [primaryKey], ...row });
    withTypedErrors(scope, table, () => eraseRow(scope, table, rowId), row);
    return { result };
  },
};
