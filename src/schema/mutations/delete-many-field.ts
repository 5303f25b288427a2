import { DRY_RUN_ARGUMENT, rowsOfWhereArguments } from './arguments.ts';
import { type MutationField, ofAllTables } from './mutation-field.ts';

/** `deleteCustomers(where, atMost, shardKey, dryRun)` */
export const deleteManyField: MutationField = {
  isOf: ofAllTables,
  description: 'Deletes rows of one shard key in one transaction, and gives them as they were before.',
  args: (types, table) => ({ ...rowsOfWhereArguments(types, table), ...DRY_RUN_ARGUMENT }),
};
