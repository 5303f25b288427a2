import { GraphQLError } from 'graphql';
import type { ErrorCode } from '../../shards/errors.ts';

/**
 * Levels of lists and objects in a request's variables, the variables themselves included. A JSON value may have 500, in
 * a row, in a list; graphql-js and what reads variables after it go down by recursion, and the stack ends at some 2,000.
 */
export const MAX_VARIABLE_LEVELS = 600;

const CODE: ErrorCode = 'DEPTH_LIMIT_EXCEEDED';

/** The error of variables that are nested too deep; null if they are not. */
export function nestingError(variables: unknown): GraphQLError | null {
  if (isFlat(variables) || !isDeeperThan(MAX_VARIABLE_LEVELS, variables)) return null;
  const message = `Expected variables of at most ${MAX_VARIABLE_LEVELS} levels of lists and objects, but got more. Nest less.`;
  return new GraphQLError(message, { extensions: { code: CODE } });
}

/** Most requests' are: ids, texts and numbers. */
function isFlat(variables: unknown): boolean {
  if (!isNested(variables)) return true;
  for (const name in variables) if (isNested((variables as Readonly<Record<string, unknown>>)[name])) return false;
  return true;
}

/** Whether a JSON value has more levels of lists and objects, itself included. Goes down without recursion. */
export function isDeeperThan(maxLevels: number, value: unknown): boolean {
  let level: readonly object[] = isNested(value) ? [value] : [];
  for (let levels = 0; level.length > 0; levels++) {
    if (levels === maxLevels) return true;
    level = membersOf(level);
  }
  return false;
}

/** The lists and objects one level below. */
function membersOf(level: readonly object[]): readonly object[] {
  const members: object[] = [];
  for (const each of level) for (const member of Object.values(each)) if (isNested(member)) members.push(member);
  return members;
}

const isNested = (value: unknown): value is object => typeof value === 'object' && value !== null;
