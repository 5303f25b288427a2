/** The mutations of tables as the schema shows them: root fields and the members of `OperationInput` are made from them. */
import type { GraphQLEnumType, GraphQLFieldConfigArgumentMap } from 'graphql';
import { PRIMARY_KEY } from '../../model/key-names.ts';
import { MUTATION_KINDS, type MutationKind } from '../../model/mutation-names.ts';
import type { TableModel } from '../../model/types.ts';
import { mayWrite } from '../../model/writable-columns.ts';
import type { TypeRegistry } from '../type-registry.ts';
import {
  changesArguments,
  conflictKeyArgument,
  createDataArgument,
  DRY_RUN_ARGUMENT,
  dataOfMany,
  namedRowArguments,
  rowsOfWhereArguments,
  upsertArguments,
} from './arguments.ts';
import { hasCreate, hasUpdate } from './writable-tables.ts';

interface MutationField {
  /** False for tables that have nothing which it could do, or of which the caller's role may not do it. */
  readonly isOf: (table: TableModel) => boolean;
  readonly description: string;
  readonly args: (types: TypeRegistry, table: TableModel) => GraphQLFieldConfigArgumentMap;
}

const hasDelete = (table: TableModel): boolean => mayWrite(table, 'delete');

/** Tables whose deleted rows stay, and may be restored. */
const keepsDeleted = (table: TableModel): boolean => table.softDelete !== null && hasDelete(table);

/** Tables whose rows may be both created and changed. */
const hasUpsert = (table: TableModel): boolean => table.rules === null || (hasCreate(table) && hasUpdate(table));

export const MUTATION_FIELDS: { readonly [Kind in MutationKind]: MutationField } = {
  create: {
    isOf: hasCreate,
    description: 'Creates a row, and the related rows in its data.',
    args: createDataArgument,
  },
  createMany: {
    isOf: hasCreate,
    description: 'Creates rows, those of each shard in one transaction.',
    args: (types, table) => ({
      ...dataOfMany(types, table, 'CreateInput'),
      onConflict: {
        type: types.get<GraphQLEnumType>('OnConflict'),
        defaultValue: 'ERROR',
        description: 'What happens to a row whose key another row already has.',
      },
      ...conflictKeyArgument(types, table, {
        description:
          'The key that may already be taken. Default: any key with `IGNORE`, the primary key with `UPDATE`.',
      }),
      ...DRY_RUN_ARGUMENT,
    }),
  },
  update: {
    isOf: hasUpdate,
    description: 'Changes the row with this key; `NOT_FOUND` if there is none.',
    args: (types, table) => namedRowArguments(types, table, changesArguments(types, table)),
  },
  updateMany: {
    isOf: hasUpdate,
    description: 'Changes rows of one shard key in one transaction.',
    args: (types, table) => ({
      ...rowsOfWhereArguments(types, table, changesArguments(types, table)),
      ...DRY_RUN_ARGUMENT,
    }),
  },
  upsert: {
    isOf: hasUpsert,
    description: 'Changes the row with this key, or creates it if there is none.',
    args: (types, table) => namedRowArguments(types, table, upsertArguments(types, table)),
  },
  upsertMany: {
    isOf: hasUpsert,
    description:
      'Creates rows, or sets the given columns of rows that already exist; those of each shard in one transaction.',
    args: (types, table) => ({
      ...dataOfMany(types, table, 'UpsertInput'),
      ...conflictKeyArgument(types, table, {
        defaultValue: PRIMARY_KEY,
        description:
          'The key by which existing rows are found. A row that takes another key of an existing one is a `UNIQUE_VIOLATION`.',
      }),
      ...DRY_RUN_ARGUMENT,
    }),
  },
  delete: {
    isOf: hasDelete,
    description: 'Deletes the row with this key, and returns it as it was.',
    args: (types, table) => ({ ...namedRowArguments(types, table), ...DRY_RUN_ARGUMENT }),
  },
  deleteMany: {
    isOf: hasDelete,
    description: 'Deletes rows of one shard key in one transaction, and returns them as they were.',
    args: (types, table) => ({ ...rowsOfWhereArguments(types, table), ...DRY_RUN_ARGUMENT }),
  },
  restore: {
    isOf: keepsDeleted,
    description: 'Restores a deleted row, and the rows that were deleted with it.',
    args: (types, table) => namedRowArguments(types, table),
  },
  purge: {
    isOf: keepsDeleted,
    description: 'Removes a deleted row for good, with all rows that cascade, and returns it as it was.',
    args: (types, table) => namedRowArguments(types, table),
  },
};

/** The kinds of mutations that a table has, in the order of its fields. */
export const mutationsOf = (table: TableModel): readonly MutationKind[] =>
  MUTATION_KINDS.filter((kind) => MUTATION_FIELDS[kind].isOf(table));
