import { changesArguments, namedRowArguments } from './arguments.ts';
import { hasUpdate } from './data-inputs.ts';
import type { MutationField } from './mutation-field.ts';

/** `updateCustomer(by, data, atomic, expectedVersion, shardKey)` */
export const updateField: MutationField = {
  isOf: hasUpdate,
  args: (types, table) => namedRowArguments(types, table, changesArguments(types, table)),
};
