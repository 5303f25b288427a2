/** Arithmetic on decimal numbers of any size, without rounding: where sums of many rows have to stay exact. */

/** `coefficient` × 10 to the power of `exponent`. */
export interface ExactDecimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

export const ZERO: ExactDecimal = { coefficient: 0n, exponent: 0 };

const FORM = /^(-?)(\d+)(?:\.(\d+))?$/;

/** @param text Plain decimal text (`-12.50`), as wire values are. */
export function parseExact(text: string): ExactDecimal {
  const match = FORM.exec(text);
  if (match === null) throw new TypeError('Expected plain decimal text.');
  const [, sign = '', whole = '', fraction = ''] = match;
  return { coefficient: BigInt(`${sign}${whole}${fraction}`), exponent: -fraction.length };
}

export function addExact(a: ExactDecimal, b: ExactDecimal): ExactDecimal {
  const exponent = Math.min(a.exponent, b.exponent);
  return { coefficient: scaled(a, exponent) + scaled(b, exponent), exponent };
}

export const negateExact = ({ coefficient, exponent }: ExactDecimal): ExactDecimal => ({
  coefficient: -coefficient,
  exponent,
});

export const multiplyExact = (a: ExactDecimal, b: ExactDecimal): ExactDecimal => ({
  coefficient: a.coefficient * b.coefficient,
  exponent: a.exponent + b.exponent,
});

/** Negative, zero or positive. */
export function compareExact(a: ExactDecimal, b: ExactDecimal): number {
  const exponent = Math.min(a.exponent, b.exponent);
  const left = scaled(a, exponent);
  const right = scaled(b, exponent);
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Plain form without zeros that could be left out; one text per number. */
export function exactToText({ coefficient, exponent }: ExactDecimal): string {
  if (coefficient === 0n) return '0';
  const sign = coefficient < 0n ? '-' : '';
  const written = String(coefficient < 0n ? -coefficient : coefficient);
  const digits = written.replace(/0+$/, '');
  const point = written.length + exponent;
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits.padEnd(point, '0');
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/**
 * The quotient, rounded to `digits` significant digits, half to even.
 *
 * @param divisor Greater than 0.
 */
export function divideExact(dividend: ExactDecimal, divisor: number, digits: number): ExactDecimal {
  const negative = dividend.coefficient < 0n;
  const coefficient = negative ? -dividend.coefficient : dividend.coefficient;
  const by = BigInt(divisor);
  // One digit more than needed at least, so that what is cut below has all the digits that rounding looks at.
  const extra = Math.max(0, digits + String(by).length + 1 - String(coefficient).length);
  const shifted = coefficient * 10n ** BigInt(extra);
  const quotient = shifted / by;
  const cut = Math.max(0, String(quotient).length - digits);
  const unit = 10n ** BigInt(cut);
  const kept = quotient / unit;
  // Twice what was cut off, remainder of the division included, against one unit of the last digit kept.
  const twice = 2n * (shifted - kept * unit * by);
  const half = unit * by;
  const rounded = twice > half || (twice === half && kept % 2n === 1n) ? kept + 1n : kept;
  return { coefficient: negative ? -rounded : rounded, exponent: dividend.exponent - extra + cut };
}

const scaled = ({ coefficient, exponent }: ExactDecimal, to: number): bigint =>
  coefficient * 10n ** BigInt(exponent - to);
