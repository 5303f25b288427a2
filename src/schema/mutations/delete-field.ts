import { namedRowArguments } from './arguments.ts';
import { type MutationField, ofAllTables } from './mutation-field.ts';

/** `deleteCustomer(by, expectedVersion, shardKey)` */
export const deleteField: MutationField = {
  isOf: ofAllTables,
  description: 'Gives the row as it was before.',
  args: (types, table) => namedRowArguments(types, table),
};
