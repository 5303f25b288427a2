/** Root fields of mutations: for each table one of each kind that it has. */
import type { GraphQLObjectType } from 'graphql';
import { isBulk, type MutationKind, mutationName } from '../../model/mutation-names.ts';
import type { Model, TableModel } from '../../model/types.ts';
import { roleExtensions } from '../../plans/field-role.ts';
import { resolveBulkWrite } from '../../resolvers/mutations/write-bulk.ts';
import { resolveRowWrite } from '../../resolvers/mutations/write-row.ts';
import type { Fields } from '../declared-types.ts';
import type { TypeRegistry } from '../type-registry.ts';
import { MUTATION_FIELDS, mutationsOf } from './mutation-fields.ts';
import { transactionField } from './transaction-field.ts';

/** Names of a table's mutation fields. */
export const mutationNames = (table: TableModel): readonly string[] =>
  mutationsOf(table).map((kind) => mutationName(kind, table));

/** A role that may write nothing has none. */
export function tableMutations(types: TypeRegistry, model: Model): Fields<unknown> {
  const fields = model.tables.flatMap((table) =>
    mutationsOf(table).map((kind) => [mutationName(kind, table), rootField(types, table, kind)]),
  );
  return fields.length === 0 ? {} : { ...Object.fromEntries(fields), transaction: transactionField(types) };
}

function rootField(types: TypeRegistry, table: TableModel, kind: MutationKind): Fields<unknown>[string] {
  const { description, args } = MUTATION_FIELDS[kind];
  const field = { description, args: args(types, table) };
  if (isBulk(kind)) {
    return {
      ...field,
      type: types.get<GraphQLObjectType>(`${table.typeName}BulkPayload`),
      extensions: roleExtensions({ kind: 'bulkWrite', table, mutation: kind }),
      resolve: (_root, given, context, info) => resolveBulkWrite(kind, table, given, context, info),
    };
  }
  return {
    ...field,
    type: types.get<GraphQLObjectType>(table.typeName),
    extensions: roleExtensions({ kind: 'write', table, mutation: kind }),
    resolve: (_root, given, context, info) => resolveRowWrite(kind, table, given, context, info),
  };
}
