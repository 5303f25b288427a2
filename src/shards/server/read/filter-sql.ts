import type { TableModel } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import type { Filter, TextOperator, ValueRef } from '../../plan.ts';
import { allOf, anyOf, type Expression, expression, MAX_CONDITION_DEPTH, not, PATTERN_DEPTH } from './expression.ts';
import type { Parameters } from './parameters.ts';
import { textPredicateSql } from './text-sql.ts';
import { columnSql, type Field, fieldOf, orderedColumnSql, orderedValueSql, storedSql, textSql } from './wire-sql.ts';

export type TextFilter = Extract<Filter, { readonly value: ValueRef }> & { readonly op: TextOperator };
type Condition = Exclude<Filter, { readonly terms: readonly Filter[] } | { readonly term: Filter }>;

export interface FilterContext {
  readonly table: TableModel;
  readonly alias: string;
  readonly parameters: Parameters;
  /** Index of a text filter among those that JavaScript may have to decide. */
  readonly decisions: ReadonlyMap<TextFilter, number>;
}

const COMPARISONS = { eq: '=', ne: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** More cannot be had within the platform's statement size, with long names. */
const MAX_CONDITIONS = 500;
/** Leaves room for what surrounds the filter: key, confinement and position. */
const MAX_FILTER_DEPTH = MAX_CONDITION_DEPTH - 8;

/** The filter as SQL with SQL's three-valued logic. */
export function filterSql(filter: Filter, context: FilterContext): Expression {
  const sql = termSql(filter, context);
  if (sql.depth <= MAX_FILTER_DEPTH) return sql;
  throw new ShardQLError(
    'BAD_USER_INPUT',
    `Expected a filter nested at most ${MAX_FILTER_DEPTH} levels deep, but got ${sql.depth} levels of conditions.`,
  );
}

/** Refuses filters of too many conditions. */
export function checkFilterSize(filter: Filter): void {
  const count = countConditions(filter);
  if (count <= MAX_CONDITIONS) return;
  throw new ShardQLError('BAD_USER_INPUT', `Expected at most ${MAX_CONDITIONS} conditions, but got ${count}.`);
}

/** Text filters of a tree, in order. */
export function* textFilters(filter: Filter): Generator<TextFilter> {
  if ('terms' in filter) for (const term of filter.terms) yield* textFilters(term);
  else if ('term' in filter) yield* textFilters(filter.term);
  else if (isTextFilter(filter)) yield filter;
}

function countConditions(filter: Filter): number {
  if ('term' in filter) return countConditions(filter.term);
  if (!('terms' in filter)) return 1;
  return filter.terms.reduce((count, term) => count + countConditions(term), 0);
}

function termSql(filter: Filter, context: FilterContext): Expression {
  if ('terms' in filter) {
    const terms = filter.terms.map((term) => termSql(term, context));
    return filter.op === 'and' ? allOf(terms) : anyOf(terms);
  }
  if ('term' in filter) return not(termSql(filter.term, context));
  return expression(`(${conditionSql(filter, context)})`, isTextFilter(filter) ? PATTERN_DEPTH : undefined);
}

function conditionSql(filter: Condition, context: FilterContext): string {
  const { alias, parameters } = context;
  const field = fieldOf(context.table, filter.column);
  const column = columnSql(alias, field);
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
      return `${orderedColumnSql(alias, field)} ${COMPARISONS[filter.op]} ${bindOrdered(filter.value, field, parameters)}`;
    case 'between': {
      const low = bindOrdered(filter.low, field, parameters);
      return `${orderedColumnSql(alias, field)} BETWEEN ${low} AND ${bindOrdered(filter.high, field, parameters)}`;
    }
    case 'in':
    case 'notIn': {
      const list = parameters.use(`list ${filter.list}`, (scope) => JSON.stringify(scope.values[filter.list]));
      const operator = filter.op === 'in' ? 'IN' : 'NOT IN';
      return `${column} ${operator} (SELECT ${storedSql(field.wire, 'value')} FROM json_each(${list}))`;
    }
    default: {
      const { op: operator, value } = filter as TextFilter;
      return textPredicateSql({ operator, value, column: textSql(alias, field), parameters }, () => {
        const index = context.decisions.get(filter as TextFilter)!;
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
