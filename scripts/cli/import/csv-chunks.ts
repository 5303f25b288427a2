import { CsvError, type Parser, parse } from 'csv-parse';
import type { ImportColumn, ImportTable } from '../../../src/http/import/import-tables.ts';
import { CliError } from '../cli-error.ts';
import { ChunkBuilder, type RowChunk } from './row-chunk.ts';

/**
 * Reads CSV as RFC 4180 has it, with a header line. An empty cell, quoted or not, is the column's default, or NULL
 * where it has none. Wrong quotes end the file: nobody could tell which line breaks are within cells.
 */
export async function* csvChunks(
  file: AsyncIterable<Buffer>,
  path: string,
  table: ImportTable,
): AsyncGenerator<RowChunk> {
  const chunk = new ChunkBuilder();
  let header: readonly HeaderCell[] | null = null;
  const records: CsvRecord[] = [];
  const parser = parse({
    bom: true,
    relax_column_count: true,
    skip_empty_lines: true,
    on_record: (cells: string[], { lines }) => {
      records.push({ cells, line: lines - countNewlines(cells) });
      return null;
    },
  });
  // Errors are heard by those who write; the records by `on_record`.
  parser.on('error', () => {}).resume();

  function* take(): Generator<RowChunk> {
    for (const { cells, line } of records.splice(0)) {
      if (header === null) header = readHeader(cells, path, table);
      else if (cells.length === header.length) chunk.add(line, toJson(header, cells));
      else chunk.fail({ line, message: countProblem(header.length, cells.length), text: cells.join() });
      if (chunk.isFull) yield* chunk.take();
    }
  }

  try {
    for await (const part of file) {
      await write(parser, part);
      yield* take();
    }
    await end(parser);
    yield* take();
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    yield* take();
    chunk.fail({
      line: Number(error.lines),
      message: `${quoteProblem(error)} The rest of the file is left out.`,
      text: '',
    });
  }
  yield* chunk.take();
}

interface CsvRecord {
  /** Line at which it begins. */
  readonly line: number;
  readonly cells: readonly string[];
}

const write = (parser: Parser, part: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    parser.write(part, (error) => (error ? reject(error) : resolve()));
  });

const end = (parser: Parser): Promise<void> =>
  new Promise((resolve, reject) => {
    parser.once('error', reject).once('end', resolve).end();
  });

interface HeaderCell {
  /** JSON text of the column's name. */
  readonly key: string;
  /** JSON text of what an empty cell means; null: the row leaves the column out. */
  readonly empty: string | null;
}

function readHeader(names: readonly string[], path: string, table: ImportTable): HeaderCell[] {
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw new CliError(`${path}:1: Expected each column once, but got "${twice}" twice.`);
  return names.map((name) => {
    const column = table.columns.find((known) => known.sqlName === name || known.name === name);
    if (column) return { key: JSON.stringify(name), empty: emptyCell(column) };
    const known = table.columns.map(({ sqlName }) => sqlName).join(', ');
    throw new CliError(`${path}:1: Expected a header of columns of ${table.table} (${known}), but got "${name}".`);
  });
}

/** Only SQLite knows the value of a default that is an expression: such a column is left out of the row. */
function emptyCell(column: ImportColumn): string | null {
  if (column.default !== undefined) return JSON.stringify(column.default);
  return column.hasDefault ? null : 'null';
}

function toJson(header: readonly HeaderCell[], cells: readonly string[]): string {
  const members: string[] = [];
  for (const [index, { key, empty }] of header.entries()) {
    const text = cells[index]!;
    const value = text === '' ? empty : JSON.stringify(text);
    if (value !== null) members.push(`${key}:${value}`);
  }
  return `{${members.join()}}`;
}

const countNewlines = (cells: readonly string[]): number =>
  cells.reduce((count, cell) => count + (cell.includes('\n') ? cell.split('\n').length - 1 : 0), 0);

const countProblem = (expected: number, got: number): string =>
  `Expected ${expected} cells, as the header has, but got ${got}.`;

const quoteProblem = ({ code }: CsvError): string =>
  code === 'CSV_QUOTE_NOT_CLOSED'
    ? 'Expected a quoted cell to end with a quote, but the file ends.'
    : 'Expected quotes as in RFC 4180 (around whole cells, doubled inside), but got one elsewhere.';
