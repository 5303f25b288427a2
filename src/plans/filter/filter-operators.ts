import type { ComparisonOperator, TextOperator } from '../../shards/plan/filter.ts';

export const COMPARISON_OPERATORS = ['eq', 'ne', 'gt', 'gte', 'lt', 'lte'] as const satisfies ComparisonOperator[];
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
] as const satisfies TextOperator[];
export const LIST_OPERATORS = ['in', 'notIn'] as const;

export type FilterOperator = ComparisonOperator | TextOperator | (typeof LIST_OPERATORS)[number] | 'between' | 'isNull';

export const isTextOperator = (operator: string): operator is TextOperator =>
  (TEXT_OPERATORS as readonly string[]).includes(operator);

/** How many rows of a to-many relation must match. */
export const QUANTIFIERS = ['some', 'every', 'none'] as const;
export type Quantifier = (typeof QUANTIFIERS)[number];
