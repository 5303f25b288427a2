import { InvalidValueError } from '../invalid-value-error.ts';
import type { ValueCodec, Wire } from './value-codec.ts';

/** SQLite's JSON functions take at most 1000 levels; we stay well below, for what is built around a document. */
const MAX_DEPTH = 500;

/** The one text of a JSON value (`JSON.stringify`). Refuses what JSON, or UTF-8, cannot hold. */
function toJsonText(value: unknown): string {
  checkJson(value, 1);
  return JSON.stringify(value);
}

function checkJson(value: unknown, depth: number): void {
  switch (typeof value) {
    case 'boolean':
      return;
    case 'string':
      if (!value.isWellFormed()) throw new InvalidValueError('JSON of well-formed Unicode text', value);
      return;
    case 'number':
      if (!Number.isFinite(value)) throw new InvalidValueError('JSON with finite numbers', value);
      return;
    case 'object':
      if (value === null) return;
      if (depth > MAX_DEPTH) {
        throw new InvalidValueError(`JSON of at most ${MAX_DEPTH} levels`, 'a deeper value');
      }
      if (Array.isArray(value)) for (const item of value) checkJson(item, depth + 1);
      else {
        for (const [key, item] of Object.entries(value)) {
          checkJson(key, depth);
          checkJson(item, depth + 1);
        }
      }
      return;
    default:
      throw new InvalidValueError('a JSON value', value);
  }
}

/** Lets objects give their own JSON form first (`toJSON`), as Drizzle does. */
function fromDriver(value: unknown): Wire {
  let text: string | undefined;
  try {
    text = JSON.stringify(value);
  } catch {
    // Cycles and bigints have no JSON form.
  }
  if (text === undefined) throw new InvalidValueError('a JSON value', value);
  return toJsonText(JSON.parse(text));
}

/** A text cell is JSON text, as CSV files and SQLite dumps have it; other cells are the value itself. */
function fromImport(cell: unknown): Wire {
  if (typeof cell !== 'string') return toJsonText(cell);
  let value: unknown;
  try {
    value = JSON.parse(cell);
  } catch {
    throw new InvalidValueError('a JSON value, or JSON text', cell);
  }
  return toJsonText(value);
}

/** Forms of numbers that may lie beyond what a double holds, which JSON would then have as null. */
const HUGE_NUMBER = /[eE]\+?\d{3}|\d{300}/;

function requireWire(wire: unknown): void {
  if (typeof wire !== 'string') throw new InvalidValueError('JSON text', wire);
  let value: unknown;
  try {
    value = JSON.parse(wire);
  } catch {
    throw new InvalidValueError('JSON text', wire);
  }
  if (HUGE_NUMBER.test(wire)) checkJson(value, 1);
}

export const jsonCodec: ValueCodec = {
  fromInput: toJsonText,
  fromDriver,
  fromImport,
  requireWire,
  toOutput: (wire) => JSON.parse(wire as string),
};
