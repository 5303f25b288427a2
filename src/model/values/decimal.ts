/**
 * Decimals in a NUMERIC column: SQLite keeps them as integers or as doubles, and a double gives back every decimal of
 * up to 15 significant digits. More digits are refused, so what is stored is exact.
 */
import { InvalidValueError } from '../invalid-value-error.ts';
import type { ValueCodec } from './value-codec.ts';

const MAX_SIGNIFICANT_DIGITS = 15;
/** Decimal exponents of the first digit between which doubles have full precision. */
const MIN_EXPONENT = -307;
const MAX_EXPONENT = 307;

const EXPECTED = `a decimal number of at most ${MAX_SIGNIFICANT_DIGITS} significant digits`;
const FORM = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

/** To plain form: no exponent, no zeros that could be left out (`-0.50` → `-0.5`). One text per number. */
export function parseDecimal(value: unknown): string {
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
  const match = typeof text === 'string' ? FORM.exec(text) : null;
  if (match === null) throw new InvalidValueError(EXPECTED, value);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const written = whole + fraction;
  if (written === '') throw new InvalidValueError(EXPECTED, value);
  const leadingZeros = /^0*/.exec(written)![0].length;
  const digits = written.slice(leadingZeros).replace(/0+$/, '');
  if (digits === '') return '0';
  const pointPosition = whole.length + Number(exponent) - leadingZeros;
  const firstDigitExponent = pointPosition - 1;
  const inRange = firstDigitExponent >= MIN_EXPONENT && firstDigitExponent <= MAX_EXPONENT;
  if (digits.length > MAX_SIGNIFICANT_DIGITS || !inRange) throw new InvalidValueError(EXPECTED, value);
  return sign + plainForm(digits, pointPosition);
}

/** @param pointPosition Where the decimal point stands, counted from before the first digit. */
function plainForm(digits: string, pointPosition: number): string {
  if (pointPosition <= 0) return `0.${'0'.repeat(-pointPosition)}${digits}`;
  if (pointPosition >= digits.length) return digits.padEnd(pointPosition, '0');
  return `${digits.slice(0, pointPosition)}.${digits.slice(pointPosition)}`;
}

export const decimalCodec: ValueCodec = {
  fromInput: parseDecimal,
  fromDriver: parseDecimal,
  fromImport: parseDecimal,
  toOutput: (wire) => wire,
};
