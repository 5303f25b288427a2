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
  const values = new Map<string, LoggedValue>();
  let position = 0;

  /** Null: cut. */
  const readLength = (): number | null => {
    let length = 0;
    for (let end = position; end < bytes.length; end++) {
      if (bytes[end] === COLON) {
        position = end + 1;
        return length;
      }
      length = 10 * length + bytes[end]! - ZERO;
    }
    return null;
  };
  const take = (length: number | null): Uint8Array | null => {
    if (length === null || !(position + length <= bytes.length)) return null;
    const part = bytes.subarray(position, position + length);
    position += length;
    return part;
  };

  while (position < bytes.length) {
    const nameBytes = take(readLength());
    if (nameBytes === null || position === bytes.length) return { values, cut: null, isWhole: false };
    const name = toText(nameBytes);
    const type = String.fromCharCode(bytes[position++]!);
    const value = take(readLength());
    if (value === null) return { values, cut: name, isWhole: false };
    values.set(name, decodeValue(type, value));
  }
  return { values, cut: null, isWhole: true };
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

function decodeValue(type: string, bytes: Uint8Array): LoggedValue {
  switch (type) {
    case 'n':
      return { type: 'null' };
    case 'i':
      return { type: 'integer', digits: toText(bytes) };
    case 'r':
      return { type: 'real', value: toReal(toText(bytes)) };
    case 't':
      return { type: 'text', value: toText(bytes) };
    case 'b':
      return { type: 'blob', value: bytes.slice().buffer };
    default:
      violated(`Expected the type letter of a log image, but got ${JSON.stringify(type)}.`);
  }
}

/** SQLite's printf has a name of its own for what a computation may overflow to. */
const toReal = (text: string): number => Number(text.replace('Inf', 'Infinity'));

/** A decoder's call takes longer than a few characters. */
const MAX_SHORT_BYTES = 24;

function toText(bytes: Uint8Array): string {
  if (bytes.length > MAX_SHORT_BYTES) return decoder.decode(bytes);
  let text = '';
  for (const byte of bytes) {
    if (byte > 0x7f) return decoder.decode(bytes);
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
