/**
 * Orders by related rows. Their types are made of graphql-js directly, as those of `column-inputs.ts` are.
 */
import { type GraphQLInputFieldConfigMap, GraphQLInputObjectType, type GraphQLSchema } from 'graphql';
import type { Model, TableModel } from '../model/types.ts';
import { isNumeric } from '../resolvers/aggregates/measured.ts';
import { aggregateField } from '../resolvers/plan/order.ts';
import type { ColumnInputs } from './column-inputs.ts';

/** Adds relations and their aggregates to the order types of a schema. It has to be made anew to know the added types. */
export function addRelationOrdering(schema: GraphQLSchema, model: Model, inputs: ColumnInputs): void {
  const aggregateOrders = new AggregateOrders(model, inputs);
  for (const table of model.tables) {
    const orderBy = orderTypeOf(schema, table.typeName);
    const fields = Object.fromEntries(
      table.relations.map(({ name, kind, targetType }) =>
        kind === 'one'
          ? [name, { type: orderTypeOf(schema, targetType), description: 'Rows without a related row count as null.' }]
          : [aggregateField(name), { type: aggregateOrders.of(targetType) }],
      ),
    );
    const added = new GraphQLInputObjectType({ name: orderBy.name, fields });
    Object.assign(orderBy.getFields(), added.getFields());
  }
}

const orderTypeOf = (schema: GraphQLSchema, typeName: string) =>
  schema.getType(`${typeName}OrderBy`) as GraphQLInputObjectType;

/** The orders by aggregates over a table, for those that a to-many relation leads to. */
class AggregateOrders {
  readonly #model: Model;
  readonly #inputs: ColumnInputs;
  readonly #orderByType = new Map<string, GraphQLInputObjectType>();

  constructor(model: Model, inputs: ColumnInputs) {
    this.#model = model;
    this.#inputs = inputs;
  }

  of(typeName: string): GraphQLInputObjectType {
    const known = this.#orderByType.get(typeName);
    if (known) return known;
    const order = this.#make(this.#model.tableByType.get(typeName)!);
    this.#orderByType.set(typeName, order);
    return order;
  }

  #make(table: TableModel): GraphQLInputObjectType {
    const columns = { type: this.#inputs.columnOrders(table) };
    const fields: GraphQLInputFieldConfigMap = { count: { type: this.#inputs.sortOrder }, countDistinct: columns };
    if (table.columns.some(isNumeric)) {
      const numbers = { type: this.#inputs.numberOrders(table) };
      Object.assign(fields, { sum: numbers, avg: numbers });
    }
    return new GraphQLInputObjectType({
      name: `${table.typeName}AggregateOrderBy`,
      description:
        'One aggregate of the related rows and its direction. Sums and averages count as doubles; without a value they are null.',
      isOneOf: true,
      fields: { ...fields, min: columns, max: columns },
    });
  }
}
