import type { Shop } from '../../scripts/demo/shop.ts';
import type { ImportReport } from '../../src/http/import/import-report.ts';
import { cpuTimeMs } from '../measure/cpu-time.ts';
import type { BenchServer } from './start-server.ts';

const CHUNK_ROWS = 5_000;

export interface ImportFigures {
  readonly rows: number;
  readonly seconds: number;
  readonly rowsPerSecond: number;
  /** CPU time of the server. */
  readonly cpuMsPerRow: number;
}

/** Loads all rows through `POST /import`, one chunk after the other, and throws unless each was inserted. */
export async function importShop(server: BenchServer, shop: Shop): Promise<ImportFigures> {
  const chunks = Object.entries(shop).flatMap(([table, rows]) => toChunks(table, rows));
  const cpuBefore = cpuTimeMs(server.workerdPid);
  const startedAt = performance.now();
  for (const chunk of chunks) await importChunk(server.port, chunk);
  const seconds = (performance.now() - startedAt) / 1_000;
  const cpuMs = cpuTimeMs(server.workerdPid) - cpuBefore;
  const rows = chunks.reduce((sum, chunk) => sum + chunk.rows, 0);
  return { rows, seconds, rowsPerSecond: rows / seconds, cpuMsPerRow: cpuMs / rows };
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
