import { ShardQLError } from '../../errors.ts';
import type { ComputedColumn } from '../../plan/computed.ts';
import type { Filter, TextOperator } from '../../plan/filter.ts';
import type { RelatedRows } from '../../plan/source.ts';
import type { ValueRef } from '../../plan/value.ts';
import { checkDepth } from './check-depth.ts';
import { allOf, anyOf, type Expression, enclosing, existsIn, isTrue, not } from './expression.ts';
import type { Parameters } from './parameters.ts';
import { relatedSource } from './related-sql.ts';
import type { RowContext } from './row-context.ts';
import type { TableFields } from './table-fields.ts';
import { predicateDepth, textPredicateSql } from './text-sql.ts';
import { type Field, orderedColumnSql, orderedValueSql, storedSql, storedValue, textSql } from './wire-sql.ts';

export type TextFilter = Extract<Filter, { readonly value: ValueRef }> & { readonly op: TextOperator };
type Condition = Extract<Filter, { readonly column: string }>;
type KeysFilter = Extract<Filter, { readonly columns: readonly string[] }>;

/** A text filter that JavaScript may have to decide. */
export interface Decision {
  /** Its place among those of the node. */
  readonly index: number;
  /** Those of the rows that it is about. */
  readonly fields: TableFields;
  /** It is on a row that is related to the node's. */
  readonly isOnRelated: boolean;
}

