import type { Shop } from '../../scripts/demo/shop.ts';
import type { ImportReport } from '../../src/http/import/import-report.ts';
import { cpuTimeMs } from '../measure/cpu-time.ts';
import type { BenchServer } from './start-server.ts';

const CHUNK_ROWS = 5_000;

export interface ImportFigures {
  readonly rows: number;
  readonly seconds: number;
  readonly rowsPerSecond: number;
  /** CPU time of the server, here and below. */
  readonly cpuMsPerRow: number;
  readonly cpuMsPerReview: number;
}

/** Loads all rows through `POST /import`, one chunk after the other, and throws unless each was inserted. */
export async function importShop(server: BenchServer, shop: Shop): Promise<ImportFigures> {
  const startedAt = performance.now();
  const cpuMsByTable = new Map<string, number>();
  for (const [table, rows] of Object.entries(shop)) {
    const cpuBefore = cpuTimeMs(server.workerdPid);
    for (const chunk of toChunks(table, rows)) await importChunk(server.port, chunk);
    cpuMsByTable.set(table, cpuTimeMs(server.workerdPid) - cpuBefore);
  }
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpuMs = [...cpuMsByTable.values()].reduce((sum, each) => sum + each);
  const rows = Object.values(shop).reduce((sum, each) => sum + each.length, 0);
  return {
    rows,
    seconds,
    rowsPerSecond: rows / seconds,
    cpuMsPerRow: cpuMs / rows,
    cpuMsPerReview: cpuMsByTable.get('reviews')! / shop.reviews.length,
  };
}

interface Chunk {
  readonly table: string;
  readonly rows: number;
  readonly body: string;
}

function toChunks(table: string, rows: readonly object[]): Chunk[] {
  return Array.from({ length: Math.ceil(rows.length / CHUNK_ROWS) }, (_, index) => {
    const part = rows.slice(index * CHUNK_ROWS, (index + 1) * CHUNK_ROWS);
    return { table, rows: part.length, body: part.map((row) => JSON.stringify(row)).join('\n') };
  });
}

async function importChunk(port: number, { table, rows, body }: Chunk): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/import?table=${table}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body,
  });
  const text = await response.text();
  const report = response.ok ? (JSON.parse(text) as ImportReport) : null;
  if (report?.inserted !== rows) {
    throw new Error(`Expected ${rows} rows of ${table} to be inserted, but got ${text.slice(0, 500)}`);
  }
}
