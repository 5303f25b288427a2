import type { Boundary, StoredRef } from '../../../plan/order.ts';
import { type Field, isStored } from '../compile/fields.ts';
import type { OrderColumn } from '../compile/order.ts';
import { and, COMPARISON_DEPTH, type Expression, enclosing, FALSE, or, PATTERN_DEPTH, TRUE } from './expression.ts';
import type { RowCompiler } from './row-compiler.ts';
import { bindOrdered, bindValue, storedToOrderedSql, unpackedSql } from './wire-sql.ts';

/** `plain`: false keeps SQLite from choosing an index for the order's sake. */
export function orderBySql(row: RowCompiler, order: readonly OrderColumn[], plain: boolean): string {
  return order
    .map(({ field, descending, nullsFirst }) => {
      const column = `${plain ? '' : '+'}${row.orderedSql(field)}`;
      // NULL is SQLite's smallest value; naming the usual placement would cost the use of indexes.
      const nulls = field.notNull || nullsFirst !== descending ? '' : nullsFirst ? ' NULLS FIRST' : ' NULLS LAST';
      return `${column} ${descending ? 'DESC' : 'ASC'}${nulls}`;
    })
    .join(', ');
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
  row: RowCompiler,
): Expression {
  const segments = splitOrder(order, boundary).map((segment) => segmentSql(segment, row));
  const [leading] = segments;
  if (leading === undefined) return strict ? FALSE : TRUE;
  if (segments.length === 1 && leading.range) return strict ? leading.beyond : leading.range;
  // Flat rather than nested: depth must not grow with the number of columns.
  const ways = segments.map(({ beyond }, at) => and([...segments.slice(0, at).map(({ same }) => same), beyond]));
  if (!strict) ways.push(and(segments.map(({ same }) => same)));
  // No index leads with a computed column, and each mention of one is computed again.
  const seeks = leading.range !== null && isStored(order[0]!.field);
  return seeks ? and([leading.range!, or(ways)]) : or(ways);
}

/** Order columns that one comparison with the boundary decides. */
interface Segment {
  readonly columns: readonly OrderColumn[];
  readonly values: Boundary;
  /** False: a single column where NULL needs words of its own. */
  readonly isComparable: boolean;
}

interface SegmentSql {
  readonly beyond: Expression;
  readonly same: Expression;
  /** `beyond` or `same` as one comparison. */
  readonly range: Expression | null;
}

/** Runs of columns of one direction, as long as they go. */
function splitOrder(order: readonly OrderColumn[], boundary: Boundary): Segment[] {
  const segments: { columns: OrderColumn[]; values: (number | null | StoredRef)[]; isComparable: boolean }[] = [];
  for (const [at, column] of order.entries()) {
    const value = boundary[at]!;
    // Where NULLs come first, a comparison leaves them out, as it must: they lie before the boundary.
    const isComparable = value !== null && (column.field.notNull || column.nullsFirst);
    const run = segments.at(-1);
    if (isComparable && run?.isComparable && run.columns[0]!.descending === column.descending) {
      run.columns.push(column);
      run.values.push(value);
    } else segments.push({ columns: [column], values: [value], isComparable });
  }
  return segments;
}

function segmentSql({ columns, values, isComparable }: Segment, row: RowCompiler): SegmentSql {
  const { field, descending, nullsFirst } = columns[0]!;
  const column = row.value(field).sql;
  const parts = columns.map((each) => row.value(each.field));
  const isStored = values.some((value) => typeof value === 'object' && value !== null);
  const comparison = (sql: string): Expression => enclosing(parts, sql, isStored ? PATTERN_DEPTH : COMPARISON_DEPTH);
  if (values[0] === null) {
    const beyond = nullsFirst ? comparison(`${column} IS NOT NULL`) : FALSE;
    return { beyond, same: comparison(`${column} IS NULL`), range: null };
  }
  const left = tuple(columns.map((each) => row.orderedSql(each.field)));
  const right = tuple(columns.map((each, at) => boundSql(values[at]!, each.field, row)));
  const beyond = `${left} ${descending ? '<' : '>'} ${right}`;
  return {
    beyond: comparison(isComparable ? beyond : `(${beyond} OR ${column} IS NULL)`),
    same: comparison(`${left} = ${right}`),
    range: isComparable ? comparison(`${left} ${descending ? '<' : '>'}= ${right}`) : null,
  };
}

/** What does not fit its column compares as it is stored. */
function boundSql(value: number | StoredRef, field: Field, row: RowCompiler): string {
  if (typeof value === 'number') return bindOrdered(value, field, row.parameters);
  return storedToOrderedSql(unpackedSql(bindValue(value.stored, row.parameters)), field);
}

const tuple = (parts: readonly string[]): string => (parts.length === 1 ? parts[0]! : `(${parts.join(', ')})`);
