/** Orders of lists: by columns, by those of related rows, and by aggregates of related rows. */
import { type GraphQLEnumType, type GraphQLInputFieldConfigMap, GraphQLInputObjectType } from 'graphql';
import { allowsAggregates } from '../model/access/role-model.ts';
import type { ColumnModel, Model, TableModel } from '../model/types.ts';
import { isNumeric } from '../plans/aggregates/aggregatable.ts';
import { aggregateField } from '../plans/arguments/order.ts';
import type { TypeRegistry } from './type-registry.ts';

/** JSON has no order. */
const isOrderable = ({ scalar }: ColumnModel): boolean => scalar !== 'JSON';

/** Adds `XOrderBy` of each table, and `XAggregateOrderBy` of those that to-many relations lead to: `targets`. */
export function addOrders(types: TypeRegistry, model: Model, targets: Iterable<string>): void {
  for (const table of model.tables) types.add(`${table.typeName}OrderBy`, () => orderBy(types, model, table));
  for (const typeName of targets) {
    types.add(`${typeName}AggregateOrderBy`, () => aggregateOrderBy(types, model.table(typeName)));
  }
}

const orderBy = (types: TypeRegistry, model: Model, table: TableModel): GraphQLInputObjectType =>
  new GraphQLInputObjectType({
    name: `${table.typeName}OrderBy`,
    description: 'One column, or one value of related rows in the same shard, and its direction.',
    isOneOf: true,
    fields: () => {
      const type = types.get<GraphQLEnumType>('SortOrder');
      const columns = Object.fromEntries(table.columns.filter(isOrderable).map(({ name }) => [name, { type }]));
      return { ...columns, ...relationOrders(types, model, table) };
    },
  });

const relationOrders = (types: TypeRegistry, model: Model, { relations }: TableModel): GraphQLInputFieldConfigMap =>
  Object.fromEntries(
    relations
      .filter(({ kind, targetType }) => kind === 'one' || allowsAggregates(model.table(targetType)))
      .map(({ name, kind, targetType }) =>
        kind === 'one'
          ? [
              name,
              { type: types.get(`${targetType}OrderBy`), description: 'Rows without a related row count as null.' },
            ]
          : [aggregateField(name), { type: types.get(`${targetType}AggregateOrderBy`) }],
      ),
  );

const aggregateOrderBy = (types: TypeRegistry, table: TableModel): GraphQLInputObjectType =>
  new GraphQLInputObjectType({
    name: `${table.typeName}AggregateOrderBy`,
    description:
      'One aggregate of the related rows and its direction. Sums and averages count as doubles; without a value they are null.',
    isOneOf: true,
    fields: () => {
      const columns = { type: types.get<GraphQLInputObjectType>(`${table.typeName}ColumnOrder`) };
      const numbers = table.columns.some(isNumeric) && {
        type: types.get<GraphQLInputObjectType>(`${table.typeName}NumberOrder`),
      };
      return {
        count: { type: types.get('SortOrder') },
        countDistinct: columns,
        ...(numbers && { sum: numbers, avg: numbers }),
        min: columns,
        max: columns,
      };
    },
  });
