import type { RelatedRows } from './source.ts';
import type { ValueRef } from './value.ts';

export const COMPARISON_OPERATORS = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte'] as const;
export const LIST_OPERATORS = ['in', 'notIn'] as const;
export const TEXT_OPERATORS = [
  'contains',
  'startsWith',
  'endsWith',
  'like',
  'ieq',
  'icontains',
  'istartsWith',
  'iendsWith',
  'ilike',
] as const;

export type ComparisonOperator = (typeof COMPARISON_OPERATORS)[number];
export type TextOperator = (typeof TEXT_OPERATORS)[number];

/** What compares one column. */
export type ColumnFilter = ComparisonFilter | TextFilter | ListFilter | BetweenFilter | NullFilter;
export type ColumnOperator = ColumnFilter['op'];

export const isComparison = (operator: string): operator is ComparisonOperator =>
  (COMPARISON_OPERATORS as readonly string[]).includes(operator);

export const isTextOperator = (operator: string): operator is TextOperator =>
  (TEXT_OPERATORS as readonly string[]).includes(operator);

/**
 * A filter keeps a row if it is true; comparisons with NULL are unknown, as in SQL (so `not` of them does not keep the row
 * either). `and` of no terms is true, `or` of none is false. `in`/`notIn` refer to one value that is a list (a JSON array of
 * wire values); `in []` is false and `notIn []` true, for NULL too. `between` is inclusive.
 *
 * Three tests are never unknown. `isTrue`: the term is true, not false and not unknown. `exists`: there is a related row
 * (that its filter keeps). `inKeys`: the columns' values, none of them NULL, are one of the tuples that `list` refers to.
 */
export type Filter = TermsFilter | TermFilter | ExistsFilter | KeysFilter | ColumnFilter;

interface TermsFilter {
  readonly op: 'and' | 'or';
  readonly terms: readonly Filter[];
}

interface TermFilter {
  readonly op: 'not' | 'isTrue';
  readonly term: Filter;
}

interface ExistsFilter {
  readonly op: 'exists';
  readonly related: RelatedRows;
}

interface KeysFilter {
  readonly op: 'inKeys';
  readonly columns: readonly string[];
  readonly list: ValueRef;
}

interface ComparisonFilter {
  readonly op: ComparisonOperator;
  readonly column: string;
  readonly value: ValueRef;
}

export interface TextFilter {
  readonly op: TextOperator;
  readonly column: string;
  readonly value: ValueRef;
}

interface ListFilter {
  readonly op: (typeof LIST_OPERATORS)[number];
  readonly column: string;
  readonly list: ValueRef;
}

interface BetweenFilter {
  readonly op: 'between';
  readonly column: string;
  readonly low: ValueRef;
  readonly high: ValueRef;
}

interface NullFilter {
  readonly op: 'isNull';
  readonly column: string;
  readonly isNull: boolean;
}

/** Rows with a related row. */
export const exists = (related: RelatedRows): Filter => ({ op: 'exists', related });

/** Rows whose columns hold one of the tuples of a list. */
export const inKeys = (columns: readonly string[], list: ValueRef): Filter => ({ op: 'inKeys', columns, list });

export const isNull = (column: string): Filter => ({ op: 'isNull', column, isNull: true });

export const notNull = (column: string): Filter => ({ op: 'isNull', column, isNull: false });

/** Rows that all terms keep; null, which keeps every row, for no terms. */
export const allOf = (terms: readonly Filter[]): Filter | null =>
  terms.length > 1 ? { op: 'and', terms } : (terms[0] ?? null);
