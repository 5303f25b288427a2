/** Filters on aggregates of related rows. */
import { type GraphQLInputFieldConfigMap, GraphQLInputObjectType } from 'graphql';
import { allowsAggregates } from '../model/access/role-model.ts';
import type { Model, TableModel } from '../model/types.ts';
import { isNumeric } from '../plans/aggregates/aggregatable.ts';
import { aggregateField } from '../plans/arguments/order.ts';
import type { TypeRegistry } from './type-registry.ts';

const SUM_DESCRIPTION = 'A double. No value where there are no numbers.';

/** Adds `XAggregateWhere` for each of the tables: those that to-many relations lead to. */
export function addAggregateFilters(types: TypeRegistry, model: Model, targets: Iterable<string>): void {
  for (const typeName of targets) {
    types.add(`${typeName}AggregateWhere`, () => aggregateWhere(types, model.table(typeName)));
  }
}

/** The fields `<relation>Aggregate` of a table's filter. */
export const aggregateFilterFields = (
  types: TypeRegistry,
  model: Model,
  { relations }: TableModel,
): GraphQLInputFieldConfigMap =>
  Object.fromEntries(
    relations
      .filter(({ kind, targetType }) => kind === 'many' && allowsAggregates(model.table(targetType)))
      .map(({ name, targetType }) => [aggregateField(name), { type: types.get(`${targetType}AggregateWhere`) }]),
  );

function aggregateWhere(types: TypeRegistry, table: TableModel): GraphQLInputObjectType {
  const input = (suffix: string) => types.get<GraphQLInputObjectType>(`${table.typeName}${suffix}`);
  const fieldsOf = (): GraphQLInputFieldConfigMap => {
    const values = { type: input('ColumnFilters') };
    const numbers = table.columns.some(isNumeric) && { type: input('NumberFilters'), description: SUM_DESCRIPTION };
    return {
      where: { type: input('Where'), description: 'Only these related rows count; all if left out.' },
      count: { type: types.get('IntFilter'), description: 'How many related rows there are.' },
      countDistinct: { type: input('CountFilters'), description: 'How many different values there are.' },
      ...(numbers && { sum: numbers, avg: numbers }),
      min: values,
      max: values,
    };
  };
  return new GraphQLInputObjectType({
    name: `${table.typeName}AggregateWhere`,
    description: `Conditions on aggregates over related rows of ${table.typeName}; all of them must hold.`,
    fields: fieldsOf,
  });
}
