import { InvalidValueError } from '../invalid-value-error.ts';
import type { ValueCodec } from './value-codec.ts';

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

const INT32_EXPECTED = `an integer between ${INT32_MIN} and ${INT32_MAX}`;
const SAFE_EXPECTED = `an integer between ${Number.MIN_SAFE_INTEGER} and ${Number.MAX_SAFE_INTEGER}`;
const INT64_EXPECTED = `an integer between ${INT64_MIN} and ${INT64_MAX}`;

/** Digits without leading zeros or plus sign: one text per number. */
const CANONICAL_DIGITS = /^(?:0|-?[1-9]\d*)$/;

function parseInt32(value: unknown): number {
  if (!Number.isInteger(value) || (value as number) < INT32_MIN || (value as number) > INT32_MAX) {
    throw new InvalidValueError(INT32_EXPECTED, value);
  }
  return withoutNegativeZero(value as number);
}

/** Whole numbers that JavaScript holds exactly, also as decimal text. */
export function parseSafeInteger(value: unknown): number {
  const number = typeof value === 'string' && CANONICAL_DIGITS.test(value) ? Number(value) : value;
  if (!Number.isSafeInteger(number)) throw new InvalidValueError(SAFE_EXPECTED, value);
  return withoutNegativeZero(number as number);
}

/** -0 and 0 are one integer. */
const withoutNegativeZero = (number: number): number => number + 0;

/** To decimal text. Numbers must be safe integers: others have lost digits already. */
function parseInt64(value: unknown): string {
  const isText = typeof value === 'string' && CANONICAL_DIGITS.test(value);
  if (!isText && typeof value !== 'bigint' && !Number.isSafeInteger(value)) {
    throw new InvalidValueError(INT64_EXPECTED, value);
  }
  const integer = BigInt(value as string | bigint | number);
  if (integer < INT64_MIN || integer > INT64_MAX) throw new InvalidValueError(INT64_EXPECTED, value);
  return integer.toString();
}

/** GraphQL `Int`: 32 bits, however wide the column stores. */
export const intCodec: ValueCodec = {
  fromInput: parseInt32,
  fromDriver: parseInt32,
  fromImport: (cell) => parseInt32(typeof cell === 'string' ? parseSafeInteger(cell) : cell),
  requireWire: parseInt32,
  toOutput: (wire) => wire,
};

/** Integer keys: GraphQL `ID`, so not bound to 32 bits. */
export const integerIdCodec: ValueCodec = {
  fromInput: parseSafeInteger,
  fromDriver: parseSafeInteger,
  fromImport: parseSafeInteger,
  requireWire: (wire) => {
    if (!Number.isSafeInteger(wire)) throw new InvalidValueError(SAFE_EXPECTED, wire);
  },
  toOutput: String,
};

/** GraphQL `BigInt`, and `ID` of 64-bit keys: decimal text. */
export const int64Codec: ValueCodec = {
  fromInput: parseInt64,
  fromDriver: parseInt64,
  fromImport: parseInt64,
  requireWire: (wire) => {
    if (typeof wire !== 'string') throw new InvalidValueError(INT64_EXPECTED, wire);
    parseInt64(wire);
  },
  toOutput: (wire) => wire,
};
