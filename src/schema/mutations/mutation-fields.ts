import { MUTATION_KINDS, type MutationKind } from '../../model/mutation-names.ts';
import type { TableModel } from '../../model/types.ts';
import { createField } from './create-field.ts';
import { createManyField } from './create-many-field.ts';
import { deleteField } from './delete-field.ts';
import { deleteManyField } from './delete-many-field.ts';
import type { MutationField } from './mutation-field.ts';
import { purgeField } from './purge-field.ts';
import { restoreField } from './restore-field.ts';
import { updateField } from './update-field.ts';
import { updateManyField } from './update-many-field.ts';
import { upsertField } from './upsert-field.ts';
import { upsertManyField } from './upsert-many-field.ts';

/** By kind of mutation. A new one is a file of its own, and a line here. */
export const MUTATION_FIELDS: { readonly [Kind in MutationKind]: MutationField } = {
  create: createField,
  createMany: createManyField,
  update: updateField,
  updateMany: updateManyField,
  upsert: upsertField,
  upsertMany: upsertManyField,
  delete: deleteField,
  deleteMany: deleteManyField,
  restore: restoreField,
  purge: purgeField,
};

/** The kinds of mutations that a table has, in the order of its fields. */
export const mutationsOf = (table: TableModel): readonly MutationKind[] =>
  MUTATION_KINDS.filter((kind) => MUTATION_FIELDS[kind].isOf(table));
