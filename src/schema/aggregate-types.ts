/**
 * Types of `aggregate` and `groupBy`. They are made of graphql-js directly: a model of a hundred tables has more than a
 * thousand of them, and the builder, which they need nothing of, would take most of a start for them.
 */
import {
  GraphQLEnumType,
  type GraphQLFieldConfigMap,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
} from 'graphql';
import { screamingSnake } from '../model/names.ts';
import type { ColumnModel, Model, TableModel } from '../model/types.ts';
import type { Group } from '../resolvers/aggregates/group.ts';
import type { MeasureName } from '../resolvers/aggregates/measure-list.ts';
import { isExactText, isMeasurable, isNumeric, type Measured } from '../resolvers/aggregates/measured.ts';
import type { Connection } from '../resolvers/connection.ts';
import type { RequestContext } from '../resolvers/context.ts';
import type { ColumnInputs } from './column-inputs.ts';
import { groupByArguments } from './group-by-arguments.ts';

type Fields<Source> = GraphQLFieldConfigMap<Source, RequestContext>;
type ColumnType = 'values' | 'counts' | 'numbers';

/** A part of an aggregate, whose fields are columns. */
interface Part {
  readonly valueOf: (column: ColumnModel) => unknown;
}

/** Adds `aggregate` and `groupBy` to the connections of a schema. It has to be made anew to know the added types. */
export function addAggregates(schema: GraphQLSchema, model: Model, inputs: ColumnInputs): void {
  for (const table of model.tables) {
    const connection = schema.getType(`${table.typeName}Connection`) as GraphQLObjectType;
    const added = new GraphQLObjectType({ name: connection.name, fields: connectionFields(schema, inputs, table) });
    Object.assign(connection.getFields(), added.getFields());
  }
}

function connectionFields(schema: GraphQLSchema, inputs: ColumnInputs, table: TableModel): Fields<Connection> {
  const measures = measureFields(schema, table);
  const columnEnum = columnEnumOf(table);
  return {
    aggregate: {
      type: new GraphQLNonNull(
        new GraphQLObjectType({
          name: `${table.typeName}Aggregate`,
          description:
            'Computed over all rows of a list, whatever its page. Rows without a value count in `count` alone.',
          fields: measures as Fields<Measured>,
        }),
      ),
    },
    groupBy: {
      type: new GraphQLList(
        new GraphQLNonNull(
          new GraphQLObjectType({
            name: `${table.typeName}Group`,
            description: 'Rows with equal keys.',
            fields: () => ({ keys: keysField(measures), ...measures }) as Fields<Group>,
          }),
        ),
      ),
      description: 'All rows of the list, whatever its page, by equal keys. Rows without a value form a group.',
      args: groupByArguments(schema, inputs, table, columnEnum),
      resolve: (connection, _args, _context, info) => connection.groupBy(String(info.path.key)),
    },
  };
}

/** The columns of a table by name, to group by. */
const columnEnumOf = (table: TableModel): GraphQLEnumType =>
  new GraphQLEnumType({
    name: `${table.typeName}Column`,
    values: Object.fromEntries(
      table.columns.filter(isMeasurable).map(({ name }) => [screamingSnake(name), { value: name }]),
    ),
  });

/** `min`, `max` and the keys of groups share a type, and so do `sum` and `avg`. */
function measureFields(schema: GraphQLSchema, table: TableModel): Fields<Measured> {
  const typed = (kind: ColumnType, suffix: string, columns: readonly ColumnModel[]) =>
    new GraphQLObjectType<Part, RequestContext>({
      name: `${table.typeName}${suffix}`,
      fields: () => Object.fromEntries(columns.map((column) => [column.name, columnField(schema, kind, column)])),
    });
  const measurable = table.columns.filter(isMeasurable);
  const numeric = table.columns.filter(isNumeric);
  const values = new GraphQLNonNull(typed('values', 'ColumnValues', measurable));
  const numbers = new GraphQLNonNull(typed('numbers', 'ColumnNumbers', numeric));
  const counts = new GraphQLNonNull(typed('counts', 'ColumnCounts', measurable));
  const measure = (name: MeasureName, type: GraphQLOutputType, description: string) => ({
    type,
    description,
    resolve: (measured: Measured): Part => ({ valueOf: (column) => measured.output(name, column) }),
  });
  return {
    count: { type: new GraphQLNonNull(GraphQLInt), description: 'Number of rows.' },
    countDistinct: measure('countDistinct', counts, 'Number of different values.'),
    ...(numeric.length > 0 && {
      sum: measure('sum', numbers, 'Exact, except of Float columns. An error if its type cannot hold it.'),
      avg: measure('avg', numbers, 'As text (Decimal): rounded to 34 significant digits, half to even.'),
    }),
    min: measure('min', values, 'Texts and enums in the order of their stored text, by code point; false before true.'),
    max: measure('max', values, 'As `min`.'),
  };
}

/** What a group has in common: the columns in `by`. */
const keysField = ({ min }: Fields<Measured>) => ({
  type: min!.type,
  description: 'The columns in `by`. Others are refused.',
  resolve: (group: Group): Part => ({ valueOf: (column) => group.key(column) }),
});

const columnField = (schema: GraphQLSchema, kind: ColumnType, column: ColumnModel) => ({
  type: outputType(schema, kind, column),
  resolve: (part: Part) => part.valueOf(column),
});

function outputType(schema: GraphQLSchema, kind: ColumnType, column: ColumnModel): GraphQLOutputType {
  const named = (name: string) => schema.getType(name) as GraphQLOutputType;
  switch (kind) {
    case 'values':
      return named(column.enum?.typeName ?? column.scalar);
    case 'counts':
      return GraphQLInt;
    case 'numbers':
      return named(isExactText(column) ? 'Decimal' : 'Float');
  }
}
