/** Writes rows as the text of a file that imports take. */
export const FORMATS = ['ndjson', 'json', 'csv'] as const;

export type Format = (typeof FORMATS)[number];

type Row = Readonly<Record<string, unknown>>;

/** All rows must have the same columns, and no empty text: CSV cannot tell it from null. */
export function fileText(format: Format, rows: readonly Row[]): string {
  const texts = rows.map((row) => JSON.stringify(row));
  if (format === 'ndjson') return texts.join('\n');
  if (format === 'json') return `[\n${texts.join(',\n')}\n]`;
  return [Object.keys(rows[0]!), ...rows.map(Object.values)]
    .map((cells: unknown[]) => cells.map(quoted).join())
    .join('\r\n');
}

function quoted(cell: unknown): string {
  const text = typeof cell === 'object' && cell !== null ? JSON.stringify(cell) : String(cell ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
