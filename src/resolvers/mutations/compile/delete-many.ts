import type { TableModel } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access/visible-rows.ts';
import type { WhereDraft } from './bulk-draft.ts';
import { type RowsOfWhereArguments, rowsMeant } from './rows-meant.ts';

/** Mutation `deleteCustomers(where, atMost, shardKey)`: gives the rows as they were before. */
export function compileDeleteMany(scope: RowScope, table: TableModel, args: RowsOfWhereArguments): WhereDraft {
  const draft = rowsMeant(scope, table, args, 'delete');
  const { plan } = draft.rows;
  return {
    ...draft,
    changes: null,
    place: { path: [] },
    operationOf: (values, select) => ({
      kind: 'deleteMany',
      table: table.typeName,
      rows: { plan: plan.text, values },
      atMost: args.atMost,
      select,
    }),
  };
}
