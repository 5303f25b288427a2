import { decodeImage } from '../../../src/shards/server/log/row-image.ts';
import type { RowImage } from './backup-client.ts';
import { type FileValue, toFileValue } from './file-value.ts';

/** Rows of a page, with their columns in one order. */
export interface DecodedRow {
  readonly columns: readonly string[];
  readonly values: readonly FileValue[];
}

const COLON = 0x3a;
const ZERO = 0x30;
const [NULL, INTEGER, REAL, TEXT] = [...'nirt'].map((letter) => letter.charCodeAt(0));
/** More digits may not be a safe integer. */
const SAFE_DIGITS = 15;

/**
 * Decodes images of whole rows of one table, one after the other: they have the same columns in the same order, so names are compared, not
 * read. What is decoded here and by `decodeImage` is the same, which takes some times as long.
 */
export class RowDecoder {
  #columns: readonly string[] = [];
  /** What comes before the type of each value. */
  #heads: readonly Buffer[] = [];

  decode({ buffer, byteOffset, byteLength }: RowImage): DecodedRow {
    const image = Buffer.from(buffer, byteOffset, byteLength);
    const values = this.#known(image);
    if (values !== null) return { columns: this.#columns, values };
    const row = decodeImage(buffer.slice(byteOffset, byteOffset + byteLength));
    this.#columns = [...row.keys()];
    this.#heads = this.#columns.map((name) => Buffer.from(`${Buffer.byteLength(name)}:${name}`));
    return { columns: this.#columns, values: [...row.values()].map(toFileValue) };
  }

  /** Null: the columns are others than those of the row before. */
  #known(image: Buffer): FileValue[] | null {
    const values: FileValue[] = [];
    let at = 0;
    for (const head of this.#heads) {
      for (let i = 0; i < head.length; i++) if (image[at + i] !== head[i]) return null;
      at += head.length;
      const type = image[at++];
      let length = 0;
      for (; image[at] !== COLON; at++) {
        // Cut: whoever decodes it in full says so.
        if (at >= image.length) return null;
        length = 10 * length + image[at]! - ZERO;
      }
      const end = ++at + length;
      if (end > image.length) return null;
      values.push(decodeValue(image, type!, at, end));
      at = end;
    }
    return at === image.length && at > 0 ? values : null;
  }
}

function decodeValue(image: Buffer, type: number, start: number, end: number): FileValue {
  switch (type) {
    case NULL:
      return null;
    case INTEGER:
      return end - start <= SAFE_DIGITS
        ? BigInt(toInteger(image, start, end))
        : BigInt(image.toString('latin1', start, end));
    case REAL:
      return toFileValue({
        type: 'real',
        value: Number(image.toString('latin1', start, end).replace('Inf', 'Infinity')),
      });
    case TEXT:
      return image.toString('utf8', start, end);
    default:
      return image.subarray(start, end);
  }
}

function toInteger(image: Buffer, start: number, end: number): number {
  const isNegative = image[start] === 0x2d;
  let value = 0;
  for (let at = isNegative ? start + 1 : start; at < end; at++) value = 10 * value + image[at]! - ZERO;
  return isNegative ? -value : value;
}
