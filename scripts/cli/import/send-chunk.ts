import type { Repeat } from '../../../src/http/import/import-report.ts';
import type { ImportClient } from '../import-client.ts';
import type { Reject } from './reject-file.ts';
import type { RowChunk } from './row-chunk.ts';
import type { TableFile } from './table-files.ts';
import type { Totals } from './totals.ts';

/** What became of the rows of a chunk. */
export interface ChunkOutcome {
  readonly totals: Totals;
  /** Rows that failed, by ascending line. */
  readonly rejects: readonly Reject[];
  /** Lines of the file whose rows have the key of another row of the chunk. */
  readonly repeats: readonly Repeat[];
  /** Further rows that changed what was written since the import began, by this import or by somebody else. */
  readonly rewrittenElsewhere: number;
}

/** Sends the rows of a chunk. */
export async function sendChunk(
  client: ImportClient,
  { path, table }: TableFile,
  { body, sourceLine, unreadable }: RowChunk,
  importId: string | undefined,
): Promise<ChunkOutcome> {
  const { failures, repeats, rewritten, ...totals } = await client.importRows(table.table, body, importId);
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
  return {
    // Repeats of equal rows are written once: each count may hold rows that the other does not.
    totals: { ...totals, failed: totals.failed + unreadable.length, repeated: Math.max(repeats.length, rewritten) },
    rejects,
    repeats: repeats.map(({ line, firstLine }) => ({ line: sourceLine(line), firstLine: sourceLine(firstLine) })),
    rewrittenElsewhere: Math.max(0, rewritten - repeats.length),
  };
}
