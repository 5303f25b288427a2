/** Arguments of `groupBy`, and their types. */
import {
  type GraphQLEnumType,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  GraphQLInt,
  GraphQLNonNull,
  GraphQLString,
} from 'graphql';
import type { TableModel } from '../model/types.ts';
import { isNumeric } from '../plans/aggregates/aggregatable.ts';
import { DEFAULT_GROUPS, MAX_GROUP_KEYS, MAX_SHOWN_GROUPS } from '../plans/limits.ts';
import { listOf } from './list-of.ts';
import type { TypeRegistry } from './type-registry.ts';

/** Adds `XGroupBy`, `XHaving` and `XGroupOrderBy`. */
export function addGroupByTypes(types: TypeRegistry, table: TableModel): void {
  const { typeName } = table;
  types.add(`${typeName}GroupBy`, () => groupBy(types, typeName));
  types.add(`${typeName}Having`, () => having(types, table));
  types.add(`${typeName}GroupOrderBy`, () => groupOrderBy(types, table));
}

/** Arguments of the `groupBy` of a table's lists. */
export function groupByArguments(types: TypeRegistry, { typeName }: TableModel): GraphQLFieldConfigArgumentMap {
  const input = (suffix: string) => types.get<GraphQLInputObjectType>(`${typeName}${suffix}`);
  return {
    by: {
      type: new GraphQLNonNull(listOf(input('GroupBy'))),
      description: `At most ${MAX_GROUP_KEYS} columns, each once.`,
    },
    having: { type: input('Having'), description: 'Only groups for which this holds.' },
    orderBy: {
      type: listOf(input('GroupOrderBy')),
      description: 'Most important first. The keys, in the order of `by`, decide between equal groups.',
    },
    first: {
      type: GraphQLInt,
      description: `Groups from the start, at most ${MAX_SHOWN_GROUPS}; ${DEFAULT_GROUPS} if left out.`,
    },
  };
}

const groupBy = (types: TypeRegistry, typeName: string): GraphQLInputObjectType =>
  new GraphQLInputObjectType({
    name: `${typeName}GroupBy`,
    description: 'A column whose values make groups.',
    fields: () => ({
      field: { type: new GraphQLNonNull(types.get<GraphQLEnumType>(`${typeName}Column`)) },
      trunc: {
        type: types.get<GraphQLEnumType>('DateTrunc'),
        description: 'Of a DateTime: the period it lies in. The key is the moment at which the period begins.',
      },
      timeZone: {
        type: GraphQLString,
        description: 'IANA name of the zone whose periods are meant, such as `Europe/Berlin`; UTC if left out.',
      },
    }),
  });

function having(types: TypeRegistry, table: TableModel): GraphQLInputObjectType {
  const type: GraphQLInputObjectType = new GraphQLInputObjectType({
    name: `${table.typeName}Having`,
    description: 'Conditions on a group; all of them must hold.',
    fields: () => ({
      keys: { type: types.get(`${table.typeName}ColumnFilters`) },
      count: { type: types.get('IntFilter') },
      ...parts(types, table, { values: 'ColumnFilters', counts: 'CountFilters', numbers: 'NumberFilters' }),
      AND: { type: listOf(type) },
      OR: { type: listOf(type) },
      NOT: { type },
    }),
  });
  return type;
}

const groupOrderBy = (types: TypeRegistry, table: TableModel): GraphQLInputObjectType =>
  new GraphQLInputObjectType({
    name: `${table.typeName}GroupOrderBy`,
    description: 'One key or measure of groups, and its direction.',
    isOneOf: true,
    fields: () => ({
      keys: { type: types.get(`${table.typeName}ColumnOrder`) },
      count: { type: types.get('SortOrder') },
      ...parts(types, table, { values: 'ColumnOrder', counts: 'ColumnOrder', numbers: 'NumberOrder' }),
    }),
  });

/** The measures of columns. Their types, by what they measure, are named by the end of the name. */
function parts(
  types: TypeRegistry,
  { typeName, columns }: TableModel,
  suffixes: Readonly<Record<'values' | 'counts' | 'numbers', string>>,
): GraphQLInputFieldConfigMap {
  const input = (suffix: string) => ({ type: types.get<GraphQLInputObjectType>(`${typeName}${suffix}`) });
  const numbers = columns.some(isNumeric) && input(suffixes.numbers);
  const values = input(suffixes.values);
  return {
    countDistinct: input(suffixes.counts),
    ...(numbers && { sum: numbers, avg: numbers }),
    min: values,
    max: values,
  };
}
