/** Codecs of the three ways a moment is stored. GraphQL sees ISO 8601 in UTC with milliseconds in all of them. */
import { InvalidValueError } from '../invalid-value-error.ts';
import { isBetweenMilliseconds, isFixedForm, msToDateTime, parseDateTime } from './date-time.ts';
import { parseSafeInteger } from './integer.ts';
import type { ValueCodec } from './value-codec.ts';

/** Normalised ISO text of an ISO text or a `Date`. */
function toIso(value: unknown): string {
  if (value instanceof Date) return msToDateTime(value.getTime());
  if (typeof value !== 'string') throw new InvalidValueError('a date-time in ISO 8601 form', value);
  return parseDateTime(value);
}

const toMs = (value: unknown): number => Date.parse(toIso(value));

/*
 * What is only compared keeps its place between two values that a column holds: rounding it would change what the
 * comparison means. Where it lies between two milliseconds makes no difference.
 */
const isBetween = (value: unknown): boolean => typeof value === 'string' && isBetweenMilliseconds(value);
const toOperandMs = (value: unknown): number => toMs(value) + (isBetween(value) ? 0.5 : 0);
/** Sorts right after the text of its millisecond. */
const toOperandIso = (value: unknown): string => toIso(value) + (isBetween(value) ? '+' : '');

const FIXED_EXPECTED = 'a date-time as it is stored, such as "2026-01-31T09:05:00.000Z"';

/** ISO text. In import files, numbers are milliseconds since 1970. */
export const isoCodec: ValueCodec = {
  fromInput: toIso,
  fromOperand: toOperandIso,
  fromDriver: toIso,
  fromImport: (cell) => (typeof cell === 'number' ? msToDateTime(cell) : toIso(cell)),
  requireWire: (wire) => {
    if (typeof wire !== 'string' || !isFixedForm(wire)) throw new InvalidValueError(FIXED_EXPECTED, wire);
  },
  toOutput: (wire) => wire,
};

/** An import cell of an integer column: the stored number (also as text), or ISO text. */
const fromNumberOr = (fromText: (value: unknown) => number, unitMs: number) => (cell: unknown) => {
  const isNumber = typeof cell === 'number' || (typeof cell === 'string' && /^-?\d+$/.test(cell));
  if (!isNumber) return fromText(cell);
  const stored = parseSafeInteger(cell);
  msToDateTime(stored * unitMs);
  return stored;
};

function requireMsWire(wire: unknown): void {
  if (!Number.isSafeInteger(wire)) throw new InvalidValueError('a moment as a whole number', wire);
  msToDateTime(wire as number);
}

/** Milliseconds since 1970. */
export const millisecondsCodec: ValueCodec = {
  fromInput: toMs,
  fromOperand: toOperandMs,
  fromDriver: toMs,
  fromImport: fromNumberOr(toMs, 1),
  requireWire: requireMsWire,
  toOutput: (wire) => msToDateTime(wire as number),
};

/** Refuses parts of a second: they could not be stored. */
function toSeconds(value: unknown): number {
  const ms = toMs(value);
  if (ms % 1000 !== 0) throw new InvalidValueError('a date-time in whole seconds', value);
  return ms / 1000;
}

/** Seconds since 1970. Drizzle-side dates are cut to the second, as Drizzle does. */
export const secondsCodec: ValueCodec = {
  fromInput: toSeconds,
  fromOperand: (value) => toOperandMs(value) / 1000,
  fromDriver: (value) => Math.floor(toMs(value) / 1000),
  fromImport: fromNumberOr(toSeconds, 1000),
  requireWire: (wire) => requireMsWire(Number.isSafeInteger(wire) ? (wire as number) * 1000 : wire),
  toOutput: (wire) => msToDateTime((wire as number) * 1000),
};
