import { type GraphQLEnumType, GraphQLInputObjectType } from 'graphql';
import type { ColumnModel, TableModel } from '../model/types.ts';
import { isAggregatable, isExactText, isNumeric } from '../plans/aggregates/aggregatable.ts';
import { filterName } from './column-types.ts';
import type { TypeRegistry } from './type-registry.ts';

/** Adds the input types of a table whose fields are columns, for what is computed of them. */
export function addColumnInputs(types: TypeRegistry, table: TableModel): void {
  const { typeName, columns } = table;
  const measurable = columns.filter(isAggregatable);
  const numeric = columns.filter(isNumeric);
  const add = (suffix: string, among: readonly ColumnModel[], filterOf: ((column: ColumnModel) => string) | null) => {
    if (among.length === 0) return;
    types.add(`${typeName}${suffix}`, () => columnInput(types, `${typeName}${suffix}`, among, filterOf));
  };
  // Conditions on values (`min`, `max`, keys), on numbers of values, on sums and averages.
  add('ColumnFilters', measurable, filterName);
  add('CountFilters', measurable, () => 'IntFilter');
  add('NumberFilters', numeric, (column) => (isExactText(column) ? 'DecimalFilter' : 'FloatFilter'));
  add('ColumnOrder', measurable, null);
  add('NumberOrder', numeric, null);
}

/** @param filterOf names what a column is filtered as; null: columns are ordered by. */
function columnInput(
  types: TypeRegistry,
  name: string,
  columns: readonly ColumnModel[],
  filterOf: ((column: ColumnModel) => string) | null,
): GraphQLInputObjectType {
  const typeOf = (column: ColumnModel) =>
    types.get<GraphQLInputObjectType | GraphQLEnumType>(filterOf ? filterOf(column) : 'SortOrder');
  return new GraphQLInputObjectType({
    name,
    description: filterOf ? undefined : 'One column and the direction of what is computed of it.',
    isOneOf: filterOf === null,
    fields: () => Object.fromEntries(columns.map((column) => [column.name, { type: typeOf(column) }])),
  });
}
