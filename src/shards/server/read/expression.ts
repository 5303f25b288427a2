/** Boolean SQL expressions that know how deep they are: SQLite refuses trees deeper than `MAX_EXPRESSION_DEPTH`. */
import { MAX_EXPRESSION_DEPTH } from '../../limits.ts';

export interface Expression {
  readonly sql: string;
  /** Upper bound of the depth of SQLite's expression tree. */
  readonly depth: number;
}

export const TRUE: Expression = { sql: 'TRUE', depth: 1 };
export const FALSE: Expression = { sql: 'FALSE', depth: 1 };

/** Greatest depth of a WHERE: SQLite counts that of a correlated subquery twice, for itself and for the term it is in. */
export const MAX_CONDITION_DEPTH = MAX_EXPRESSION_DEPTH / 2 - 4;

/** Enough for comparisons of columns and parameters with their casts. */
const COMPARISON_DEPTH = 6;
/** Enough for the pattern predicates, the deepest there are. */
export const PATTERN_DEPTH = 16;

export const expression = (sql: string, depth = COMPARISON_DEPTH): Expression => ({ sql, depth });

/** Conjunction; TRUE for no terms. */
export const allOf = (terms: readonly Expression[]): Expression => combine(terms, 'AND', TRUE);

/** Disjunction; FALSE for no terms. */
export const anyOf = (terms: readonly Expression[]): Expression => combine(terms, 'OR', FALSE);

export const not = (term: Expression): Expression => ({ sql: `(NOT ${term.sql})`, depth: term.depth + 1 });

/** Joins pairwise, so that depth grows with the logarithm of the number of terms. */
function combine(terms: readonly Expression[], operator: 'AND' | 'OR', empty: Expression): Expression {
  if (terms.length === 0) return empty;
  if (terms.length === 1) return terms[0]!;
  const half = terms.length >> 1;
  const left = combine(terms.slice(0, half), operator, empty);
  const right = combine(terms.slice(half), operator, empty);
  return { sql: `(${left.sql} ${operator} ${right.sql})`, depth: Math.max(left.depth, right.depth) + 1 };
}
