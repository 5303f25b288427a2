/** Boolean SQL expressions that know how deep they are: SQLite refuses trees deeper than `MAX_EXPRESSION_DEPTH`. */
import { MAX_EXPRESSION_DEPTH } from '../../../limits.ts';
import { TRUE_SQL } from '../../../sql/sql-text.ts';

export interface Expression {
  readonly sql: string;
  /** Upper bound of the depth of SQLite's expression tree. */
  readonly depth: number;
  /** Upper bound of the depths of the subqueries in it, added up from the outermost to the innermost. */
  readonly subqueryDepth: number;
}

export const TRUE: Expression = { sql: TRUE_SQL, depth: 1, subqueryDepth: 0 };
/**
 * Not a literal: SQLite reduces `… AND 0` to `0` as it parses it. Nothing is left then that says that a partial index has all
 * rows, and a statement that names it (`INDEXED BY`) fails.
 */
export const FALSE: Expression = { sql: '(1 = 0)', depth: 2, subqueryDepth: 0 };

/** Greatest depth of a WHERE without subqueries; see {@link nestingOf}. */
export const MAX_CONDITION_DEPTH = MAX_EXPRESSION_DEPTH / 2 - 4;

/**
 * The depth that counts against {@link MAX_CONDITION_DEPTH}. SQLite counts the depth of a subquery's expressions on top of
 * the expression that it is in; a WHERE may itself be in a subquery, so it counts twice.
 */
export const nestingOf = ({ depth, subqueryDepth }: Expression): number => depth + Math.ceil(subqueryDepth / 2);

/** Enough for comparisons of columns and parameters with their casts. */
export const COMPARISON_DEPTH = 6;
/** Enough for the pattern predicates, the deepest there are. */
export const PATTERN_DEPTH = 16;

/** An expression of `depth` levels around others, which it holds as they are. */
export const enclosing = (inner: readonly Expression[], sql: string, depth: number): Expression => ({
  sql,
  depth: depth + Math.max(0, ...inner.map((each) => each.depth)),
  subqueryDepth: Math.max(0, ...inner.map((each) => each.subqueryDepth)),
});

export const expression = (sql: string, depth = COMPARISON_DEPTH): Expression => ({ sql, depth, subqueryDepth: 0 });

/**
 * `EXISTS` of correlated rows, FROM and WHERE given. The depth of a subquery in an expression is part of the expression's,
 * again at each level, so that the sum grows with the square of the levels; that of a subquery in FROM is not. Hence a
 * subquery in FROM, which SQLite resolves into the one around it: the plan is the same.
 */
export const existsIn = (fromSql: string, condition: Expression): Expression => ({
  sql: `EXISTS (SELECT 1 FROM (SELECT 1 FROM ${fromSql} WHERE ${condition.sql}))`,
  depth: 2,
  subqueryDepth: condition.depth + condition.subqueryDepth,
});

/** The same of a scalar: `result` is of the values `v` of the rows. */
export function scalarOf(result: Expression, value: Expression, fromSql: string, condition: Expression): Expression {
  const inner = enclosing([value, condition], '', 0);
  return {
    sql: `(SELECT ${result.sql} FROM (SELECT ${value.sql} AS v FROM ${fromSql} WHERE ${condition.sql}))`,
    depth: result.depth + 1,
    subqueryDepth: Math.max(result.depth, inner.depth + inner.subqueryDepth),
  };
}

/** Conjunction; TRUE for no terms. */
export const and = (terms: readonly Expression[]): Expression => combine(terms, 'AND', TRUE);

/** Disjunction; FALSE for no terms. */
export const or = (terms: readonly Expression[]): Expression => combine(terms, 'OR', FALSE);

export const not = (term: Expression): Expression => ({ ...term, sql: `(NOT ${term.sql})`, depth: term.depth + 1 });

/** True where the term is true, false where it is false or NULL. */
export const isTrue = (term: Expression): Expression => ({
  ...term,
  sql: `(${term.sql} IS ${TRUE_SQL})`,
  depth: term.depth + 1,
});

/** Joins pairwise, so that depth grows with the logarithm of the number of terms. */
function combine(terms: readonly Expression[], operator: 'AND' | 'OR', empty: Expression): Expression {
  if (terms.length === 0) return empty;
  if (terms.length === 1) return terms[0]!;
  const half = terms.length >> 1;
  const left = combine(terms.slice(0, half), operator, empty);
  const right = combine(terms.slice(half), operator, empty);
  return {
    sql: `(${left.sql} ${operator} ${right.sql})`,
    depth: Math.max(left.depth, right.depth) + 1,
    subqueryDepth: Math.max(left.subqueryDepth, right.subqueryDepth),
  };
}
