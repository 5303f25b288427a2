/** Codecs of the three ways a moment is stored. GraphQL sees ISO 8601 in UTC with milliseconds in all of them. */
import { InvalidValueError } from '../invalid-value-error.ts';
import { msToDateTime, parseDateTime } from './date-time.ts';
import { parseSafeInteger } from './integer.ts';
import type { ValueCodec } from './value-codec.ts';

/** Normalised ISO text of an ISO text or a `Date`. */
function toIso(value: unknown): string {
  if (value instanceof Date) return msToDateTime(value.getTime());
  if (typeof value !== 'string') throw new InvalidValueError('a date-time in ISO 8601 form', value);
  return parseDateTime(value);
}

const toMs = (value: unknown): number => Date.parse(toIso(value));

/** ISO text. In import files, numbers are milliseconds since 1970. */
export const isoCodec: ValueCodec = {
  fromInput: toIso,
  fromDriver: toIso,
  fromImport: (cell) => (typeof cell === 'number' ? msToDateTime(cell) : toIso(cell)),
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

/** Milliseconds since 1970. */
export const millisecondsCodec: ValueCodec = {
  fromInput: toMs,
  fromDriver: toMs,
  fromImport: fromNumberOr(toMs, 1),
  toOutput: (wire) => msToDateTime(wire as number),
};

/** Refuses parts of a second: rounding them away would change what comparisons with them mean. */
function toSeconds(value: unknown): number {
  const ms = toMs(value);
  if (ms % 1000 !== 0) throw new InvalidValueError('a date-time in whole seconds', value);
  return ms / 1000;
}

/** Seconds since 1970. Drizzle-side dates are cut to the second, as Drizzle does. */
export const secondsCodec: ValueCodec = {
  fromInput: toSeconds,
  fromDriver: (value) => Math.floor(toMs(value) / 1000),
  fromImport: fromNumberOr(toSeconds, 1000),
  toOutput: (wire) => msToDateTime((wire as number) * 1000),
};
