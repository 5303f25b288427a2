import type { TableModel } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access/visible-rows.ts';
import type { WhereDraft } from './bulk-draft.ts';
import { placesOfChanges } from './operation-place.ts';
import { type ChangesArguments, rowChanges } from './row-changes.ts';
import { type RowsOfWhereArguments, rowsMeant } from './rows-meant.ts';

/** Mutation `updateCustomers(where, data, atomic, atMost, shardKey)`. */
export function compileUpdateMany(
  scope: RowScope,
  table: TableModel,
  args: RowsOfWhereArguments & ChangesArguments,
): WhereDraft {
  const changes = rowChanges(scope, table, args);
  const draft = rowsMeant(scope, table, args, 'update');
  const { plan } = draft.rows;
  return {
    ...draft,
    changes,
    place: {
      path: [],
      ...placesOfChanges(
        table,
        { path: ['data'], values: args.data ?? {} },
        { path: ['atomic'], values: args.atomic ?? {} },
      ),
    },
    operationOf: (values, select) => ({
      kind: 'updateMany',
      table: table.typeName,
      rows: { plan: plan.text, values },
      atMost: args.atMost,
      ...changes,
      select,
    }),
  };
}
