import { PRIMARY_KEY } from '../../model/key-names.ts';
import { conflictKeyArgument, DRY_RUN_ARGUMENT, dataOfMany } from './arguments.ts';
import { type MutationField, ofAllTables } from './mutation-field.ts';

/** `upsertCustomers(data, conflictKey, dryRun)` */
export const upsertManyField: MutationField = {
  isOf: ofAllTables,
  description:
    'Creates rows, or sets the columns given of those that are there; those of each shard in one transaction.',
  args: (types, table) => ({
    ...dataOfMany(types, table, 'UpsertInput'),
    ...conflictKeyArgument(types, table, {
      defaultValue: PRIMARY_KEY,
      description: 'The key by which rows are found that are there.',
    }),
    ...DRY_RUN_ARGUMENT,
  }),
};
