import { namedRowArguments } from './arguments.ts';
import { keepsDeleted, type MutationField } from './mutation-field.ts';

/** `restoreCustomer(by, expectedVersion, shardKey)` */
export const restoreField: MutationField = {
  isOf: keepsDeleted,
  description: 'Takes back the delete of a row, and of the rows that went with it.',
  args: (types, table) => namedRowArguments(types, table),
};
