import { CURSOR } from './oracle.ts';

/** The first place where an answer differs from what was expected, in words; null if they agree. */
export function difference(expected: unknown, got: unknown, path: string): string | null {
  const differs = () => `${path}: expected ${show(expected)}, but got ${show(got)}`;
  if (expected === CURSOR) return typeof got === 'string' && got !== '' ? null : differs();
  if (typeof expected !== 'object' || expected === null) return expected === got ? null : differs();
  if (typeof got !== 'object' || got === null || Array.isArray(expected) !== Array.isArray(got)) return differs();
  const keys = Object.keys(expected);
  if (Object.keys(got).length !== keys.length) return differs();
  for (const key of keys) {
    const found = difference(expected[key as never], got[key as never], `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}

/** Long runs of one character say little. */
export const shorten = (text: string): string => text.replace(/(.)\1{39,}/gsu, (run, one) => `${one}…×${run.length}`);

const show = (value: unknown): string => shorten(JSON.stringify(value) ?? 'nothing').slice(0, 1500);
