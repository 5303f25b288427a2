import { createReadStream } from 'node:fs';
import { csvChunks } from './csv-chunks.ts';
import { jsonChunks } from './json-chunks.ts';
import { ndjsonChunks } from './ndjson-chunks.ts';
import type { RowChunk } from './row-chunk.ts';
import type { TableFile } from './table-files.ts';

/** Reads a file in constant memory. `onRead` hears how many bytes each step took. Equal files give equal chunks. */
export function readChunks(
  { path, format, table }: TableFile,
  onRead: (bytes: number) => void,
): AsyncGenerator<RowChunk> {
  const parts = countedParts(path, onRead);
  switch (format) {
    case 'ndjson':
      return ndjsonChunks(parts);
    case 'json':
      return jsonChunks(parts);
    case 'csv':
      return csvChunks(parts, path, table);
  }
}

async function* countedParts(path: string, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const part of createReadStream(path) as AsyncIterable<Buffer>) {
    onRead(part.byteLength);
    yield part;
  }
}
