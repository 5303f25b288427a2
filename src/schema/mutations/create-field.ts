import { createDataArgument } from './arguments.ts';
import { type MutationField, ofAllTables } from './mutation-field.ts';

/** `createCustomer(data)` */
export const createField: MutationField = {
  isOf: ofAllTables,
  args: createDataArgument,
};
