import { ShardQLError } from '../../errors.ts';
import type { ComputedColumn } from '../../plan/computed.ts';
import { checkDepth } from './check-depth.ts';
import { allOf, type Expression, enclosing, expression, scalarOf } from './expression.ts';
import { filterSql } from './filter-sql.ts';
import { jsonSql } from './json-sql.ts';
import { relatedSource } from './related-sql.ts';
import type { RowContext } from './row-context.ts';
import { highlightsSql, rankSql } from './search-sql.ts';
import { type Field, storedToOrderedSql, storedValue } from './wire-sql.ts';

type RelatedColumn = Extract<ComputedColumn, { readonly kind: 'related' }>;
type AggregateColumn = Extract<ComputedColumn, { readonly kind: 'aggregate' }>;

/** Where sums and averages end: JSON, in which values travel, has no infinity. */
const GREATEST_SUM = '1.7e308';
/** What sums and averages put around a value, and what the other functions do. */
const SUM_DEPTH = 6;
const FUNCTION_DEPTH = 2;
/** A column and its cast. */
const ORDERED_DEPTH = 2;

/** SQL of a computed column: a scalar subquery, evaluated wherever it stands. */
export function computedSql(column: ComputedColumn): (row: RowContext) => Expression {
  switch (column.kind) {
    case 'related':
      return (row) => relatedSql(column, row);
    case 'aggregate':
      return (row) => aggregateSql(column, row);
    case 'rank':
      return rankSql;
    case 'highlights':
      return highlightsSql;
    case 'json':
      return (row) => jsonSql(column, row);
  }
}

/** To-one steps in a row become one join: nested subqueries would soon be too deep for SQLite. */
function relatedSql(column: RelatedColumn, outer: RowContext): Expression {
  const tables: string[] = [];
  const conditions: Expression[] = [];
  let step = column;
  let row = outer;
  for (;;) {
    const source = sourceOf(step, row);
    row = source.row;
    tables.push(source.fromSql);
    conditions.push(...source.conditions);
    const { column: name, related } = step;
    const next = related.computed.find((computed) => computed.name === name);
    if (next?.kind !== 'related') break;
    step = next;
  }
  const value = storedValue(row, row.fields.field(step.column));
  return subquery(expression('v', 1), value, tables, conditions);
}

function aggregateSql(column: AggregateColumn, outer: RowContext): Expression {
  const { fromSql, conditions, row } = sourceOf(column, outer);
  const field = column.column === null ? null : row.fields.field(column.column);
  const value = field === null ? expression('1', 1) : orderedValue(row, field);
  const isSum = column.function === 'sum' || column.function === 'avg';
  const sql = field === null ? 'count(*)' : functionSql(column.function, field);
  const result = expression(sql, isSum ? SUM_DEPTH : FUNCTION_DEPTH);
  return subquery(result, value, [fromSql], conditions);
}

/** The related rows, their filter included. */
function sourceOf({ related }: RelatedColumn | AggregateColumn, outer: RowContext) {
  const { fromSql, tie, row } = relatedSource(related, outer);
  return { fromSql, row, conditions: related.filter ? [tie, filterSql(related.filter, row)] : [tie] };
}

function orderedValue(row: RowContext, field: Field): Expression {
  const stored = storedValue(row, field);
  return enclosing([stored], storedToOrderedSql(stored.sql, field), ORDERED_DEPTH);
}

/** Of the values `v`. */
function functionSql(name: AggregateColumn['function'], field: Field): string {
  switch (name) {
    case 'countDistinct':
      return 'count(DISTINCT v)';
    // SQLite's sum() of integers fails beyond 64 bits; total() goes on as a double.
    case 'sum':
      checkNumber(field);
      return `CASE WHEN count(v) > 0 THEN ${finite('total(v)')} END`;
    case 'avg':
      checkNumber(field);
      return finite('avg(v)');
    case 'count':
    case 'min':
    case 'max':
      return `${name}(v)`;
  }
}

const finite = (sum: string): string => `max(min(${sum}, ${GREATEST_SUM}), -${GREATEST_SUM})`;

function subquery(
  result: Expression,
  value: Expression,
  tables: readonly string[],
  conditions: readonly Expression[],
): Expression {
  return checkDepth(scalarOf(result, value, tables.join(' CROSS JOIN '), allOf(conditions)), 'an order or a filter');
}

function checkNumber({ name, wire }: Field): void {
  if (['int', 'int64', 'real', 'decimal', 'bigintBlob'].includes(wire)) return;
  throw new ShardQLError('BAD_USER_INPUT', `Expected a column of numbers, but got ${name}.`);
}
