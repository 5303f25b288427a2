import type { ImportClient } from '../../scripts/cli/import-client.ts';
import type { TableModel } from '../../src/model/types.ts';

/** A row of a table, by SQL names of columns, and where it comes from. */
export interface SourceRow {
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>>;
}

export interface ImportCounts {
  inserted: number;
  updated: number;
  unchanged: number;
  failed: number;
}

const BATCH_ROWS = 10_000;

/** Sends rows of one table in batches; tells each row that failed, by its line. */
export async function importRows(
  client: ImportClient,
  { sqlName }: TableModel,
  rows: AsyncIterable<SourceRow>,
  tellFailure: (line: number, message: string) => void,
): Promise<ImportCounts> {
  const counts: ImportCounts = { inserted: 0, updated: 0, unchanged: 0, failed: 0 };
  for await (const batch of batches(rows)) {
    const ndjson = new TextEncoder().encode(batch.map(({ values }) => JSON.stringify(values)).join('\n'));
    const report = await client.importRows(sqlName, ndjson);
    for (const name of ['inserted', 'updated', 'unchanged', 'failed'] as const) counts[name] += report[name];
    for (const { line, message } of report.failures) tellFailure(batch[line - 1]!.line, message);
  }
  return counts;
}

async function* batches(rows: AsyncIterable<SourceRow>): AsyncGenerator<readonly SourceRow[]> {
  let batch: SourceRow[] = [];
  for await (const row of rows) {
    if (batch.push(row) < BATCH_ROWS) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
