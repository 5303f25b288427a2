/**
 * The encoding of column values in the log: exact for everything SQLite can store. An image is a sequence of fields,
 * each made of three parts without separators:
 *
 *     <length of the name>:<name>   name in SQL; lengths are in bytes, in decimal digits
 *     <type>                        n(ull), i(nteger), r(eal), t(ext) or b(lob): the first letter of SQL's typeof()
 *     <length of the value>:<value> integers in decimal, reals with 17 significant digits or as `Inf` and `-Inf`, text as UTF-8, blobs as they are;
 *                                   nothing for null (the length is then empty too)
 *
 * Length prefixes need no escaping, so text may hold NUL and a blob may hold anything, at no extra size. Text must be
 * valid UTF-8, as all text is that JavaScript binds. The SQL that writes images is in `row-image-sql.ts`.
 */

/** A value that can be bound to a parameter. */
export type LoggedValue = StoredValue;

/** Values by column name (in SQL). */
export type Image = ReadonlyMap<string, LoggedValue>;

import { invariant, violated } from '../../../lib/invariant.ts';
import type { StoredValue } from '../../../model/values/stored-to-wire.ts';

const COLON = 0x3a;
const ZERO = 0x30;
const decoder = new TextDecoder('utf-8', { fatal: false, ignoreBOM: true });

export function decodeImage(buffer: ArrayBuffer): Image {
  const { values, isWhole } = decodeHead(buffer);
  invariant(isWhole, 'Expected a log image, but got bytes of another format.');
  return values;
}

/** What the first bytes of an image hold. */
interface ImageHead {
  /** Those that are whole. */
  readonly values: Image;
  /** Name of the value that is cut; null: none is, or its name is cut too. */
  readonly cut: string | null;
  readonly isWhole: boolean;
}

/** Decodes as much as the first bytes of an image hold. */
export function decodeHead(head: ArrayBuffer): ImageHead {
  const bytes = new Uint8Array(head);
  const end = bytes.length;
  const values = new Map<string, LoggedValue>();
  let position = 0;
  while (position < end) {
    const nameColon = bytes.indexOf(COLON, position);
    const nameStart = nameColon + 1;
    const nameEnd = nameStart + toLength(bytes, position, nameColon);
    // Behind the name is the type.
    if (nameColon < 0 || nameEnd >= end) return { values, cut: null, isWhole: false };
    const name = toText(bytes, nameStart, nameEnd);
    const colon = bytes.indexOf(COLON, nameEnd + 1);
    const start = colon + 1;
    position = start + toLength(bytes, nameEnd + 1, colon);
    if (colon < 0 || position > end) return { values, cut: name, isWhole: false };
    values.set(name, decodeValue(bytes, bytes[nameEnd]!, start, position));
  }
  return { values, cut: null, isWhole: true };
}

/** Decimal digits; none are 0. */
function toLength(bytes: Uint8Array, start: number, end: number): number {
  let length = 0;
  for (let at = start; at < end; at++) length = 10 * length + bytes[at]! - ZERO;
  return length;
}

const encoder = new TextEncoder();

/** The inverse of {@link decodeImage}. */
export function encodeImage(image: Image): ArrayBuffer {
  const parts = [...image].flatMap(([name, value]) => {
    const [nameBytes, bytes] = [encoder.encode(name), valueBytes(value)];
    const head = `${value.type[0]}${bytes === null ? '' : bytes.length}:`;
    return [encoder.encode(`${nameBytes.length}:`), nameBytes, encoder.encode(head), bytes ?? NO_BYTES];
  });
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole.buffer;
}

const NO_BYTES = new Uint8Array();

function valueBytes(value: LoggedValue): Uint8Array | null {
  switch (value.type) {
    case 'null':
      return null;
    case 'integer':
      return encoder.encode(value.digits);
    case 'real':
      return encoder.encode(String(value.value));
    case 'text':
      return encoder.encode(value.value);
    case 'blob':
      return new Uint8Array(value.value);
  }
}

function decodeValue(bytes: Uint8Array, type: number, start: number, end: number): LoggedValue {
  switch (type) {
    case TYPE.null:
      return NULL;
    case TYPE.integer:
      return { type: 'integer', digits: toText(bytes, start, end) };
    case TYPE.real:
      return { type: 'real', value: toReal(toText(bytes, start, end)) };
    case TYPE.text:
      return { type: 'text', value: toText(bytes, start, end) };
    case TYPE.blob:
      return { type: 'blob', value: bytes.slice(start, end).buffer };
    default:
      violated(`Expected the type letter of a log image, but got ${JSON.stringify(String.fromCharCode(type))}.`);
  }
}

const codeOf = (letter: string): number => letter.charCodeAt(0);
const TYPE = { null: codeOf('n'), integer: codeOf('i'), real: codeOf('r'), text: codeOf('t'), blob: codeOf('b') };
const NULL: LoggedValue = { type: 'null' };

/** SQLite's printf has a name of its own for what a computation may overflow to. */
const toReal = (text: string): number => Number(text.replace('Inf', 'Infinity'));

/** A decoder's call takes longer than a few characters. */
const MAX_SHORT_BYTES = 24;

function toText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start > MAX_SHORT_BYTES) return decoder.decode(bytes.subarray(start, end));
  let text = '';
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte > 0x7f) return decoder.decode(bytes.subarray(start, end));
    text += String.fromCharCode(byte);
  }
  return text;
}

/** SQL for a parameter that holds `value`, so that SQLite stores it with the same type. */
export const loggedValueSql = (value: LoggedValue): string => (value.type === 'integer' ? 'CAST(? AS INTEGER)' : '?');

/** The parameter itself. */
export function loggedValueBinding(value: LoggedValue): string | number | ArrayBuffer | null {
  switch (value.type) {
    case 'null':
      return null;
    case 'integer':
      return value.digits;
    default:
      return value.value;
  }
}
