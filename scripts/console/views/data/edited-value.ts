/** Values of columns as they are edited: as text that says all of them, and back. */
import { ExactNumber, parseExact, writeExact } from '../../calls/exact-json.ts';
import type { TableColumn } from '../../operations/tables.ts';

export interface EditedText {
  readonly text: string;
  /**
   * The text is a JSON string, with escapes: fields of browsers change some characters (CR) and show others not at all (NUL, marks that
   * change directions), so that they would be lost, or written unseen.
   */
  readonly isEscaped: boolean;
}

/** What a text field of a browser cannot keep or show, but for ends of lines and tabs. */
const NOT_PLAIN = /[\p{Cs}\p{Bidi_Control}\u200b\ufeff]|(?![\n\t])\p{Cc}/u;

const IS_TEXT = ['String', 'ID', 'DateTime', 'Bytes', 'BigInt', 'Decimal', 'Enum'];

export function toEditedText({ scalar }: TableColumn, value: unknown): EditedText {
  if (value === null || value === undefined) return { text: '', isEscaped: false };
  if (typeof value === 'string' && IS_TEXT.includes(scalar)) {
    return NOT_PLAIN.test(value) ? { text: escaped(value), isEscaped: true } : { text: value, isEscaped: false };
  }
  return { text: scalar === 'JSON' ? writeExact(value, 2) : String(value), isEscaped: false };
}

/** A JSON string in which whatever is not plain has an escape. */
const escaped = (value: string): string =>
  JSON.stringify(value).replace(
    new RegExp(NOT_PLAIN, 'gu'),
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** @throws Error that says what was expected. */
export function toValue({ name, scalar }: TableColumn, { text, isEscaped }: EditedText): unknown {
  if (isEscaped) return parsed(name, text, 'a JSON string', (value) => typeof value === 'string');
  if (scalar === 'JSON') return parsed(name, text, 'JSON', () => true);
  if (scalar === 'Boolean') return text === 'true';
  if (scalar !== 'Int' && scalar !== 'Float') return text;
  const isNumber = (value: unknown) => typeof value === 'number' || value instanceof ExactNumber;
  return parsed(name, text.trim(), scalar === 'Int' ? 'a whole number' : 'a number', isNumber);
}

function parsed(name: string, text: string, expected: string, isExpected: (value: unknown) => boolean): unknown {
  try {
    const value = parseExact(text);
    if (isExpected(value)) return value;
  } catch {}
  throw new Error(`Expected ${name} to be ${expected}, but got ${JSON.stringify(text.slice(0, 60))}.`);
}
