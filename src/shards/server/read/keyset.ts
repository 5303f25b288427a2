import type { TableModel } from '../../../model/types.ts';
import type { Boundary, OrderTerm } from '../../plan.ts';
import { allOf, anyOf, type Expression, expression, FALSE, TRUE } from './expression.ts';
import { bindOrdered } from './filter-sql.ts';
import type { Parameters } from './parameters.ts';
import { columnSql, type Field, fieldOf, orderedColumnSql } from './wire-sql.ts';

/** One column of an order, resolved. */
export interface OrderColumn {
  readonly field: Field;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export const resolveOrder = (table: TableModel, terms: readonly OrderTerm[]): OrderColumn[] =>
  terms.map(({ column, descending, nullsFirst }) => ({ field: fieldOf(table, column), descending, nullsFirst }));

export const reverseOrder = (order: readonly OrderColumn[]): OrderColumn[] =>
  order.map(({ field, descending, nullsFirst }) => ({ field, descending: !descending, nullsFirst: !nullsFirst }));

/** `plain`: false keeps SQLite from choosing an index for the order's sake. */
export function orderBySql(alias: string, order: readonly OrderColumn[], plain: boolean): string {
  return order
    .map(({ field, descending, nullsFirst }) => {
      const column = `${plain ? '' : '+'}${orderedColumnSql(alias, field)}`;
      // NULL is SQLite's smallest value; naming the usual placement would cost the use of indexes.
      const nulls = field.notNull || nullsFirst !== descending ? '' : nullsFirst ? ' NULLS FIRST' : ' NULLS LAST';
      return `${column} ${descending ? 'DESC' : 'ASC'}${nulls}`;
    })
    .join(', ');
}

export interface KeysetContext {
  readonly alias: string;
  readonly parameters: Parameters;
}

/**
 * Rows that come after a position in an order (`strict`), or at it too. Starts with a range over the leading columns
 * that share a direction, so that an index seeks to the position: a deep page costs what the first page costs. (Where
 * NULLs come last in a nullable leading column there is no such range, and rows before the position are stepped over.)
 */
export function afterSql(
  order: readonly OrderColumn[],
  boundary: Boundary,
  strict: boolean,
  context: KeysetContext,
): Expression {
  const [leading] = order;
  if (leading === undefined) return strict ? FALSE : TRUE;
  const run = order.findIndex((column, at) => !isComparable(column, boundary[at]!, leading.descending));
  const length = run < 0 ? order.length : run;
  if (length === 0) return afterLeadingSql(order, boundary, strict, context);

  const columns = tuple(order.slice(0, length).map(({ field }) => orderedColumnSql(context.alias, field)));
  const values = tuple(
    order.slice(0, length).map(({ field }, at) => bindOrdered(boundary[at]!, field, context.parameters)),
  );
  const beyond = leading.descending ? '<' : '>';
  if (length === order.length) return expression(`${columns} ${beyond}${strict ? '' : '='} ${values}`);
  const rest = afterSql(order.slice(length), boundary.slice(length), strict, context);
  return allOf([
    expression(`${columns} ${beyond}= ${values}`),
    anyOf([expression(`${columns} ${beyond} ${values}`), allOf([expression(`${columns} = ${values}`), rest])]),
  ]);
}

/** A comparison with the boundary's value alone tells what lies beyond: rows with NULL there lie before it. */
const isComparable = ({ field, descending, nullsFirst }: OrderColumn, value: number | null, direction: boolean) =>
  value !== null && descending === direction && (field.notNull || nullsFirst);

/** The leading column or its boundary is NULL, or may be. */
function afterLeadingSql(
  order: readonly OrderColumn[],
  boundary: Boundary,
  strict: boolean,
  context: KeysetContext,
): Expression {
  const { field, descending, nullsFirst } = order[0]!;
  const value = boundary[0]!;
  const column = columnSql(context.alias, field);
  const rest = afterSql(order.slice(1), boundary.slice(1), strict, context);
  if (value === null) {
    const same = allOf([expression(`${column} IS NULL`), rest]);
    return nullsFirst ? anyOf([expression(`${column} IS NOT NULL`), same]) : same;
  }
  const ordered = orderedColumnSql(context.alias, field);
  const bound = bindOrdered(value, field, context.parameters);
  return anyOf([
    expression(`${ordered} ${descending ? '<' : '>'} ${bound}`),
    expression(`${column} IS NULL`),
    allOf([expression(`${ordered} = ${bound}`), rest]),
  ]);
}

const tuple = (parts: readonly string[]): string => (parts.length === 1 ? parts[0]! : `(${parts.join(', ')})`);
