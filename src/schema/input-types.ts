import { type GraphQLEnumType, GraphQLInputObjectType } from 'graphql';
import { allowsAggregates } from '../model/access/role-model.ts';
import type { ColumnModel, Model, TableModel } from '../model/types.ts';
import { isAggregatable, isExactText, isNumeric } from '../plans/aggregates/aggregatable.ts';
import { addAggregateFilters } from './aggregate-filters.ts';
import { filterName } from './column-types.ts';
import { addFilters } from './filters.ts';
import { addGroupByTypes } from './group-by-types.ts';
import { addKeyInputs } from './key-inputs.ts';
import { addAtomicInputs } from './mutations/atomic-inputs.ts';
import { addDataInputs } from './mutations/data-inputs.ts';
import { addNestedInputs } from './mutations/nested-inputs.ts';
import { addOperationInputs } from './mutations/operation-inputs.ts';
import { addUniqueKeys } from './mutations/unique-keys.ts';
import { hasCreate } from './mutations/writable-tables.ts';
import { addOrders } from './order-types.ts';
import type { TypeRegistry } from './type-registry.ts';
import { addWheres, toManyTargets } from './where-types.ts';

/** Adds all input types of a model. They are GraphQL.js' own: there are too many for what the builder takes for each. */
export function addInputTypes(types: TypeRegistry, model: Model): void {
  const targets = toManyTargets(model);
  const aggregated = [...targets].filter((typeName) => allowsAggregates(model.table(typeName)));
  addFilters(types, model);
  addWheres(types, model, targets);
  addAggregateFilters(types, model, aggregated);
  addOrders(types, model, aggregated);
  addAtomicInputs(types, model);
  addNestedInputs(types, model);
  addOperationInputs(types, model);
  for (const table of model.tables) {
    addKeyInputs(types, table);
    addDataInputs(types, model, table);
    if (hasCreate(table)) addUniqueKeys(types, table);
    if (!allowsAggregates(table)) continue;
    addColumnInputs(types, table);
    addGroupByTypes(types, table);
  }
}

/** Adds the input types of a table whose fields are columns, for what is computed of them. */
function addColumnInputs(types: TypeRegistry, table: TableModel): void {
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
