import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream';
import { parse } from 'csv-parse';

export interface CsvRow {
  /** Line of the file where the row ends, from 1. */
  readonly line: number;
  /** Cells by the names of the header line. */
  readonly cells: Readonly<Record<string, string>>;
}

/** Reads a CSV file (RFC 4180) with a header line, in constant memory. */
export async function* readCsv(path: string): AsyncGenerator<CsvRow> {
  const parser = parse({ columns: true, bom: true, info: true });
  // Errors of both streams come out of the parser.
  const rows = pipeline(createReadStream(path), parser, () => {});
  for await (const { record, info } of rows as AsyncIterable<{ record: CsvRow['cells']; info: { lines: number } }>) {
    yield { line: info.lines, cells: record };
  }
}
