import { ShardQLError } from '../../../errors.ts';
import { type Expression, MAX_CONDITION_DEPTH, nestingOf } from './expression.ts';

/**
 * Refuses what SQLite would refuse as too deep.
 *
 * @param what What is nested, in the words of the request: "a filter".
 * @param reserve Levels to leave for what stands around the term.
 * @throws ShardQLError DEPTH_LIMIT_EXCEEDED.
 */
export function checkDepth(term: Expression, what: string, reserve = 0): Expression {
  const greatest = MAX_CONDITION_DEPTH - reserve;
  const nesting = nestingOf(term);
  if (nesting <= greatest) return term;
  throw new ShardQLError(
    'DEPTH_LIMIT_EXCEEDED',
    `Expected ${what} that takes at most ${greatest} levels of nesting in the database, but got ${nesting}. ` +
      'Each relation, AND, OR, NOT and JSON path takes some: nest fewer within each other, or query the inner rows first ' +
      'and filter by their keys.',
  );
}
