/** Types of `aggregate` and `groupBy`. */
import {
  GraphQLEnumType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
} from 'graphql';
import { screamingSnake } from '../model/names.ts';
import type { ColumnModel, TableModel } from '../model/types.ts';
import { isAggregatable, isExactText, isNumeric } from '../plans/aggregates/aggregatable.ts';
import type { MeasureName } from '../plans/aggregates/aggregate-selection.ts';
import type { RequestContext } from '../resolvers/context.ts';
import type { AggregateResult } from '../resolvers/show/aggregate-result.ts';
import type { Connection } from '../resolvers/show/connection.ts';
import type { Group } from '../resolvers/show/group.ts';
import { valueTypeName } from './column-types.ts';
import type { Fields } from './declared-types.ts';
import { groupByArguments } from './group-by-types.ts';
import type { TypeRegistry } from './type-registry.ts';

/** A part of an aggregate, whose fields are columns. */
interface Part {
  readonly valueOf: (column: ColumnModel) => unknown;
}

/** Adds `XAggregate`, `XGroup`, their parts, and the enum `XColumn`. */
export function addAggregateTypes(types: TypeRegistry, table: TableModel): void {
  const { typeName, columns } = table;
  const measurable = columns.filter(isAggregatable);
  const numeric = columns.filter(isNumeric);
  const addPart = (suffix: string, among: readonly ColumnModel[], typeOf: (column: ColumnModel) => string) => {
    if (among.length > 0)
      types.add(`${typeName}${suffix}`, () => partType(types, `${typeName}${suffix}`, among, typeOf));
  };
  types.add(`${typeName}Column`, () => columnEnum(typeName, measurable));
  // `min`, `max` and the keys of groups share a type, and so do `sum` and `avg`.
  addPart('ColumnValues', measurable, valueTypeName);
  addPart('ColumnCounts', measurable, () => 'Int');
  addPart('ColumnNumbers', numeric, (column) => (isExactText(column) ? 'Decimal' : 'Float'));
  types.add(`${typeName}Aggregate`, () => aggregate(types, table));
  types.add(`${typeName}Group`, () => group(types, table));
}

/** The fields `aggregate` and `groupBy` of a table's lists. */
export const aggregateFields = (types: TypeRegistry, table: TableModel): Fields<Connection> => ({
  aggregate: { type: new GraphQLNonNull(types.get<GraphQLObjectType>(`${table.typeName}Aggregate`)) },
  groupBy: {
    type: new GraphQLList(new GraphQLNonNull(types.get<GraphQLObjectType>(`${table.typeName}Group`))),
    description: 'All rows of the list, whatever its page, by equal keys. Rows without a value form a group.',
    args: groupByArguments(types, table),
    resolve: (connection, _args, _context, info) => connection.groupBy(String(info.path.key)),
  },
});

/** The columns of a table by name, to group by. */
const columnEnum = (typeName: string, columns: readonly ColumnModel[]): GraphQLEnumType =>
  new GraphQLEnumType({
    name: `${typeName}Column`,
    values: Object.fromEntries(columns.map(({ name }) => [screamingSnake(name), { value: name }])),
  });

const partType = (
  types: TypeRegistry,
  name: string,
  columns: readonly ColumnModel[],
  typeOf: (column: ColumnModel) => string,
) =>
  new GraphQLObjectType<Part, RequestContext>({
    name,
    fields: () =>
      Object.fromEntries(
        columns.map((column) => [
          column.name,
          {
            type: types.get(typeOf(column)) as GraphQLOutputType,
            resolve: (part: Part) => part.valueOf(column),
          },
        ]),
      ),
  });

const aggregate = (types: TypeRegistry, table: TableModel) =>
  new GraphQLObjectType<AggregateResult, RequestContext>({
    name: `${table.typeName}Aggregate`,
    description: 'Computed over all rows of a list, whatever its page. Rows without a value count in `count` alone.',
    fields: () => measures(types, table),
  });

const group = (types: TypeRegistry, table: TableModel) =>
  new GraphQLObjectType<Group, RequestContext>({
    name: `${table.typeName}Group`,
    description: 'Rows with equal keys.',
    fields: () => ({ keys: keys(types, table), ...(measures(types, table) as Fields<unknown> as Fields<Group>) }),
  });

function measures(types: TypeRegistry, table: TableModel): Fields<AggregateResult> {
  const part = (suffix: string) => new GraphQLNonNull(types.get<GraphQLObjectType>(`${table.typeName}${suffix}`));
  const measure = (name: MeasureName, suffix: string, description: string) => ({
    type: part(suffix),
    description,
    resolve: (measured: AggregateResult): Part => ({ valueOf: (column) => measured.output(name, column) }),
  });
  return {
    count: { type: new GraphQLNonNull(GraphQLInt), description: 'Number of rows.' },
    countDistinct: measure('countDistinct', 'ColumnCounts', 'Number of different values.'),
    ...(table.columns.some(isNumeric) && {
      sum: measure('sum', 'ColumnNumbers', 'Exact, except of Float columns. An error if its type cannot hold it.'),
      avg: measure('avg', 'ColumnNumbers', 'As text (Decimal): rounded to 34 significant digits, half to even.'),
    }),
    min: measure(
      'min',
      'ColumnValues',
      'Texts and enums in the order of their stored text, by code point; false before true.',
    ),
    max: measure('max', 'ColumnValues', 'As `min`.'),
  };
}

/** What a group has in common: the columns in `by`. */
const keys = (types: TypeRegistry, { typeName }: TableModel): Fields<Group>[string] => ({
  type: new GraphQLNonNull(types.get<GraphQLObjectType>(`${typeName}ColumnValues`)),
  description: 'The columns in `by`. Others are refused.',
  resolve: (group): Part => ({ valueOf: (column) => group.key(column) }),
});
