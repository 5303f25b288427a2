/**
 * Everything that a wire kind can do, apart from SQL (whose table is `src/shards/server/wire-kind-sql.ts`): a kind more
 * does not compile before both know it.
 */
import { compareUtf8 } from '../lib/compare-utf8.ts';
import { fromHex, toHex } from '../lib/hex.ts';
import type { ColumnModel, WireKind, WireValue } from './types.ts';
import { decimalToWire } from './values/stored-decimal.ts';

/** SQLite's storage classes, NULL aside: what its `typeof` says. */
type StorageClass = 'integer' | 'real' | 'text' | 'blob';

/** Wire values that are not null. */
type Wire = string | number;

interface WireKindTraits {
  /** The storage classes of values that a column of this kind stores. */
  readonly storage: readonly StorageClass[];
  /** As which of them a wire value of this kind stands beside stored values that do not fit. */
  readonly wireStorage: StorageClass;
  /** What can be added up, and how it is: exactly as integers or as decimals, or with doubles. */
  readonly sums: 'integer' | 'decimal' | 'real' | null;
  /** Tag of shard keys of this kind; null: it cannot be one. */
  readonly shardKeyTag: 't' | 'i' | 'b' | null;
  /** Orders wire values as SQLite orders what is stored for them. */
  readonly compare: (a: Wire, b: Wire) => number;
  /** True for what can be a wire value: cursors and ids come back from clients, who may have forged them. */
  readonly isWire: (value: unknown) => boolean;
  /**
   * True for the one wire value that reads of the column give. SQLite finds a row by `1.50` too where `1.5` is stored, but
   * what is cached by that name no change of the row would reach: keys from clients are taken in this form alone.
   */
  readonly isCanonical: (wire: Wire) => boolean;
  /** The parameter that a wire value is bound as; numbers lose the sign of zero before. */
  readonly toBinding: (wire: string) => string | ArrayBuffer;
  /** The value in tokens: JSON that JavaScript and SQLite write alike, which their own notations of fractions are not. */
  readonly toToken: (wire: Wire) => Wire;
  /** The inverse, for any JSON value; what no token can hold becomes something that {@link isWire} refuses. */
  readonly fromToken: (part: unknown) => unknown;
  /** Wire values of what is stored, by its storage class; integers come as decimal digits. */
  readonly fromInteger: (digits: string) => Wire;
  readonly fromReal: (value: number) => Wire;
  readonly fromBlob: (bytes: ArrayBuffer) => Wire;
  /** True if SQLite itself can write as JSON what the API shows of these values: see {@link isPrintable}. */
  readonly isPrintable: boolean;
}

const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

const compareText = (a: Wire, b: Wire): number => compareUtf8(String(a), String(b));

