import { concatenate } from '../concatenate.ts';

/** A line of an NDJSON body. `text` is null if the line is longer than allowed or is not UTF-8. */
export interface Line {
  /** From 1; blank lines count but are not given. */
  readonly number: number;
  readonly bytes: number;
  readonly text: string | null;
}

const NEWLINE = 0x0a;

/** Splits a body into lines as it arrives; holds one chunk and at most `maxLineBytes` of an unfinished line. */
export async function* ndjsonLines(
  body: AsyncIterable<Uint8Array<ArrayBuffer>>,
  maxLineBytes: number,
): AsyncGenerator<Line> {
  // Ignores a byte order mark, which only the first line of a file can have; elsewhere it is invalid JSON either way.
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 1;
  let parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;

  const add = (part: Uint8Array<ArrayBuffer>): void => {
    bytes += part.byteLength;
    if (bytes <= maxLineBytes) parts.push(part);
    else parts = [];
  };
  const finish = (): Line | null => {
    const text = bytes > maxLineBytes ? null : decode(decoder, concatenate(parts));
    const line = { number: number++, bytes, text };
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

function decode(decoder: TextDecoder, bytes: Uint8Array<ArrayBuffer>): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
