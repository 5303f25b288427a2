import type { ImportReport } from '../../../src/http/import/import-report.ts';
import type { ImportClient } from '../import-client.ts';
import type { FileSource } from './reading/file-source.ts';
import type { RowChunk } from './reading/row-chunk.ts';
import type { Place } from './reading/source-row.ts';
import type { Reject } from './reject-file.ts';
import type { Totals } from './totals.ts';

/** What became of the rows of a chunk. */
export interface ChunkOutcome {
  readonly totals: Totals;
  /** Rows that failed, in their order. */
  readonly rejects: readonly Reject[];
  /** Rows that have the key of another row of the chunk. */
  readonly repeats: readonly { readonly place: Place; readonly first: Place }[];
  /** Further rows that changed what was written since the import began, by this import or by somebody else. */
  readonly rewrittenElsewhere: number;
  /** The last row that got in, as JSON text; null: none did, or it is too long to be kept. */
  readonly lastRow: string | null;
}

/** Greatest length of a row that is kept, in bytes. */
const MAX_KEPT_BYTES = 100_000;

/** Sends the rows of a chunk. */
export async function sendChunk(
  client: ImportClient,
  source: FileSource,
  { body, places, unreadable }: RowChunk,
  importId: string | undefined,
): Promise<ChunkOutcome> {
  const { path, table } = source.file;
  const report = await client.importRows(table.table, body, importId);
  const { failures, repeats, rewritten, ...totals } = report;
  const rows = failures.length > 0 ? body.toString().split('\n') : [];
  const rejects = [
    ...failures.map((failure): Reject => {
      const row = rows[failure.line - 1]!.trim();
      const { code, message } = failure;
      return { file: path, ...places[failure.line - 1]!, ...blamed(source, failure, row), code, message, row };
    }),
    ...unreadable.map(({ text, ...rest }): Reject => ({ file: path, ...rest, row: text })),
  ].sort((a, b) => a.ordinal - b.ordinal);
  return {
    // Repeats of equal rows are written once: each count may hold rows that the other does not.
    totals: { ...totals, failed: totals.failed + unreadable.length, repeated: Math.max(repeats.length, rewritten) },
    rejects,
    repeats: repeats.map(({ line, firstLine }) => ({ place: places[line - 1]!, first: places[firstLine - 1]! })),
    rewrittenElsewhere: Math.max(0, rewritten - repeats.length),
    lastRow: lastRowOf(body, places.length, failures),
  };
}

function lastRowOf(body: Buffer, rows: number, failures: ImportReport['failures']): string | null {
  const failed = new Set(failures.map(({ line }) => line));
  let end = body.byteLength - 1;
  for (let line = rows; line > 0; line--) {
    const start = body.lastIndexOf('\n', end - 1) + 1;
    if (!failed.has(line)) return end - start > MAX_KEPT_BYTES ? null : body.toString('utf8', start, end);
    end = start - 1;
  }
  return null;
}

/** The column that is to blame, by the names of the file and of the model, as far as each has one. */
function blamed(
  source: FileSource,
  { field }: ImportReport['failures'][number],
  row: string,
): Pick<Reject, 'column' | 'field'> {
  if (field === undefined) return {};
  const column = source.columnOf(field, row);
  const { type, columns } = source.file.table;
  const isInModel = columns.some(({ name }) => name === field);
  return { ...(column !== null && { column }), ...(isInModel && { field: `${type}.${field}` }) };
}
