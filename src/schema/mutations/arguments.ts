/** Arguments that several mutations have. */
import {
  type GraphQLFieldConfigArgumentMap,
  type GraphQLInputObjectType,
  GraphQLNonNull,
  type GraphQLScalarType,
} from 'graphql';
import type { TableModel } from '../../model/types.ts';
import { keyArgument, SHARD_KEY_ARGUMENT } from '../query.ts';
import type { TypeRegistry } from '../type-registry.ts';

/** An input type of a table. */
const inputOf = (types: TypeRegistry, { typeName }: TableModel, suffix: string) =>
  types.get<GraphQLInputObjectType>(`${typeName}${suffix}`);

/** `data` of one new row. */
export const createDataArgument = (types: TypeRegistry, table: TableModel): GraphQLFieldConfigArgumentMap => ({
  data: { type: new GraphQLNonNull(inputOf(types, table, 'CreateInput')) },
});

/** What an update gives columns. */
export const changesArguments = (types: TypeRegistry, table: TableModel): GraphQLFieldConfigArgumentMap => ({
  data: { type: inputOf(types, table, 'UpdateInput') },
});

/** Names one row; `operation` are the arguments that say what is done with it. */
export const namedRowArguments = (
  types: TypeRegistry,
  table: TableModel,
  operation: GraphQLFieldConfigArgumentMap = {},
): GraphQLFieldConfigArgumentMap => ({
  ...keyArgument(types, table),
  ...operation,
  expectedVersion: {
    type: types.get<GraphQLScalarType>('Version'),
    description: 'Write only if the row still has this version; else the error is `CONFLICT`.',
  },
  ...SHARD_KEY_ARGUMENT,
});
