/**
 * Orders by related rows. The types are made of graphql-js directly: there are up to three for each table, and the
 * builder, which they need nothing of, would take a good part of a start for them.
 */
import {
  type GraphQLEnumType,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLSchema,
} from 'graphql';
import type { ColumnModel, Model, TableModel } from '../model/types.ts';
import { aggregateField } from '../resolvers/plan/order.ts';
import { isOrderable } from './table-inputs.ts';

/** Adds relations and their aggregates to the order types of a schema. It has to be made anew to know the added types. */
export function addRelationOrders(schema: GraphQLSchema, model: Model): void {
  const orders = new AggregateOrders(schema, model);
  for (const table of model.tables) {
    const orderBy = orderTypeOf(schema, table.typeName);
    const fields = Object.fromEntries(
      table.relations.map(({ name, kind, targetType }) =>
        kind === 'one'
          ? [name, { type: orderTypeOf(schema, targetType), description: 'Rows without a related row count as null.' }]
          : [aggregateField(name), { type: orders.of(targetType) }],
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
  readonly #sortOrder: GraphQLEnumType;
  readonly #orderByType = new Map<string, GraphQLInputObjectType>();

  constructor(schema: GraphQLSchema, model: Model) {
    this.#model = model;
    this.#sortOrder = schema.getType('SortOrder') as GraphQLEnumType;
  }

  of(typeName: string): GraphQLInputObjectType {
    const known = this.#orderByType.get(typeName);
    if (known) return known;
    const order = this.#make(this.#model.tableByType.get(typeName)!);
    this.#orderByType.set(typeName, order);
    return order;
  }

  #make(table: TableModel): GraphQLInputObjectType {
    const columns = { type: this.#columns(table, 'ColumnOrder', isOrderable) };
    const fields: GraphQLInputFieldConfigMap = { count: { type: this.#sortOrder }, countDistinct: columns };
    if (table.columns.some(isNumber)) {
      const numbers = { type: this.#columns(table, 'NumberOrder', isNumber) };
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

  #columns(table: TableModel, suffix: string, among: (column: ColumnModel) => boolean): GraphQLInputObjectType {
    return new GraphQLInputObjectType({
      name: `${table.typeName}${suffix}`,
      description: 'One column and the direction of what is computed of it.',
      isOneOf: true,
      fields: Object.fromEntries(table.columns.filter(among).map(({ name }) => [name, { type: this.#sortOrder }])),
    });
  }
}

const isNumber = ({ scalar }: ColumnModel): boolean => ['Int', 'Float', 'BigInt', 'Decimal'].includes(scalar);
