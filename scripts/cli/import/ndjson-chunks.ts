import { CHUNK_BYTES, CHUNK_LINES, type RowChunk } from './row-chunk.ts';

const NEWLINE = 0x0a;

/** Reads NDJSON. Lines are cut, not parsed: the API judges each by itself. */
export async function* ndjsonChunks(
  file: AsyncIterable<Buffer>,
  chunkBytes = CHUNK_BYTES,
  chunkLines = CHUNK_LINES,
): AsyncGenerator<RowChunk> {
  let firstLine = 1;
  let rest: Buffer[] = [];
  let size = 0;
  for await (const part of file) {
    rest.push(part);
    size += part.byteLength;
    if (size < chunkBytes) continue;
    let bytes = Buffer.concat(rest);
    for (let cut = cutLines(bytes, chunkLines); cut.end > 0; cut = cutLines(bytes, chunkLines)) {
      yield toChunk(bytes.subarray(0, cut.end), firstLine, cut.lines);
      firstLine += cut.lines;
      bytes = bytes.subarray(cut.end);
    }
    rest = [bytes];
    size = bytes.byteLength;
  }
  let bytes = Buffer.concat([...rest, ...(size > 0 ? [Buffer.from('\n')] : [])]);
  for (let cut = cutLines(bytes, chunkLines); cut.end > 0; cut = cutLines(bytes, chunkLines)) {
    yield toChunk(bytes.subarray(0, cut.end), firstLine, cut.lines);
    firstLine += cut.lines;
    bytes = bytes.subarray(cut.end);
  }
}

/** Where the last of at most `maxLines` whole lines ends. */
function cutLines(bytes: Buffer, maxLines: number): { readonly lines: number; readonly end: number } {
  let lines = 0;
  let end = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1 && lines < maxLines; at = bytes.indexOf(NEWLINE, end)) {
    lines++;
    end = at + 1;
  }
  return { lines, end };
}

const toChunk = (body: Buffer<ArrayBuffer>, firstLine: number, lines: number): RowChunk => ({
  body,
  sourceLine: (bodyLine) => firstLine + bodyLine - 1,
  firstLine,
  lastLine: firstLine + lines - 1,
  unreadable: [],
});
