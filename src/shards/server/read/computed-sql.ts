import { ShardQLError } from '../../errors.ts';
import type { ComputedColumn } from '../../plan.ts';
import { allOf, around, type Expression, enclosing, MAX_CONDITION_DEPTH, nestingOf } from './expression.ts';
import { filterSql } from './filter-sql.ts';
import { jsonSql } from './json-sql.ts';
import { relatedSource } from './related-sql.ts';
import type { RowContext } from './row-context.ts';
import { highlightsSql, rankSql } from './search-sql.ts';
import { type Field, orderedColumnSql, storedValue } from './wire-sql.ts';

type RelatedColumn = Extract<ComputedColumn, { readonly kind: 'related' }>;
type AggregateColumn = Extract<ComputedColumn, { readonly kind: 'aggregate' }>;

/** Where sums and averages end: JSON, in which values travel, has no infinity. */
const GREATEST_SUM = '1.7e308';
/** What the functions put around a column. */
const FUNCTION_DEPTH = 6;

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
  return subquery(storedValue(row, row.fields.field(step.column)), tables, conditions);
}

function aggregateSql(column: AggregateColumn, outer: RowContext): Expression {
  const { fromSql, conditions, row } = sourceOf(column, outer);
  return subquery(functionOf(column, row), [fromSql], conditions);
}

/** The related rows, their filter included. */
function sourceOf({ related }: RelatedColumn | AggregateColumn, outer: RowContext) {
  const { fromSql, tie, row } = relatedSource(related, outer);
  return { fromSql, row, conditions: related.filter ? [tie, filterSql(related.filter, row)] : [tie] };
}

function functionOf({ function: name, column }: AggregateColumn, row: RowContext): Expression {
  if (column === null) return enclosing([], 'count(*)', FUNCTION_DEPTH);
  const field = row.fields.field(column);
  return enclosing([storedValue(row, field)], functionSql(name, field, orderedColumnSql(row, field)), FUNCTION_DEPTH);
}

function functionSql(name: AggregateColumn['function'], field: Field, value: string): string {
  switch (name) {
    case 'countDistinct':
      return `count(DISTINCT ${value})`;
    // SQLite's sum() of integers fails beyond 64 bits; total() goes on as a double.
    case 'sum':
      checkNumber(field);
      return `CASE WHEN count(${value}) > 0 THEN ${finite(`total(${value})`)} END`;
    case 'avg':
      checkNumber(field);
      return finite(`avg(${value})`);
    case 'count':
    case 'min':
    case 'max':
      return `${name}(${value})`;
  }
}

const finite = (sum: string): string => `max(min(${sum}, ${GREATEST_SUM}), -${GREATEST_SUM})`;

function subquery(value: Expression, tables: readonly string[], conditions: readonly Expression[]): Expression {
  const where = allOf(conditions);
  const sql = `(SELECT ${value.sql} FROM ${tables.join(' CROSS JOIN ')} WHERE ${where.sql})`;
  const column = around(enclosing([value, where], '', 0), sql);
  const nesting = nestingOf(column);
  if (nesting <= MAX_CONDITION_DEPTH) return column;
  throw new ShardQLError(
    'BAD_USER_INPUT',
    `Expected related rows and their conditions nested at most ${MAX_CONDITION_DEPTH} levels deep, but got ${nesting}.`,
  );
}

function checkNumber({ name, wire }: Field): void {
  if (['int', 'int64', 'real', 'decimal', 'bigintBlob'].includes(wire)) return;
  throw new ShardQLError('BAD_USER_INPUT', `Expected a column of numbers, but got ${name}.`);
}
