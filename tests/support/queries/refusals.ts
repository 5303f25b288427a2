/**
 * Where the contract lets the product refuse instead of answer. Everything else that the generator makes must be
 * answered: it stays below all other bounds (pages of 100 rows, 250 conditions, 10,000 keys of an id set, 100,000
 * related rows, sums beyond 2^53, orders by rows of other shards).
 *
 * - `BAD_USER_INPUT` or `DEPTH_LIMIT_EXCEEDED`, "nested at most": conditions inside two or more relations. The platform's
 *   SQLite refuses expressions deeper than 100 levels, and counts those of a correlated subquery once more for each
 *   expression around it.
 */
import type { GraphQLErrorAnswer } from '../graphql.ts';
import type { ListQuery } from './query.ts';

const QUANTIFIERS = new Set(['some', 'every', 'none', 'where']);

export function mayRefuse(query: ListQuery, { message, extensions }: GraphQLErrorAnswer): boolean {
  const code = extensions?.code;
  if (code !== 'BAD_USER_INPUT' && code !== 'DEPTH_LIMIT_EXCEEDED') return false;
  return message.includes('nested at most') && filtersOf(query).some((where) => isDeep(where, 0));
}

/** All filters of a list and of those within it. */
function filtersOf(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => (name === 'where' ? [inner] : filtersOf(inner)));
}

/** @param relations How many relations have been gone through, as far as their names tell. */
function isDeep(value: unknown, relations: number): boolean {
  if (relations >= 2) return true;
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, inner]) => isDeep(inner, relations + (isRelation(name, inner) ? 1 : 0)));
}

/** Columns hold operators alone, which hold no objects. */
const isRelation = (name: string, inner: unknown): boolean =>
  typeof inner === 'object' &&
  inner !== null &&
  !Array.isArray(inner) &&
  name !== 'NOT' &&
  !QUANTIFIERS.has(name) &&
  Object.values(inner).some((one) => typeof one === 'object' && one !== null && !Array.isArray(one));
