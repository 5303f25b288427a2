import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TextOperator } from '../../src/shards/plan/filter.ts';
import { textMatcher } from '../../src/shards/text-matcher.ts';
import { describeRuns, propertyRuns } from '../support/property-runs.ts';
import { textTest } from '../support/queries/text-operators.ts';

/** Letters that fold to more, to another length in UTF-8, or by where they stand; and what surrounds them. */
const LETTERS = [
  'İ',
  'i',
  'I',
  'ı',
  '\u0307',
  'ß',
  'ẞ',
  'ﬁ',
  'Σ',
  'σ',
  'ς',
  'Α',
  'K',
  'Å',
  'ǅ',
  '𐐀',
  'a',
  'A',
  '-',
  '',
];
const text = fc.array(fc.constantFrom(...LETTERS), { maxLength: 5 }).map((letters) => letters.join(''));
const pattern = fc
  .array(fc.constantFrom(...LETTERS, '%', '_', '_', '\\%', '\\_', '\\\\', '\\'), { maxLength: 5 })
  .map((parts) => parts.join(''));

const OPERATORS: readonly TextOperator[] = [
  ...(['contains', 'startsWith', 'endsWith', 'like'] as const),
  ...(['ieq', 'icontains', 'istartsWith', 'iendsWith', 'ilike'] as const),
];

const runs = propertyRuns(3_000);

describe('a text operator', () => {
  it.each([
    ['_stanbul', 'İstanbul', true],
    ['__stanbul', 'İstanbul', false],
    ['i\u0307stanbul', 'İSTANBUL', true],
    ['i_stanbul', 'İstanbul', false],
    ['%i%', 'İ', true],
    ['_', 'İ', true],
    ['__', 'İ', false],
    ['%__', 'aİ', true],
    ['_%_', 'İ', false],
    ['stra_e', 'STRAßE', true],
    ['_n', 'ﬁn', true],
    ['ΟΔΟΣ', 'οδος', true],
    ['_δος', 'ΟΔΟΣ', true],
  ])('ilike %j of %j: %s', (operand, value, expected) => {
    expect(textMatcher('ilike', operand)(value)).toBe(expected);
  });

  it(`is that of the letters as toLowerCase() folds them, "_" being one of the text (${describeRuns(runs)})`, () => {
    fc.assert(
      fc.property(fc.constantFrom(...OPERATORS), text, fc.oneof(text, pattern), (operator, value, operand) => {
        expect(textMatcher(operator, operand)(value)).toBe(textTest(operator, value, operand));
      }),
      runs,
    );
  });
});
