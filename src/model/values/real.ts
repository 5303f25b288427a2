import { InvalidValueError } from '../invalid-value-error.ts';
import type { ValueCodec } from './value-codec.ts';

const DECIMAL_FORM = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/** Finite numbers; SQLite stores no NaN, and JSON has no infinity. -0 is stored as 0. */
function parseReal(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new InvalidValueError('a finite number', value);
  return value + 0;
}

export const realCodec: ValueCodec = {
  fromInput: parseReal,
  fromDriver: parseReal,
  fromImport: (cell) => parseReal(typeof cell === 'string' && DECIMAL_FORM.test(cell) ? Number(cell) : cell),
  requireWire: parseReal,
  toOutput: (wire) => wire,
};
