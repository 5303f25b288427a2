import { namedRowArguments } from './arguments.ts';
import { keepsDeleted, type MutationField } from './mutation-field.ts';

/** `purgeCustomer(by, expectedVersion, shardKey)` */
export const purgeField: MutationField = {
  isOf: keepsDeleted,
  description: 'Takes a deleted row away for good, with all rows that cascade. Gives the row as it was before.',
  args: (types, table) => namedRowArguments(types, table),
};