function compareNumbers(a: Wire, b: Wire): number {
  const [left, right] = [Number(a), Number(b)];
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareInt64(a: Wire, b: Wire): number {
  try {
    const [left, right] = [BigInt(a), BigInt(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  } catch {
    // Keys of groups and extremes may be stored values that do not fit their column, which shows when they are displayed.
    return compareText(a, b);
  }
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const CANONICAL_INT64 = /^(?:0|-?[1-9][0-9]*)$/;
const CANONICAL_DECIMAL = /^(?:0|-?(?:0\.[0-9]*[1-9]|[1-9][0-9]*(?:\.[0-9]*[1-9])?))$/;
const MAX_DECIMAL_DIGITS = 15;

function isInt64(value: unknown): boolean {
  if (typeof value !== 'string' || !/^-?(0|[1-9][0-9]{0,18})$/.test(value)) return false;
  const integer = BigInt(value);
  return integer >= INT64_MIN && integer <= INT64_MAX;
}

const isText = (value: unknown): boolean => typeof value === 'string' && value.isWellFormed();

const significantDigits = (decimal: string): number => decimal.replace(/[-.]/g, '').replace(/^0+|0+$/g, '').length;

/** A double as SQLite's `printf('%!.<digits − 1>e', …)` writes it: `-1.25e+01`. */
function scientific(value: number, digits: number): string {
  const [mantissa, exponent] = (value + 0).toExponential(digits - 1).split('e') as [string, string];
  const shortest = mantissa.replace(/0+$/, '');
  const power = Math.abs(Number(exponent));
  return `${shortest}${shortest.endsWith('.') ? '0' : ''}e${exponent[0]}${power < 10 ? '0' : ''}${power}`;
}

/** With 15 digits, which SQLite gets right, if they identify the double; else with 17. */
function exactScientific(value: number): string {
  const short = scientific(value, 15);
  return Number(short) === value ? short : scientific(value, 17);
}

const SCIENTIFIC = /^-?\d\.\d{1,16}e[+-]\d{2,3}$/;
const numberOf = (part: unknown): number | undefined =>
  typeof part === 'string' && SCIENTIFIC.test(part) ? Number(part) : undefined;

const always = (): boolean => true;
const identity = <T>(value: T): T => value;
/** SQLite writes -0 as 0: only JavaScript would distinguish them. */
const isNotNegativeZero = (wire: Wire): boolean => !Object.is(wire, -0);

const text: WireKindTraits = {
  storage: ['text'],
  wireStorage: 'text',
  sums: null,
  shardKeyTag: 't',
  compare: compareText,
  isWire: isText,
  isCanonical: always,
  toBinding: identity,
  toToken: identity,
  fromToken: identity,
  fromInteger: identity,
  fromReal: identity,
  fromBlob: (bytes) => decoder.decode(bytes),
  isPrintable: true,
};

const int64: WireKindTraits = {
  ...text,
  storage: ['integer'],
  wireStorage: 'integer',
  sums: 'integer',
  shardKeyTag: 'i',
  compare: compareInt64,
  isWire: isInt64,
  isCanonical: (wire) => CANONICAL_INT64.test(String(wire)),
};

const numbers: WireKindTraits = {
  ...text,
  shardKeyTag: null,
  compare: compareNumbers,
  isCanonical: isNotNegativeZero,
  fromInteger: Number,
};

export const WIRE_KINDS: Readonly<Record<WireKind, WireKindTraits>> = {
  text,
  int: {
    ...numbers,
    storage: ['integer'],
    wireStorage: 'integer',
    sums: 'integer',
    shardKeyTag: 'i',
    isWire: Number.isSafeInteger,
  },
  int64,
  real: {
    ...numbers,
    storage: ['real'],
    wireStorage: 'real',
    sums: 'real',
    isWire: Number.isFinite,
    toToken: (wire) => exactScientific(Number(wire)),
    fromToken: numberOf,
    // SQLite writes 15 digits, and numbers that JSON lacks.
    isPrintable: false,
  },
  decimal: {
    ...numbers,
    storage: ['integer', 'real'],
    // At most 15 significant digits: doubles distinguish all of them and keep their order.
    wireStorage: 'real',
    sums: 'decimal',
    isWire: (value) => typeof value === 'string' && value.length <= 400 && /^-?[0-9]+(\.[0-9]+)?$/.test(value),
    isCanonical: (wire) =>
      CANONICAL_DECIMAL.test(String(wire)) && significantDigits(String(wire)) <= MAX_DECIMAL_DIGITS,
    toToken: (wire) => scientific(Number(wire), MAX_DECIMAL_DIGITS),
    fromToken: (part) => {
      const number = numberOf(part);
      return number === undefined ? undefined : decimalToWire(number);
    },
    fromInteger: (digits) => decimalToWire(Number(digits)),
    fromReal: decimalToWire,
    isPrintable: false,
  },
  blob: {
    ...text,
    storage: ['blob'],
    wireStorage: 'blob',
    shardKeyTag: 'b',
    // Lower-case hex digits order as the bytes they stand for.
    isWire: (value) => typeof value === 'string' && /^([0-9a-f]{2})*$/.test(value),
    toBinding: fromHex,
    fromBlob: (blob) => toHex(new Uint8Array(blob)),
    // Shown in base64, which SQLite does not know.
    isPrintable: false,
  },
  bigintBlob: {
    ...int64,
    storage: ['blob'],
    wireStorage: 'text',
    shardKeyTag: null,
  },
  jsonBlob: {
    ...text,
    // Its text is all that matters.
    storage: ['blob', 'text'],
    shardKeyTag: null,
  },
};

/** True if `value` could be a wire value of the column. */
export const isWireValue = ({ wire, notNull }: Pick<ColumnModel, 'wire' | 'notNull'>, value: unknown): boolean =>
  value === null ? !notNull : WIRE_KINDS[wire].isWire(value);

/** True if `value` is the one wire value that reads of the column give for it: see `isCanonical`. */
export function isCanonicalWire(column: Pick<ColumnModel, 'wire' | 'notNull'>, value: unknown): boolean {
  if (!isWireValue(column, value)) return false;
  return value === null || WIRE_KINDS[column.wire].isCanonical(value as Wire);
}

/** The parameter for a wire value of a column. */
export function wireToBinding(
  { wire }: Pick<ColumnModel, 'wire'>,
  value: WireValue,
): string | number | ArrayBuffer | null {
  // SQLite prints negative zero without its sign, so the log could not give it back.
  if (typeof value === 'number') return value + 0;
  return value === null ? null : WIRE_KINDS[wire].toBinding(value);
}

/**
 * True if SQLite can write exactly what the API shows of a column as JSON text: texts, integers, booleans, enums, JSON. Else
 * its values have to be read and converted.
 */
export const isPrintable = ({ wire, dateTime }: ColumnModel): boolean =>
  WIRE_KINDS[wire].isPrintable && (dateTime === null || dateTime === 'iso');

/** The wire value of a cell that was read as the SQL of the column's kind reads it. */
export function cellToWire({ wire }: Pick<ColumnModel, 'wire'>, cell: string | number | ArrayBuffer | null): WireValue {
  if (cell === null) return null;
  if (cell instanceof ArrayBuffer) return toHex(new Uint8Array(cell));
  return wire === 'decimal' ? decimalToWire(Number(cell)) : cell;
}
