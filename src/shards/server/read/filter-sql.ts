import type { Model, TableModel } from '../../../model/types.ts';
import { ShardQLError } from '../../errors.ts';
import type { Filter, RelatedRows, TextOperator, ValueRef } from '../../plan.ts';
import {
  allOf,
  anyOf,
  around,
  type Expression,
  expression,
  isTrue,
  MAX_CONDITION_DEPTH,
  nestingOf,
  not,
} from './expression.ts';
import type { Parameters } from './parameters.ts';
import { type RowScope, relatedSource, tableOf } from './related-sql.ts';
import { predicateDepth, textPredicateSql } from './text-sql.ts';
import { columnSql, type Field, fieldOf, orderedColumnSql, orderedValueSql, storedSql, textSql } from './wire-sql.ts';

export type TextFilter = Extract<Filter, { readonly value: ValueRef }> & { readonly op: TextOperator };
type Condition = Extract<Filter, { readonly column: string }>;
type KeysFilter = Extract<Filter, { readonly columns: readonly string[] }>;

/** A text filter that JavaScript may have to decide. */
export interface Decision {
  /** Its place among those of the node. */
  readonly index: number;
  /** The table of its column. */
  readonly table: TableModel;
  /** It is on a row that is related to the node's. */
  readonly isOnRelated: boolean;
}

export interface FilterContext extends RowScope {
  readonly parameters: Parameters;
  readonly decisions: ReadonlyMap<TextFilter, Decision>;
}

const COMPARISONS = { eq: '=', ne: '<>', gt: '>', gte: '>=', lt: '<', lte: '<=' } as const;

/** More cannot be had within the platform's statement size, with long names. */
const MAX_CONDITIONS = 500;
/** Leaves room for what surrounds the filter: key, confinement and position. */
const MAX_FILTER_DEPTH = MAX_CONDITION_DEPTH - 5;

/** The filter as SQL with SQL's three-valued logic. */
export function filterSql(filter: Filter, context: FilterContext): Expression {
  const sql = termSql(filter, context);
  const nesting = nestingOf(sql);
  if (nesting <= MAX_FILTER_DEPTH) return sql;
  throw new ShardQLError(
    'BAD_USER_INPUT',
    `Expected a filter nested at most ${MAX_FILTER_DEPTH} levels deep, but got ${nesting} levels of conditions.`,
  );
}

/** Refuses filters of too many conditions. */
export function checkFilterSize(filter: Filter): void {
  const count = countConditions(filter);
  if (count <= MAX_CONDITIONS) return;
  throw new ShardQLError('BAD_USER_INPUT', `Expected at most ${MAX_CONDITIONS} conditions, but got ${count}.`);
}

/** The text filters that JavaScript may have to decide, in order. */
export function decisionsOf(filter: Filter | null, table: TableModel, model: Model): Map<TextFilter, Decision> {
  const decisions = new Map<TextFilter, Decision>();
  const visit = (term: Filter | null, on: TableModel, isOnRelated: boolean): void => {
    if (term === null) return;
    if ('terms' in term) for (const each of term.terms) visit(each, on, isOnRelated);
    else if ('term' in term) visit(term.term, on, isOnRelated);
    else if ('related' in term) visit(term.related.filter, tableOf(model, term.related.table), true);
    else if ('column' in term && isTextFilter(term) && !DECIDED_BY_SQL.includes(term.op)) {
      decisions.set(term, { index: decisions.size, table: on, isOnRelated });
    }
  };
  visit(filter, table, false);
  return decisions;
}

const DECIDED_BY_SQL: readonly TextOperator[] = ['contains', 'startsWith', 'endsWith'];

function countConditions(filter: Filter): number {
  if ('term' in filter) return countConditions(filter.term);
  if ('related' in filter) return 1 + (filter.related.filter ? countConditions(filter.related.filter) : 0);
  if (!('terms' in filter)) return 1;
  return filter.terms.reduce((count, term) => count + countConditions(term), 0);
}

function termSql(filter: Filter, context: FilterContext): Expression {
  if ('terms' in filter) {
    const terms = filter.terms.map((term) => termSql(term, context));
    return filter.op === 'and' ? allOf(terms) : anyOf(terms);
  }
  if ('term' in filter) {
    const term = termSql(filter.term, context);
    return filter.op === 'not' ? not(term) : isTrue(term);
  }
  if ('related' in filter) return existsSql(filter.related, context);
  if ('columns' in filter) return expression(inKeysSql(filter, context), filter.columns.length + KEYS_DEPTH);
  const depth = isTextFilter(filter) ? predicateDepth(filter.op) : CONDITION_DEPTH;
  return expression(`(${conditionSql(filter, context)})`, depth);
}

function existsSql(related: RelatedRows, context: FilterContext): Expression {
  const { fromSql, tie, scope } = relatedSource(related, context);
  const kept = related.filter ? [termSql(related.filter, { ...context, ...scope })] : [];
  const condition = allOf([tie, ...kept]);
  return around(condition, `EXISTS (SELECT 1 FROM ${fromSql} WHERE ${condition.sql})`);
}

/** Comparisons with casts on both sides, and parameters that are parts of another. */
const CONDITION_DEPTH = 4;

/** Besides one level per column that may be NULL. */
const KEYS_DEPTH = 6;

/** A row value with a NULL in it is in no list, but SQL may say that it does not know. */
function inKeysSql({ columns, list }: KeysFilter, { table, alias, parameters }: FilterContext): string {
  const fields = columns.map((name) => fieldOf(table, name));
  const keys = parameters.use(`list ${list}`, ({ values }) => JSON.stringify(values[list]));
  const parts = fields.map(({ wire }, at) => storedSql(wire, `(value ->> ${at})`)).join(', ');
  const columnsSql = fields.map((field) => columnSql(alias, field));
  const given = columnsSql.filter((_, at) => !fields[at]!.notNull).map((column) => ` AND ${column} IS NOT NULL`);
  const tuple = columnsSql.length === 1 ? columnsSql[0]! : `(${columnsSql.join(', ')})`;
  return `(${tuple} IN (SELECT ${parts} FROM json_each(${keys}))${given.join('')})`;
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
        const { index } = context.decisions.get(filter as TextFilter)!;
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
