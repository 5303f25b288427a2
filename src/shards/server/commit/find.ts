import { any, object, orNull } from '../shape-check.ts';
import { stillReferred } from './errors/foreign-key-error.ts';
import { locateRow, seekRow } from './locate-row.ts';
import { TARGET, WHEN } from './members.ts';
import type { OperationKind } from './operations.ts';

export const findOperation: OperationKind<'find'> = {
  shape: object({ kind: any, table: any, ...TARGET, key: orNull(TARGET.key), required: any, when: WHEN }),

  apply(scope, table, operation) {
    const purpose = { right: 'read' } as const;
    const row = operation.required
      ? locateRow(scope, table, operation, purpose)
      : seekRow(scope, table, operation, purpose);
    return {
      outcomes: row ? ['UNCHANGED'] : [],
      select: null,
      primaryKeys: row ? [row.primaryKey] : [],
      values: () => null,
      foreignKeyError: () => stillReferred(scope.session, scope.model, table, row!.rowId),
    };
  },
};
