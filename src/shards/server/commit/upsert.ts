import { any, object, orNull } from '../shape-check.ts';
import { createOperation } from './create.ts';
import { seekRow } from './locate-row.ts';
import { SELECTION, TARGET, VALUES, WHEN } from './members.ts';
import type { OperationKind } from './operations.ts';
import { updateOperation } from './update.ts';

export const upsertOperation: OperationKind<'upsert'> = {
  shape: object({
    kind: any,
    table: any,
    ...TARGET,
    create: VALUES,
    set: VALUES,
    atomic: orNull(object({})),
    select: SELECTION,
    when: WHEN,
  }),

  apply(scope, table, operation) {
    const { key, within, create, set, atomic, expectedVersion, select } = operation;
    if (seekRow(scope, table, operation)) {
      const target = { table: table.typeName, key, within, expectedVersion, select };
      return updateOperation.apply(scope, table, { kind: 'update', ...target, set, atomic });
    }
    const ofKey = Object.fromEntries(key.columns.map((name, at) => [name, key.values[at]!]));
    const values = { ...ofKey, ...within, ...create };
    return createOperation.apply(scope, table, { kind: 'create', table: table.typeName, values, select });
  },
};
