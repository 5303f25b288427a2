import type { GraphQLAnswer } from '../graphql.ts';
import { errorSummary } from '../graphql.ts';
import { CURSOR, type Expected } from './oracle.ts';

/** The first place where an answer differs from what was expected, in words; null if they agree. */
export function difference(expected: Expected, got: GraphQLAnswer): string | null {
  const errors = errorSummary(got).sort();
  if (JSON.stringify(errors) !== JSON.stringify(expected.errors)) {
    return `errors: expected ${JSON.stringify(expected.errors)}, but got ${JSON.stringify(got.errors)}`;
  }
  return valueDifference(expected.data, got.data, 'data');
}

function valueDifference(expected: unknown, got: unknown, path: string): string | null {
  const differs = () => `${path}: expected ${show(expected)}, but got ${show(got)}`;
  if (expected === CURSOR) return typeof got === 'string' && got.length > 0 ? null : differs();
  if (Array.isArray(expected)) {
    if (!Array.isArray(got) || got.length !== expected.length) return differs();
    return first(expected.map((item, index) => () => valueDifference(item, got[index], `${path}[${index}]`)));
  }
  if (typeof expected === 'object' && expected !== null) {
    if (typeof got !== 'object' || got === null || Array.isArray(got)) return differs();
    const keys = Object.keys(expected);
    if (Object.keys(got).length !== keys.length) return differs();
    const [left, right] = [expected, got] as [Record<string, unknown>, Record<string, unknown>];
    return first(keys.map((key) => () => valueDifference(left[key], right[key], `${path}.${key}`)));
  }
  return Object.is(expected, got) || (expected === 0 && got === 0) ? null : differs();
}

function first(checks: readonly (() => string | null)[]): string | null {
  for (const check of checks) {
    const found = check();
    if (found !== null) return found;
  }
  return null;
}

const show = (value: unknown): string =>
  shorten(JSON.stringify(value, (_, item) => (item === CURSOR ? '<cursor>' : item)) ?? 'nothing');

/** Long runs of one character say little. */
export const shorten = (text: string): string => text.replace(/(.)\1{39,}/gsu, (run, one) => `${one}…×${run.length}`);
