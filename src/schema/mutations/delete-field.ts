import { DRY_RUN_ARGUMENT, namedRowArguments } from './arguments.ts';
import { type MutationField, ofAllTables } from './mutation-field.ts';

/** `deleteCustomer(by, expectedVersion, shardKey, dryRun)` */
export const deleteField: MutationField = {
  isOf: ofAllTables,
  description: 'Gives the row as it was before.',
  args: (types, table) => ({ ...namedRowArguments(types, table), ...DRY_RUN_ARGUMENT }),
};
