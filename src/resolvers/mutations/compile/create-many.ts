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
export const compileCreateMany = ({ model }: RowScope, table: TableModel, args: CreateManyArguments): RowsDraft =>
  newRowsDraft(model, table, args.data, args);
