import type { ImportClient } from '../import-client.ts';
import type { Reject } from './reject-file.ts';
import type { RowChunk } from './row-chunk.ts';
import type { TableFile } from './table-files.ts';
import type { Totals } from './totals.ts';

/** Sends the rows of a chunk; gives what became of them, and those that failed in ascending order of lines. */
export async function sendChunk(
  client: ImportClient,
  { path, table }: TableFile,
  { body, sourceLine, unreadable }: RowChunk,
): Promise<{ readonly totals: Totals; readonly rejects: readonly Reject[] }> {
  const { failures, ...totals } = await client.importRows(table.table, body);
  const rows = failures.length > 0 ? body.toString().split('\n') : [];
  const rejects = [
    ...failures.map(({ line, code, message }) => ({
      file: path,
      line: sourceLine(line),
      code,
      message,
      row: rows[line - 1]!.trim(),
    })),
    ...unreadable.map(({ line, message, text }) => ({ file: path, line, code: 'UNREADABLE', message, row: text })),
  ].sort((a, b) => a.line - b.line);
  return { totals: { ...totals, failed: totals.failed + unreadable.length }, rejects };
}
