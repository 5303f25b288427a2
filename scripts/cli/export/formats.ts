/** How rows are written into a file. */
export interface RowWriter {
  readonly head: string;
  /** @param line The row as JSON text. */
  row(line: string, isFirst: boolean): string;
  readonly tail: string;
}

export const WRITER_BY_FORMAT = {
  ndjson: (): RowWriter => ({ head: '', row: (line) => `${line}\n`, tail: '' }),
  json: (): RowWriter => ({ head: '[', row: (line, isFirst) => `${isFirst ? '' : ','}\n${line}`, tail: '\n]\n' }),
  csv: (columns: readonly string[]): RowWriter => ({
    head: csvLine(columns),
    row: (line) => {
      const row = JSON.parse(line);
      return csvLine(columns.map((column) => cellText(row[column])));
    },
    tail: '',
  }),
} as const;

export type ExportFormat = keyof typeof WRITER_BY_FORMAT;

export const EXPORT_FORMATS = Object.keys(WRITER_BY_FORMAT) as ExportFormat[];

const cellText = (cell: unknown): string => {
  if (cell === null) return '';
  return typeof cell === 'object' ? JSON.stringify(cell) : String(cell);
};

const csvLine = (cells: readonly string[]): string => {
  const line = cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join();
  // An empty line would be none of the rows.
  return `${line === '' ? '""' : line}\r\n`;
};
