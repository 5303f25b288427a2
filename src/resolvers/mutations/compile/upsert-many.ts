import type { TableModel } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access/visible-rows.ts';
import type { RowsDraft } from './bulk-draft.ts';
import type { DataInput } from './column-values.ts';
import { newRowsDraft } from './new-rows.ts';

interface UpsertManyArguments {
  readonly data: readonly DataInput[];
  /** The schema has a default. */
  readonly conflictKey: string;
}

/** Mutation `upsertCustomers(data, conflictKey)`. */
export function compileUpsertMany(scope: RowScope, table: TableModel, args: UpsertManyArguments): RowsDraft {
  const { data, conflictKey } = args;
  return newRowsDraft(scope, table, data, { onConflict: 'UPDATE', conflictKey });
}
