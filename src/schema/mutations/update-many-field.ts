import { changesArguments, DRY_RUN_ARGUMENT, rowsOfWhereArguments } from './arguments.ts';
import { hasUpdate } from './data-inputs.ts';
import type { MutationField } from './mutation-field.ts';

/** `updateCustomers(where, data, atomic, atMost, shardKey, dryRun)` */
export const updateManyField: MutationField = {
  isOf: hasUpdate,
  description: 'Changes rows of one shard key in one transaction.',
  args: (types, table) => ({
    ...rowsOfWhereArguments(types, table, changesArguments(types, table)),
    ...DRY_RUN_ARGUMENT,
  }),
};
