/** Root fields of queries: `node`, `nodes`, and a single field and a list for each table. */
import {
  type GraphQLFieldConfigArgumentMap,
  GraphQLID,
  type GraphQLInputObjectType,
  GraphQLNonNull,
  type GraphQLObjectType,
} from 'graphql';
import type { Model, TableModel } from '../model/types.ts';
import { roleExtensions } from '../plans/field-role.ts';
import { type RootListArguments, resolveList } from '../resolvers/resolve-list.ts';
import { resolveNode, resolveNodes } from '../resolvers/resolve-nodes.ts';
import { type OneArguments, resolveOne } from '../resolvers/resolve-one.ts';
import type { Builder } from './builder.ts';
import type { Fields } from './declared-types.ts';
import { includeDeletedArgument, listArguments } from './list-arguments.ts';
import type { NodeRef } from './shared-types.ts';
import type { TypeRegistry } from './type-registry.ts';

const SHARD_KEY_DESCRIPTION =
  'The shard key of the rows. Without it, and where nothing else tells it, all shards are asked.';

export const SHARD_KEY_ARGUMENT: GraphQLFieldConfigArgumentMap = {
  shardKey: { type: GraphQLID, description: SHARD_KEY_DESCRIPTION },
};

/** The argument that names one row of a table. */
export const keyArgument = (types: TypeRegistry, { typeName }: TableModel): GraphQLFieldConfigArgumentMap => ({
  by: { type: new GraphQLNonNull(types.get<GraphQLInputObjectType>(`${typeName}Key`)) },
});

export function declareQuery(builder: Builder, node: NodeRef, { globalIdField }: Model): void {
  const globalIdsArgument = `${globalIdField}s`;
  builder.queryType({
    fields: (t) => ({
      node: t.field({
        type: node,
        nullable: true,
        description: 'The row with this global id.',
        args: { [globalIdField]: t.arg.id({ required: true }) },
        extensions: roleExtensions({ kind: 'node' }),
        resolve: (_root, args, context, info) => resolveNode(args[globalIdField]!, context, info),
      }),
      nodes: t.field({
        type: [node],
        nullable: { list: false, items: true },
        description: 'The rows with these global ids, in their order.',
        args: { [globalIdsArgument]: t.arg.idList({ required: true }) },
        extensions: roleExtensions({ kind: 'nodes' }),
        resolve: (_root, args, context, info) =>
          resolveNodes(args[globalIdsArgument]!, context, info) as Promise<never>,
      }),
    }),
  });
}

/** Names of a table's query fields. */
export const queryNames = ({ single, list }: TableModel): readonly string[] => [single, list];

export const tableQueries = (types: TypeRegistry, model: Model): Fields<unknown> =>
  Object.fromEntries(model.tables.flatMap((table) => [singleField(types, table), listField(types, table)]));

const singleField = (types: TypeRegistry, table: TableModel): [string, Fields<unknown>[string]] => [
  table.single,
  {
    type: types.get<GraphQLObjectType>(table.typeName),
    description: 'The row with this key; null if there is none.',
    args: { ...keyArgument(types, table), ...SHARD_KEY_ARGUMENT, ...includeDeletedArgument(table) },
    extensions: roleExtensions({ kind: 'one', table }),
    resolve: (_root, args, context, info) => resolveOne(table, args as OneArguments, context, info),
  },
];

const listField = (types: TypeRegistry, table: TableModel): [string, Fields<unknown>[string]] => [
  table.list,
  {
    type: types.get<GraphQLObjectType>(`${table.typeName}Connection`),
    description: 'The rows that match, one page at a time.',
    args: { ...listArguments(types, table), ...SHARD_KEY_ARGUMENT },
    extensions: roleExtensions({ kind: 'list', table }),
    resolve: (_root, args, context, info) => resolveList(table, args as RootListArguments, context, info),
  },
];
