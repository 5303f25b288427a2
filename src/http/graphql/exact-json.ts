/** Numbers in JSON that are more exact than JavaScript's: `JSON.parse` rounds them without a word. */
import { parseDecimalOperand } from '../../model/values/decimal.ts';

/**
 * Sixteen digits, wherever the point stands; an exponent of two; or one of one digit that makes sixteen of at least
 * seven. All other numbers are doubles as they are written, and no whole number beyond 2^53. Ids are often full of such
 * digits, but what stands before a number in JSON rarely stands inside a string.
 */
const LONG_NUMBER = /(?:^|[[:,\s])-?(?:(?:\d\.?){16}|[\d.]+[eE][+-]?\d{2}|(?:\d\.?){7,}[eE]\+?\d)/;

/** Whether some number in a JSON text may be rounded when it is parsed. Quick; true for some that are not. */
export const mayBeRounded = (text: string): boolean => LONG_NUMBER.test(text);

/** `JSON.parse` with each number that would be rounded as the text it is written in. Goes down by recursion. */
export const parseExactly = (text: string): unknown => JSON.parse(text, keepRounded);

/** ES2025's, which the library's types do not have yet. */
const { rawJSON } = JSON as unknown as { rawJSON(source: string): object };

/** The same with numbers that `JSON.stringify` writes as they were written: for what is passed on as JSON. */
export const parseVerbatim = (text: string): unknown =>
  JSON.parse(text, (key: string, value: unknown, context?: { readonly source?: string }) => {
    const exact = keepRounded(key, value, context);
    return exact === value ? value : rawJSON(exact as string);
  });

/** A `JSON.parse` reviver with ES2025's source text access. */
function keepRounded(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  return typeof value !== 'number' || source === undefined || isExact(source, value) ? value : source;
}

/** A whole number beyond 2^53 may have been rounded. */
function isExact(source: string, value: number): boolean {
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) return false;
  try {
    return parseDecimalOperand(source) === parseDecimalOperand(value);
  } catch {
    // More digits, or a greater exponent, than anything compared has.
    return false;
  }
}
