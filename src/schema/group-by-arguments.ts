import {
  type GraphQLEnumType,
  type GraphQLFieldConfigArgumentMap,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  type GraphQLSchema,
  GraphQLString,
} from 'graphql';
import type { TableModel } from '../model/types.ts';
import { isNumeric } from '../resolvers/aggregates/measured.ts';
import { DEFAULT_GROUPS, MAX_GROUP_KEYS, MAX_SHOWN_GROUPS } from '../resolvers/limits.ts';
import type { ColumnInputs } from './column-inputs.ts';

/** Arguments of `groupBy`. `columnEnum` names the table's columns. */
export function groupByArguments(
  schema: GraphQLSchema,
  inputs: ColumnInputs,
  table: TableModel,
  columnEnum: GraphQLEnumType,
): GraphQLFieldConfigArgumentMap {
  const by = new GraphQLInputObjectType({
    name: `${table.typeName}GroupBy`,
    description: 'A column whose values make groups.',
    fields: () => ({
      field: { type: new GraphQLNonNull(columnEnum) },
      trunc: {
        type: schema.getType('DateTrunc') as GraphQLEnumType,
        description: 'Of a DateTime: the period it lies in. The key is the moment at which the period begins.',
      },
      timeZone: {
        type: GraphQLString,
        description: 'IANA name of the zone whose periods are meant, such as `Europe/Berlin`; UTC if left out.',
      },
    }),
  });
  return {
    by: {
      type: listOf(by),
      description: `At most ${MAX_GROUP_KEYS} columns, each once.`,
    },
    having: { type: havingType(inputs, table), description: 'Only groups for which this holds.' },
    orderBy: {
      type: new GraphQLList(new GraphQLNonNull(orderType(inputs, table))),
      description: 'Most important first. The keys, in the order of `by`, decide between equal groups.',
    },
    first: {
      type: GraphQLInt,
      description: `Groups from the start, at most ${MAX_SHOWN_GROUPS}; ${DEFAULT_GROUPS} if left out.`,
    },
  };
}

const listOf = (type: GraphQLInputType) => new GraphQLNonNull(new GraphQLList(new GraphQLNonNull(type)));

function havingType(inputs: ColumnInputs, table: TableModel): GraphQLInputObjectType {
  const [values, counts] = [inputs.filters(table), inputs.countFilters(table)];
  const type: GraphQLInputObjectType = new GraphQLInputObjectType({
    name: `${table.typeName}Having`,
    description: 'Conditions on a group; all of them must hold.',
    fields: () => ({
      keys: { type: values },
      count: { type: inputs.filter('Int') },
      ...parts(table, values, counts, () => inputs.numberFilters(table)),
      AND: { type: new GraphQLList(new GraphQLNonNull(type)) },
      OR: { type: new GraphQLList(new GraphQLNonNull(type)) },
      NOT: { type },
    }),
  });
  return type;
}

function orderType(inputs: ColumnInputs, table: TableModel): GraphQLInputObjectType {
  const columns = inputs.columnOrders(table);
  return new GraphQLInputObjectType({
    name: `${table.typeName}GroupOrderBy`,
    description: 'One key or measure of groups, and its direction.',
    isOneOf: true,
    fields: () => ({
      keys: { type: columns },
      count: { type: inputs.sortOrder },
      ...parts(table, columns, columns, () => inputs.numberOrders(table)),
    }),
  });
}

/** The measures of columns. */
function parts(
  table: TableModel,
  values: GraphQLInputType,
  counts: GraphQLInputType,
  numbers: () => GraphQLInputType,
): GraphQLInputFieldConfigMap {
  const ofNumbers: GraphQLInputFieldConfigMap = table.columns.some(isNumeric)
    ? { sum: { type: numbers() }, avg: { type: numbers() } }
    : {};
  return { countDistinct: { type: counts }, ...ofNumbers, min: { type: values }, max: { type: values } };
}
