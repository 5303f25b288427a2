import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLike } from '../../../../src/lib/like-pattern.ts';
import { decimalToWire } from '../../../../src/model/values/stored-decimal.ts';
import { textSuccessor } from '../../../../src/shards/server/read/sql/text-sql.ts';
import { compare } from './naive-plan.ts';

const characters = ['a', 'b', '\uD7FF', '\uE000', '\uFFFF', '😀', '\u{10FFFE}', '\u{10FFFF}'];
const text = fc.array(fc.constantFrom(...characters), { maxLength: 4 }).map((parts) => parts.join(''));

describe('the successor of a prefix', () => {
  it('ends exactly the texts that start with the prefix', () => {
    fc.assert(
      fc.property(text, text, (prefix, other) => {
        const successor = textSuccessor(prefix);
        const isInRange =
          compare('text', other, prefix) >= 0 && (successor === null || compare('text', other, successor) < 0);
        expect(isInRange).toBe(other.startsWith(prefix));
      }),
      { numRuns: 5000 },
    );
  });
});

describe('a pattern', () => {
  it.each([
    ['', '', true],
    ['', 'a', false],
    ['%', '', true],
    ['_', '😀', true],
    ['__', '😀', false],
    ['a%b%c', 'a-b-b-c', true],
    ['a%b%c', 'a-c-b', false],
    ['\\%', '%', true],
    ['\\%', 'x', false],
    ['\\_', '_', true],
    ['\\\\', '\\', true],
    ['\\a', '\\a', true],
    ['a\\', 'a\\', true],
    ['%\n%', 'a\nb', true],
  ])('%j matches %j: %s', (pattern, value, expected) => {
    expect(parseLike(pattern).matches(value)).toBe(expected);
  });

  it('takes at most text × pattern steps: trying all ways, it would not end', () => {
    expect(parseLike(`${'%a'.repeat(500)}%b`).matches('a'.repeat(5000))).toBe(false);
  });
});

describe('decimals', () => {
  it.each([
    [0, '0'],
    [-0, '0'],
    [1.5, '1.5'],
    [-0.000001, '-0.000001'],
    [1e21, '1000000000000000000000'],
    [123456789012345, '123456789012345'],
    [0.1 + 0.2, '0.3'],
    [1e-10, '0.0000000001'],
  ])('%d is %s', (value, expected) => {
    expect(decimalToWire(value)).toBe(expected);
  });

  it('of at most 15 digits come back as they were', () => {
    fc.assert(
      fc.property(fc.integer({ min: -999999999999999, max: 999999999999999 }), fc.nat(20), (digits, scale) => {
        const wire = decimalToWire(Number(`${digits}e-${scale}`));
        expect(wire).toMatch(/^(0|-?(0|[1-9]\d*)(\.\d*[1-9])?)$/);
        // Exactly: digits × 10^(20 − scale) both ways.
        const [whole, fraction = ''] = wire.split('.') as [string, string?];
        expect(BigInt(whole + fraction.padEnd(20, '0')).toString()).toBe(
          (BigInt(digits) * 10n ** BigInt(20 - scale)).toString(),
        );
      }),
    );
  });
});
