/** Root fields of mutations: for each table one of each kind that it has. */
import type { GraphQLObjectType } from 'graphql';
import { type MutationKind, mutationName } from '../../model/mutation-names.ts';
import type { Model, TableModel } from '../../model/types.ts';
import { roleExtensions } from '../../plans/field-role.ts';
import { resolveRowWrite } from '../../resolvers/mutations/write-row.ts';
import type { Fields } from '../declared-types.ts';
import type { TypeRegistry } from '../type-registry.ts';
import { MUTATION_FIELDS, mutationsOf } from './mutation-fields.ts';

/** Names of a table's mutation fields. */
export const mutationNames = (table: TableModel): readonly string[] =>
  mutationsOf(table).map((kind) => mutationName(kind, table));

export const tableMutations = (types: TypeRegistry, model: Model): Fields<unknown> =>
  Object.fromEntries(
    model.tables.flatMap((table) =>
      mutationsOf(table).map((kind) => [mutationName(kind, table), rootField(types, table, kind)]),
    ),
  );

function rootField(types: TypeRegistry, table: TableModel, kind: MutationKind): Fields<unknown>[string] {
  const { description, args } = MUTATION_FIELDS[kind];
  return {
    type: types.get<GraphQLObjectType>(table.typeName),
    description,
    args: args(types, table),
    extensions: roleExtensions({ kind: 'write', table, mutation: kind }),
    resolve: (_root, given, context, info) => resolveRowWrite(kind, table, given, context, info),
  };
}
