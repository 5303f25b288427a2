/** What mutations of several rows answer. */
import {
  type GraphQLEnumType,
  type GraphQLFieldConfigMap,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLString,
} from 'graphql';
import type { TableModel } from '../../model/types.ts';
import type { BulkPayload } from '../../resolvers/show/bulk-payload.ts';
import type { TypeRegistry } from '../type-registry.ts';

const INT = { type: new GraphQLNonNull(GraphQLInt) };

const listOfAll = (type: GraphQLObjectType) => new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(type)));

/** Adds the types that all payloads share. */
export function addBulkResults(types: TypeRegistry): void {
  const add = (name: string, description: string, fields: () => GraphQLFieldConfigMap<unknown, unknown>) =>
    types.add(name, () => new GraphQLObjectType({ name, description, fields }));
  add('BulkResult', 'What became of one row.', () => ({
    index: { ...INT, description: 'Its place in `data`, or among the rows that `where` found.' },
    outcome: { type: new GraphQLNonNull(types.get<GraphQLEnumType>('BulkOutcome')) },
    code: {
      type: GraphQLString,
      description:
        'Where it failed: the code of the error. Null if it was not written because another row of its shard failed.',
    },
    message: {
      type: GraphQLString,
      description: 'Where it failed: what was expected, or which row of its shard failed, by its index.',
    },
  }));
  add('ShardResult', 'What a shard did. It writes all of its rows or none.', () => ({
    shard: { type: new GraphQLNonNull(GraphQLString) },
    affectedCount: INT,
    code: { type: GraphQLString, description: 'Where it wrote nothing since a row failed: the code of the error.' },
  }));
}

/** Adds `XBulkPayload`. */
export function addBulkPayload(types: TypeRegistry, { typeName }: TableModel): void {
  const name = `${typeName}BulkPayload`;
  types.add(
    name,
    () =>
      new GraphQLObjectType<BulkPayload>({
        name,
        description: `What became of rows of ${typeName}.`,
        fields: () => ({
          affectedCount: { ...INT, description: 'How many rows were created, changed or deleted.' },
          nodes: {
            type: listOfAll(types.get(typeName)),
            description: 'The rows, in their order, without those that failed or were ignored.',
            resolve: (payload, _args, _context, info) => payload.nodes(String(info.path.key)),
          },
          results: {
            type: listOfAll(types.get('BulkResult')),
            description: 'What became of each row, in their order.',
          },
          shards: {
            type: listOfAll(types.get('ShardResult')),
            description: 'What each shard did that was asked.',
          },
        }),
      }),
  );
}
