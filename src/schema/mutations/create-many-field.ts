import type { GraphQLEnumType } from 'graphql';
import { conflictKeyArgument, DRY_RUN_ARGUMENT, dataOfMany } from './arguments.ts';
import { type MutationField, ofAllTables } from './mutation-field.ts';

/** `createCustomers(data, onConflict, conflictKey, dryRun)` */
export const createManyField: MutationField = {
  isOf: ofAllTables,
  description: 'Creates rows, those of each shard in one transaction.',
  args: (types, table) => ({
    ...dataOfMany(types, table, 'CreateInput'),
    onConflict: {
      type: types.get<GraphQLEnumType>('OnConflict'),
      defaultValue: 'ERROR',
      description: 'What becomes of a row whose key another row has.',
    },
    ...conflictKeyArgument(types, table, {
      description: 'The key that may be taken. Left out: with `IGNORE` any, with `UPDATE` the primary key.',
    }),
    ...DRY_RUN_ARGUMENT,
  }),
};
