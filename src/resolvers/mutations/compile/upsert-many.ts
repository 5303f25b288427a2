import type { TableModel } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access.ts';
import { badUserInput } from '../../../plans/bad-user-input.ts';
import type { RowsDraft } from './bulk-draft.ts';
import type { DataInput } from './column-values.ts';
import { newRowsDraft } from './new-rows.ts';

interface UpsertManyArguments {
  readonly data: readonly DataInput[];
  /** The schema has a default. */
  readonly conflictKey: string | null;
}

/** Mutation `upsertCustomers(data, conflictKey)`. */
export function compileUpsertMany(_scope: RowScope, table: TableModel, args: UpsertManyArguments): RowsDraft {
  const { data, conflictKey } = args;
  if (conflictKey === null)
    throw badUserInput('Expected conflictKey to name a key, but got null. Leave it out for the primary key.');
  return newRowsDraft(table, data, { onConflict: 'UPDATE', conflictKey });
}
