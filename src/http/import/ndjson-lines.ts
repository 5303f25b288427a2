import { concatenate } from '../core/request-body.ts';
import { decodeUtf8, describeInvalidUtf8 } from '../core/utf8.ts';

/** A line of an NDJSON body. */
export interface Line {
  /** From 1; blank lines count but are not given. */
  readonly number: number;
  readonly bytes: number;
  /** Null: the line is longer than allowed, or is not UTF-8. */
  readonly text: string | null;
  /** The bytes that are not UTF-8, if that is why there is no text. */
  readonly problem: string | null;
}

const NEWLINE = 0x0a;

/** Bytes of a line: four for each that a row may have, since JSON may need several. The row itself is measured by its shard. */
export const MAX_LINE_BYTES = 4 * 2_000_000;

/** Splits a body into lines as it arrives; holds one chunk and at most `maxLineBytes` of an unfinished line. */
export async function* ndjsonLines(
  body: AsyncIterable<Uint8Array<ArrayBuffer>>,
  maxLineBytes: number,
): AsyncGenerator<Line> {
  let number = 1;
  let parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;

  const add = (part: Uint8Array<ArrayBuffer>): void => {
    bytes += part.byteLength;
    if (bytes <= maxLineBytes) parts.push(part);
    else parts = [];
  };
  const finish = (): Line | null => {
    const whole = bytes > maxLineBytes ? null : concatenate(parts);
    // A byte order mark before a line is left out: the first line has it, and files that were put together have more.
    const text = whole && decodeUtf8(whole);
    const problem = whole && text === null ? describeInvalidUtf8(whole) : null;
    const line = { number: number++, bytes, text, problem };
    parts = [];
    bytes = 0;
    return text?.trim() === '' ? null : line;
  };

  for await (const chunk of body) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end));
      start = end + 1;
      const line = finish();
      if (line) yield line;
    }
    add(chunk.subarray(start));
  }
  const last = finish();
  if (last) yield last;
}
