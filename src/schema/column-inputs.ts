import { type GraphQLEnumType, GraphQLInputObjectType, type GraphQLInputType, type GraphQLSchema } from 'graphql';
import type { ColumnModel, TableModel } from '../model/types.ts';
import { isExactText, isMeasurable, isNumeric } from '../resolvers/aggregates/measured.ts';

/**
 * Input types whose fields are columns of a table, for what is computed of them: each made once, when first needed, of
 * graphql-js directly. There are several for each table, and the builder, which they need nothing of, would take a good
 * part of a start for them.
 */
export class ColumnInputs {
  readonly #schema: GraphQLSchema;
  readonly #typeByName = new Map<string, GraphQLInputObjectType>();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  /** Conditions on values of the columns: `min`, `max`, keys. */
  filters(table: TableModel): GraphQLInputObjectType {
    return this.#type(table, 'ColumnFilters', isMeasurable, ({ enum: type, scalar }) => type?.typeName ?? scalar);
  }

  /** Conditions on numbers of values. */
  countFilters(table: TableModel): GraphQLInputObjectType {
    return this.#type(table, 'CountFilters', isMeasurable, () => 'Int');
  }

  /** Conditions on sums and averages. */
  numberFilters(table: TableModel): GraphQLInputObjectType {
    return this.#type(table, 'NumberFilters', isNumeric, (column) => (isExactText(column) ? 'Decimal' : 'Float'));
  }

  /** One column, and the direction of what is computed of it. */
  columnOrders(table: TableModel): GraphQLInputObjectType {
    return this.#type(table, 'ColumnOrder', isMeasurable, null);
  }

  /** One column of numbers, and the direction of its sum or average. */
  numberOrders(table: TableModel): GraphQLInputObjectType {
    return this.#type(table, 'NumberOrder', isNumeric, null);
  }

  get sortOrder(): GraphQLEnumType {
    return this.#schema.getType('SortOrder') as GraphQLEnumType;
  }

  /** The filter type of a scalar or enum. */
  filter(name: string): GraphQLInputType {
    return this.#schema.getType(`${name}Filter`) as GraphQLInputType;
  }

  /** @param filterOf names what a column is filtered as; null: columns are ordered by. */
  #type(
    table: TableModel,
    suffix: string,
    among: (column: ColumnModel) => boolean,
    filterOf: ((column: ColumnModel) => string) | null,
  ): GraphQLInputObjectType {
    const name = `${table.typeName}${suffix}`;
    let type = this.#typeByName.get(name);
    if (type === undefined) {
      const fieldOf = (column: ColumnModel) => ({ type: filterOf ? this.filter(filterOf(column)) : this.sortOrder });
      const fields = () =>
        Object.fromEntries(table.columns.filter(among).map((column) => [column.name, fieldOf(column)]));
      const description = filterOf ? undefined : 'One column and the direction of what is computed of it.';
      type = new GraphQLInputObjectType({ name, description, isOneOf: filterOf === null, fields });
      this.#typeByName.set(name, type);
    }
    return type;
  }
}
