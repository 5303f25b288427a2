import { createReadStream } from 'node:fs';
import { decodeUtf8 } from '../../../../src/http/core/utf8.ts';
import { MAX_LINE_BYTES } from '../../../../src/http/import/ndjson-lines.ts';
import { CliError } from '../../cli-error.ts';
import type { TableFile } from '../table-files.ts';
import { CsvCutter } from './csv-cutter.ts';
import { CsvHeader } from './csv-header.ts';
import { encodingProblem, textStart } from './encoding.ts';
import { JsonCutter } from './json-cutter.ts';
import { NdjsonCutter } from './ndjson-cutter.ts';
import { ChunkBuilder, type FileChunk, type UnreadableRow } from './row-chunk.ts';
import type { RowCutter } from './row-cutter.ts';
import { type Position, type SourceRow, StructureError } from './source-row.ts';

/** Bytes that are read at a time. */
const PART_BYTES = 256 * 1024;

const TOO_LONG = `Expected a row of at most ${MAX_LINE_BYTES} bytes, but got a longer one.`;

const CUTTERS = { ndjson: NdjsonCutter, json: JsonCutter, csv: CsvCutter } as const;

/** A file whose beginning was looked at: its rows can be read from any position that was reached before. */
export class FileSource {
  readonly file: TableFile;
  /** Offset of its first character. */
  readonly textStart: number;
  /** Where the first row may begin. */
  readonly start: Position;
  readonly #header: CsvHeader | null;

  private constructor(file: TableFile, textStart: number, start: Position, header: CsvHeader | null) {
    this.file = file;
    this.textStart = textStart;
    this.start = start;
    this.#header = header;
  }

  /** @throws CliError for a file in another encoding, or a header of CSV that does not name the table's columns. */
  static async open(file: TableFile): Promise<FileSource> {
    const offset = textStart(file.path);
    const top: Position = { offset, line: 1, rows: 0 };
    if (file.format !== 'csv') return new FileSource(file, offset, top, null);
    const first = await firstRow(file.path, new CsvCutter(top), top);
    if (first === null) return new FileSource(file, offset, top, null);
    const where = `${file.path}:${first.line}`;
    const problem = first.bytes === null ? TOO_LONG : (first.problem ?? encodingProblem(first.bytes, first.offset));
    if (problem !== null) throw new CliError(`${where}: ${problem}`);
    const header = new CsvHeader(decodeUtf8(first.bytes!)!, where, file.table);
    return new FileSource(file, offset, { ...first.next, rows: 0 }, header);
  }

  /**
   * Its rows in constant memory, in chunks; there may be none. After the last chunk, all of the file was read.
   *
   * @param onRead hears each part, in order.
   */
  async *chunks(from: Position, onRead: (part: Buffer) => void): AsyncGenerator<FileChunk> {
    const chunk = new ChunkBuilder();
    const cutter = new CUTTERS[this.file.format](from);
    let next = from;
    let isLost = false;
    for await (const part of withEnd(
      createReadStream(this.file.path, { start: from.offset, highWaterMark: PART_BYTES }),
    )) {
      if (part !== null) onRead(part);
      // To its end, for those who have to know all of the file.
      if (isLost) continue;
      try {
        for (const row of part === null ? cutter.end() : cutter.cut(part)) {
          this.#add(chunk, row);
          next = row.next;
          if (!chunk.isFull) continue;
          yield { ...chunk.take(), next, isLast: false };
        }
      } catch (error) {
        if (!(error instanceof StructureError)) throw error;
        chunk.fail({ ...error.place, code: 'UNREADABLE', message: error.message, text: '' });
        isLost = true;
      }
    }
    if (!chunk.isEmpty) yield { ...chunk.take(), next, isLast: true };
  }

  /** The name that the file has for a GraphQL field; null: the row does not give it. @param row JSON text. */
  columnOf(field: string, row: string): string | null {
    if (this.#header) return this.#header.nameOf(field);
    const column = this.file.table.columns.find(({ name }) => name === field);
    const names = column ? [column.sqlName, column.name] : [field];
    const cells = parseObject(row);
    return names.find((name) => Object.hasOwn(cells, name)) ?? null;
  }

  #add(chunk: ChunkBuilder, row: SourceRow): void {
    const { bytes, line, ordinal } = row;
    if (bytes === null) {
      chunk.fail({ line, ordinal, code: 'VALUE_TOO_LARGE', message: TOO_LONG, text: null });
      return;
    }
    const read = this.#read(bytes, row);
    if ('json' in read) chunk.add(row, read.json);
    else chunk.fail({ line, ordinal, code: 'UNREADABLE', message: read.problem, ...contentOf(bytes) });
  }

  #read(bytes: Buffer, row: SourceRow): { readonly json: Buffer } | { readonly problem: string } {
    const problem = row.problem ?? encodingProblem(bytes, row.offset);
    if (problem !== null) return { problem };
    switch (this.file.format) {
      case 'ndjson':
        return { json: bytes };
      case 'json':
        return { json: withoutBreaks(bytes) };
      case 'csv': {
        const record = bytes.toString();
        const json = this.#header!.toJson(record);
        return json === null ? { problem: this.#header!.countProblem(record) } : { json: Buffer.from(json) };
      }
    }
  }
}

/** For the reject file. */
function contentOf(bytes: Buffer): Pick<UnreadableRow, 'text' | 'base64'> {
  const text = decodeUtf8(bytes);
  return text === null ? { text, base64: bytes.toString('base64') } : { text };
}

/** Within text there are none, or the row is refused: those that are left are white space. */
function withoutBreaks(bytes: Buffer): Buffer {
  if (!bytes.includes(0x0a) && !bytes.includes(0x0d)) return bytes;
  return Buffer.from(bytes.map((byte) => (byte === 0x0a || byte === 0x0d ? 0x20 : byte)));
}

async function firstRow(path: string, cutter: RowCutter, { offset }: Position): Promise<SourceRow | null> {
  try {
    for await (const part of withEnd(createReadStream(path, { start: offset }))) {
      for (const row of part === null ? cutter.end() : cutter.cut(part)) return row;
    }
  } catch (error) {
    if (!(error instanceof StructureError)) throw error;
    throw new CliError(`${path}:${error.place.line}: ${error.message}`);
  }
  return null;
}

/** The parts, and null at the end. */
async function* withEnd(parts: AsyncIterable<Buffer>): AsyncGenerator<Buffer | null> {
  yield* parts;
  yield null;
}

function parseObject(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
