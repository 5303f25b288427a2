import { namedRowArguments, upsertArguments } from './arguments.ts';
import { type MutationField, ofAllTables } from './mutation-field.ts';

/** `upsertCustomer(by, create, update, atomic, expectedVersion, shardKey)` */
export const upsertField: MutationField = {
  isOf: ofAllTables,
  description: 'Changes the row with this key, or creates it if there is none.',
  args: (types, table) => namedRowArguments(types, table, upsertArguments(types, table)),
};
