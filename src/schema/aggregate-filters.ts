/**
 * Filters on aggregates of related rows. Their types are made of graphql-js directly, as those of `column-inputs.ts` are.
 */
import { type GraphQLInputFieldConfigMap, GraphQLInputObjectType, type GraphQLSchema } from 'graphql';
import type { Model, TableModel } from '../model/types.ts';
import { isNumeric } from '../resolvers/aggregates/measured.ts';
import { aggregateField } from '../resolvers/plan/order.ts';
import type { ColumnInputs } from './column-inputs.ts';

/** Adds `<relation>Aggregate` to the filters of a schema. It has to be made anew to know the added types. */
export function addAggregateFilters(schema: GraphQLSchema, model: Model, inputs: ColumnInputs): void {
  const whereTypeOf = (typeName: string) => schema.getType(`${typeName}Where`) as GraphQLInputObjectType;
  const filterByType = new Map<string, GraphQLInputObjectType>();
  const filterOf = (typeName: string): GraphQLInputObjectType => {
    let filter = filterByType.get(typeName);
    if (!filter) {
      filter = aggregateWhere(model.tableByType.get(typeName)!, whereTypeOf(typeName), inputs);
      filterByType.set(typeName, filter);
    }
    return filter;
  };
  for (const table of model.tables) {
    const toMany = table.relations.filter(({ kind }) => kind === 'many');
    const fields = Object.fromEntries(
      toMany.map(({ name, targetType }) => [aggregateField(name), { type: filterOf(targetType) }]),
    );
    const where = whereTypeOf(table.typeName);
    Object.assign(where.getFields(), new GraphQLInputObjectType({ name: where.name, fields }).getFields());
  }
}

const SUM_DESCRIPTION = 'A double. No value where there are no numbers.';

function aggregateWhere(table: TableModel, where: GraphQLInputObjectType, inputs: ColumnInputs) {
  const counts = { type: inputs.countFilters(table), description: 'How many different values there are.' };
  const values = { type: inputs.filters(table) };
  const fields: GraphQLInputFieldConfigMap = {
    where: { type: where, description: 'Only these related rows count; all if left out.' },
    count: { type: inputs.filter('Int'), description: 'How many related rows there are.' },
    countDistinct: counts,
  };
  if (table.columns.some(isNumeric)) {
    const numbers = { type: inputs.numberFilters(table), description: SUM_DESCRIPTION };
    Object.assign(fields, { sum: numbers, avg: numbers });
  }
  return new GraphQLInputObjectType({
    name: `${table.typeName}AggregateWhere`,
    description: `Conditions on aggregates over related rows of ${table.typeName}; all of them must hold.`,
    fields: { ...fields, min: values, max: values },
  });
}
