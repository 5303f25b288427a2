/** Whole lines of a file. */
export interface LineChunk {
  /** Number of its first line in the file, from 1. */
  readonly firstLine: number;
  readonly bytes: Buffer<ArrayBuffer>;
}

const NEWLINE = 0x0a;

/** Cuts a file into chunks of whole lines, of about `chunkBytes`; a longer line is a chunk of its own. */
export async function* lineChunks(file: AsyncIterable<Buffer>, chunkBytes: number): AsyncGenerator<LineChunk> {
  let firstLine = 1;
  let parts: Buffer[] = [];
  let size = 0;
  for await (const part of file) {
    parts.push(part);
    size += part.byteLength;
    if (size < chunkBytes) continue;
    const lines = Buffer.concat(parts);
    const end = lines.lastIndexOf(NEWLINE) + 1;
    if (end > 0) {
      const bytes = lines.subarray(0, end);
      yield { firstLine, bytes };
      firstLine += countLines(bytes);
    }
    parts = [lines.subarray(end)];
    size = lines.byteLength - end;
  }
  if (size > 0) yield { firstLine, bytes: Buffer.concat(parts) };
}

function countLines(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) count++;
  return count;
}
