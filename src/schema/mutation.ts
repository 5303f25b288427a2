/** Root fields of mutations: each writes one row in one transaction. */
import {
  type GraphQLFieldConfigArgumentMap,
  type GraphQLInputObjectType,
  GraphQLNonNull,
  type GraphQLObjectType,
  type GraphQLScalarType,
} from 'graphql';
import type { Model, TableModel } from '../model/types.ts';
import { roleExtensions } from '../plans/field-role.ts';
import type { DataInput } from '../resolvers/mutations/column-values.ts';
import { createRow } from '../resolvers/mutations/create-row.ts';
import { type DeleteArguments, deleteRow } from '../resolvers/mutations/delete-row.ts';
import { type UpdateArguments, updateRow } from '../resolvers/mutations/update-row.ts';
import { rowWrite } from '../resolvers/mutations/write-row.ts';
import type { Fields } from './declared-types.ts';
import { keyArgument, SHARD_KEY_ARGUMENT } from './query.ts';
import { hasUpdate } from './table-inputs.ts';
import type { TypeRegistry } from './type-registry.ts';

/** Names of a table's mutation fields. */
export const mutationNames = (table: TableModel): readonly string[] => fieldsOf(table).map(([name]) => name);

export const tableMutations = (types: TypeRegistry, model: Model): Fields<unknown> =>
  Object.fromEntries(
    model.tables.flatMap((table) => fieldsOf(table).map(([name, fieldOf]) => [name, fieldOf(types, table)])),
  );

type FieldOf = (types: TypeRegistry, table: TableModel) => Fields<unknown>[string];

const fieldsOf = (table: TableModel): readonly (readonly [string, FieldOf])[] => [
  [`create${table.typeName}`, createField],
  ...(hasUpdate(table) ? [[`update${table.typeName}`, updateField] as const] : []),
  [`delete${table.typeName}`, deleteField],
];

const rowOf = (types: TypeRegistry, { typeName }: TableModel) => types.get<GraphQLObjectType>(typeName);

const inputOf = (types: TypeRegistry, { typeName }: TableModel, suffix: string) =>
  types.get<GraphQLInputObjectType>(`${typeName}${suffix}`);

const createField: FieldOf = (types, table) => ({
  type: rowOf(types, table),
  args: { data: { type: new GraphQLNonNull(inputOf(types, table, 'CreateInput')) } },
  extensions: roleExtensions({ kind: 'write', table, operation: 'create' }),
  resolve: (_root, args, context, info) => createRow(table, args as { data: DataInput }, rowWrite(context, info)),
});

const updateField: FieldOf = (types, table) => ({
  type: rowOf(types, table),
  args: {
    ...keyArgument(types, table),
    data: { type: inputOf(types, table, 'UpdateInput') },
    ...expectedVersionArgument(types),
    ...SHARD_KEY_ARGUMENT,
  },
  extensions: roleExtensions({ kind: 'write', table, operation: 'update' }),
  resolve: (_root, args, context, info) => updateRow(table, args as UpdateArguments, rowWrite(context, info)),
});

const deleteField: FieldOf = (types, table) => ({
  type: rowOf(types, table),
  description: 'Gives the row as it was before.',
  args: { ...keyArgument(types, table), ...expectedVersionArgument(types), ...SHARD_KEY_ARGUMENT },
  extensions: roleExtensions({ kind: 'write', table, operation: 'delete' }),
  resolve: (_root, args, context, info) => deleteRow(table, args as DeleteArguments, rowWrite(context, info)),
});

const expectedVersionArgument = (types: TypeRegistry): GraphQLFieldConfigArgumentMap => ({
  expectedVersion: {
    type: types.get<GraphQLScalarType>('Version'),
    description: 'Write only if the row still has this version; else the error is `CONFLICT`.',
  },
});
