import { isUtf8 } from 'node:buffer';
import { closeSync, openSync, readSync } from 'node:fs';
import { describeInvalidUtf8 } from '../../../../src/http/core/utf8.ts';
import { CliError } from '../../cli-error.ts';

const UTF_8_MARK = [0xef, 0xbb, 0xbf];

/** How files begin that are in another encoding: marks first, then ASCII with the zero bytes of wider units. */
const OTHERS: readonly (readonly [encoding: string, isIt: (bytes: Buffer) => boolean])[] = [
  ['UTF-32', (bytes) => begins(bytes, [0xff, 0xfe, 0, 0]) || begins(bytes, [0, 0, 0xfe, 0xff])],
  ['UTF-16', (bytes) => begins(bytes, [0xff, 0xfe]) || begins(bytes, [0xfe, 0xff])],
  ['UTF-16LE', (bytes) => bytes.length >= 2 && bytes[0] !== 0 && bytes[1] === 0],
  ['UTF-16BE', (bytes) => bytes.length >= 2 && bytes[0] === 0 && bytes[1] !== 0],
];

/** Offset of the first character: behind a byte order mark. @throws CliError for a file that is UTF-16 or UTF-32. */
export function textStart(path: string): number {
  const bytes = firstBytes(path);
  if (begins(bytes, UTF_8_MARK)) return UTF_8_MARK.length;
  const other = OTHERS.find(([, isIt]) => isIt(bytes));
  if (!other) return 0;
  const [encoding] = other;
  throw new CliError(
    `${path}: Expected UTF-8, but got ${encoding}: the file begins with the bytes ${hex(bytes)}. ${convertFrom(encoding)}`,
  );
}

/** What is wrong with bytes of a file; null: they are UTF-8. @param offset of the first of them. */
export function encodingProblem(bytes: Buffer, offset: number): string | null {
  if (isUtf8(bytes)) return null;
  return `Expected UTF-8, but got ${describeInvalidUtf8(bytes, offset)} of the file. ${convertFrom('WINDOWS-1252')}`;
}

const convertFrom = (encoding: string): string =>
  `If the file is in another encoding, convert it first, for instance with: iconv -f ${encoding} -t UTF-8`;

function firstBytes(path: string): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(4);
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, 0));
  } finally {
    closeSync(file);
  }
}

const begins = (bytes: Buffer, mark: readonly number[]): boolean => mark.every((byte, index) => bytes[index] === byte);

const hex = (bytes: Buffer): string =>
  [...bytes].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');
