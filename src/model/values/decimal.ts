/**
 * Decimals in a NUMERIC column: SQLite keeps them as integers or as doubles, and a double gives back every decimal of
 * up to 15 significant digits. More digits are refused, so what is stored is exact.
 */
import { InvalidValueError } from '../invalid-value-error.ts';
import type { ValueCodec } from './value-codec.ts';

const MAX_SIGNIFICANT_DIGITS = 15;
/**
 * Digits of an operand, and decimal exponent of its first one either way: more than any exact sum or average of decimals
 * has, so that each is taken as it is shown.
 */
const MAX_OPERAND_DIGITS = 1_000;

interface Bounds {
  readonly digits: number;
  /** Greatest decimal exponent of the first digit, either way. */
  readonly exponent: number;
}

/** Doubles have full precision within these exponents. */
const STORED: Bounds = { digits: MAX_SIGNIFICANT_DIGITS, exponent: 307 };
const OPERAND: Bounds = { digits: MAX_OPERAND_DIGITS, exponent: MAX_OPERAND_DIGITS };

const FORM = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;

const NUMBER = 'a decimal number, such as "12.50"';

/** To plain form: no exponent, no zeros that could be left out (`-0.50` → `-0.5`). One text per number. */
export const parseDecimal = (value: unknown): string => parseWithin(STORED, value);

/** The same for what is only compared with sums and averages, which have more digits than a column holds. */
export const parseDecimalOperand = (value: unknown): string => parseWithin(OPERAND, value);

function parseWithin(bounds: Bounds, value: unknown): string {
  const text = typeof value === 'number' || typeof value === 'bigint' ? String(value) : value;
  const match = typeof text === 'string' ? FORM.exec(text) : null;
  if (match === null) throw new InvalidValueError(NUMBER, value);
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = match;
  const written = whole + fraction;
  if (written === '') throw new InvalidValueError(NUMBER, value);
  const leadingZeros = /^0*/.exec(written)![0].length;
  const digits = written.slice(leadingZeros).replace(/0+$/, '');
  if (digits === '') return '0';
  const pointPosition = whole.length + Number(exponent) - leadingZeros;
  const firstDigitExponent = pointPosition - 1;
  if (digits.length > bounds.digits || Math.abs(firstDigitExponent) > bounds.exponent)
    throw new InvalidValueError(`a decimal number of at most ${bounds.digits} significant digits`, value);
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
  requireWire: (wire) => {
    if (typeof wire !== 'string') throw new InvalidValueError('a decimal number', wire);
    parseDecimal(wire);
  },
  toOutput: (wire) => wire,
};
