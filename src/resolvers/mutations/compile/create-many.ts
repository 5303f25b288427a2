import type { TableModel } from '../../../model/types.ts';
import type { RowScope } from '../../../plans/access/visible-rows.ts';
import type { RowsDraft } from './bulk-draft.ts';
import type { DataInput } from './column-values.ts';
import { newRowsDraft } from './new-rows.ts';
import type { OnConflictArguments } from './on-conflict.ts';

interface CreateManyArguments extends OnConflictArguments {
  readonly data: readonly DataInput[];
}

/** Mutation `createCustomers(data, onConflict, conflictKey)`. */
export const compileCreateMany = (scope: RowScope, table: TableModel, args: CreateManyArguments): RowsDraft =>
  newRowsDraft(scope, table, args.data, args);