const COMPARISONS = { eq: '=', ne: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** More cannot be had within the platform's statement size, with long names. */
const MAX_CONDITIONS = 500;
/** Levels for what surrounds the filter: key, confinement and position. */
const RESERVED_DEPTH = 5;

/**
 * The filter as SQL with SQL's three-valued logic.
 *
 * @throws ShardQLError DEPTH_LIMIT_EXCEEDED
 */
export const filterSql = (filter: Filter, row: RowContext): Expression =>
  checkDepth(termSql(filter, row), 'a filter', RESERVED_DEPTH);

/** Refuses filters of too many conditions. */
export function checkFilterSize(filter: Filter): void {
  const count = countConditions(filter);
  if (count <= MAX_CONDITIONS) return;
  throw new ShardQLError('BAD_USER_INPUT', `Expected at most ${MAX_CONDITIONS} conditions, but got ${count}.`);
}

/** The text filters that JavaScript may have to decide, in order: of a filter, and of what it may refer to. */
export function decisionsOf(
  filter: Filter | null,
  computed: readonly ComputedColumn[],
  fields: TableFields,
): Map<TextFilter, Decision> {
  const decisions = new Map<TextFilter, Decision>();
  const visit = (term: Filter | null, on: TableFields, isOnRelated: boolean): void => {
    if (term === null) return;
    if ('terms' in term) for (const each of term.terms) visit(each, on, isOnRelated);
    else if ('term' in term) visit(term.term, on, isOnRelated);
    else if ('related' in term) visitRelated(term.related, on);
    else if ('column' in term && isTextFilter(term) && !DECIDED_BY_SQL.includes(term.op)) {
      decisions.set(term, { index: decisions.size, fields: on, isOnRelated });
    }
  };
  const visitRelated = (related: RelatedRows, outer: TableFields): void => {
    const on = outer.related(related);
    visit(related.filter, on, true);
    visitComputed(related.computed, on);
  };
  const visitComputed = (columns: readonly ComputedColumn[], on: TableFields): void => {
    for (const column of columns) if ('related' in column) visitRelated(column.related, on);
  };
  visit(filter, fields, false);
  visitComputed(computed, fields);
  return decisions;
}

const DECIDED_BY_SQL: readonly TextOperator[] = ['contains', 'startsWith', 'endsWith'];

function countConditions(filter: Filter): number {
  if ('term' in filter) return countConditions(filter.term);
  if ('related' in filter) return 1 + (filter.related.filter ? countConditions(filter.related.filter) : 0);
  if (!('terms' in filter)) return 1;
  return filter.terms.reduce((count, term) => count + countConditions(term), 0);
}

function termSql(filter: Filter, row: RowContext): Expression {
  if ('terms' in filter) {
    const terms = filter.terms.map((term) => termSql(term, row));
    return filter.op === 'and' ? allOf(terms) : anyOf(terms);
  }
  if ('term' in filter) {
    const term = termSql(filter.term, row);
    return filter.op === 'not' ? not(term) : isTrue(term);
  }
  if ('related' in filter) return existsSql(filter.related, row);
  if ('columns' in filter) return inKeysSql(filter, row);
  const field = row.fields.field(filter.column);
  const depth = isTextFilter(filter) ? predicateDepth(filter.op) : CONDITION_DEPTH;
  return enclosing([storedValue(row, field)], `(${conditionSql(filter, field, row)})`, depth);
}

function existsSql(related: RelatedRows, row: RowContext): Expression {
  const { fromSql, tie, row: inner } = relatedSource(related, row);
  const kept = related.filter ? [termSql(related.filter, inner)] : [];
  return existsIn(fromSql, allOf([tie, ...kept]));
}

/** Comparisons with casts on both sides, and parameters that are parts of another. */
const CONDITION_DEPTH = 4;

/** Besides one level per column that may be NULL. */
const KEYS_DEPTH = 6;

/** A row value with a NULL in it is in no list, but SQL may say that it does not know. */
function inKeysSql({ columns, list }: KeysFilter, row: RowContext): Expression {
  const { parameters } = row;
  const fields = columns.map((name) => row.fields.field(name));
  const keys = parameters.use(`list ${list}`, ({ values }) => JSON.stringify(values[list]));
  const parts = fields.map(({ wire }, at) => storedSql(wire, `(value ->> ${at})`)).join(', ');
  const values = fields.map((field) => storedValue(row, field));
  const columnsSql = values.map(({ sql }) => sql);
  const given = columnsSql.filter((_, at) => !fields[at]!.notNull).map((column) => ` AND ${column} IS NOT NULL`);
  const tuple = columnsSql.length === 1 ? columnsSql[0]! : `(${columnsSql.join(', ')})`;
  const sql = `(${tuple} IN (SELECT ${parts} FROM json_each(${keys}))${given.join('')})`;
  return enclosing(values, sql, columns.length + KEYS_DEPTH);
}

function conditionSql(filter: Condition, field: Field, row: RowContext): string {
  const { parameters } = row;
  const column = storedValue(row, field).sql;
  switch (filter.op) {
    case 'isNull':
      return `${column} IS ${filter.isNull ? '' : 'NOT '}NULL`;
    case 'eq':
    case 'ne':
      return `${column} ${COMPARISONS[filter.op]} ${storedSql(field.wire, bindValue(filter.value, parameters))}`;
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return `${orderedColumnSql(row, field)} ${COMPARISONS[filter.op]} ${bindOrdered(filter.value, field, parameters)}`;
    case 'between': {
      const low = bindOrdered(filter.low, field, parameters);
      return `${orderedColumnSql(row, field)} BETWEEN ${low} AND ${bindOrdered(filter.high, field, parameters)}`;
    }
    case 'in':
    case 'notIn': {
      const list = parameters.use(`list ${filter.list}`, (scope) => JSON.stringify(scope.values[filter.list]));
      const operator = filter.op === 'in' ? 'IN' : 'NOT IN';
      return `${column} ${operator} (SELECT ${storedSql(field.wire, 'value')} FROM json_each(${list}))`;
    }
    default: {
      const { op: operator, value } = filter as TextFilter;
      return textPredicateSql({ operator, value, column: textSql(row, field), parameters }, () => {
        const { index } = row.decisions.get(filter as TextFilter)!;
        return parameters.use(`decided ${index}`, (scope) => scope.decided[index]!);
      });
    }
  }
}

const isTextFilter = (filter: Condition): filter is TextFilter => 'value' in filter && !(filter.op in COMPARISONS);

/** A scalar value of the call. */
export const bindValue = (value: ValueRef, parameters: Parameters): string =>
  parameters.use(`value ${value}`, (scope) => scope.values[value] as string | number | null);

export const bindOrdered = (value: ValueRef, field: Field, parameters: Parameters): string =>
  orderedValueSql(field.wire, bindValue(value, parameters));
