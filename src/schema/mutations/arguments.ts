/** Arguments that several mutations have. */
import {
  type GraphQLArgumentConfig,
  GraphQLBoolean,
  type GraphQLEnumType,
  type GraphQLFieldConfigArgumentMap,
  GraphQLID,
  type GraphQLInputObjectType,
  GraphQLInt,
  GraphQLNonNull,
} from 'graphql';
import type { TableModel } from '../../model/types.ts';
import { MAX_BULK_ROWS } from '../../shards/limits.ts';
import { listOf } from '../list-of.ts';
import { keyArgument, SHARD_KEY_ARGUMENT } from '../query.ts';
import type { TypeRegistry } from '../type-registry.ts';
import { hasAtomic } from './atomic-inputs.ts';
import { expectedVersionArgument } from './expected-version.ts';
import { hasUpdate } from './writable-tables.ts';

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
  ...atomicArgument(types, table),
});

/** Columns that are changed in place. */
const atomicArgument = (types: TypeRegistry, table: TableModel): GraphQLFieldConfigArgumentMap =>
  hasAtomic(table)
    ? {
        atomic: {
          type: inputOf(types, table, 'AtomicInput'),
          description: 'Changes of columns in place. No column is both here and in the columns to set.',
        },
      }
    : {};

/** What an upsert gives a row that is new, and one that is there. */
export const upsertArguments = (types: TypeRegistry, table: TableModel): GraphQLFieldConfigArgumentMap => ({
  create: {
    type: new GraphQLNonNull(inputOf(types, table, 'CreateInput')),
    description: 'The row to create if there is none. The values in `by` and `shardKey` are added to it.',
  },
  ...(hasUpdate(table) && {
    update: {
      type: inputOf(types, table, 'UpdateInput'),
      description: 'Columns to set if the row exists. Default: it stays as it is.',
    },
  }),
  ...atomicArgument(types, table),
});

/** Names one row; `operation` are the arguments that say what is done with it. */
export const namedRowArguments = (
  types: TypeRegistry,
  table: TableModel,
  operation: GraphQLFieldConfigArgumentMap = {},
): GraphQLFieldConfigArgumentMap => ({
  ...keyArgument(types, table),
  ...operation,
  ...expectedVersionArgument(types),
  ...SHARD_KEY_ARGUMENT,
});

/** `data` of several rows. */
export const dataOfMany = (types: TypeRegistry, table: TableModel, suffix: string): GraphQLFieldConfigArgumentMap => ({
  data: {
    type: new GraphQLNonNull(listOf(inputOf(types, table, suffix))),
    description: `At most ${MAX_BULK_ROWS.toLocaleString('en-US')} rows, related ones included. Those of one shard are written all or none.`,
  },
});

/** The rows that a write of several is about, found by conditions. */
export const rowsOfWhereArguments = (
  types: TypeRegistry,
  table: TableModel,
  operation: GraphQLFieldConfigArgumentMap = {},
): GraphQLFieldConfigArgumentMap => ({
  where: {
    type: new GraphQLNonNull(inputOf(types, table, 'Where')),
    description: 'Which rows. One that keeps every row, or that holds an empty object, is refused.',
  },
  ...operation,
  atMost: {
    type: new GraphQLNonNull(GraphQLInt),
    description: `From 1 to ${MAX_BULK_ROWS.toLocaleString('en-US')}. If more rows are found, none is written.`,
  },
  shardKey: {
    type: GraphQLID,
    description: 'The shard key that all rows have. Needed unless `where` names it with `eq`.',
  },
});

/** Which key of a row that is there a new row may have. */
export const conflictKeyArgument = (
  types: TypeRegistry,
  { typeName }: TableModel,
  options: Pick<GraphQLArgumentConfig, 'description' | 'defaultValue'>,
): GraphQLFieldConfigArgumentMap => ({
  conflictKey: { type: types.get<GraphQLEnumType>(`${typeName}UniqueKey`), ...options },
});

export const DRY_RUN_ARGUMENT: GraphQLFieldConfigArgumentMap = {
  dryRun: {
    type: GraphQLBoolean,
    description: 'True: check and return everything as if it were written, and write nothing.',
  },
};
