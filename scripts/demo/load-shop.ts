import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ImportReport } from '../../src/http/import/import-report.ts';
import { StartError } from '../start/start-error.ts';
import { makeShop, SHOP_VERSION } from './shop.ts';

const CHUNK_ROWS = 1_000;
const PARALLEL_CHUNKS = 2;

/**
 * Loads the demo's rows through `/import`, once per data folder. A mark is set after the last row, so a load that was
 * cut off starts over, and finds the rows that are there already equal.
 */
export async function loadShop(origin: string, dataFolder: string, report: (line: string) => void): Promise<void> {
  const mark = join(dataFolder, `demo-${SHOP_VERSION}.loaded`);
  if (existsSync(mark)) return;
  const tables = Object.entries(makeShop());
  const total = tables.reduce((count, [, rows]) => count + rows.length, 0);
  report(`loading demo data: ${total.toLocaleString('en')} rows of a shop, once for ${dataFolder}`);
  let loaded = 0;
  for (const [table, rows] of tables) {
    await loadTable(origin, table, rows);
    loaded += rows.length;
    report(`  ${table}: ${rows.length.toLocaleString('en')} rows (${Math.round((100 * loaded) / total)} %)`);
  }
  writeFileSync(mark, '');
}

async function loadTable(origin: string, table: string, rows: readonly object[]): Promise<void> {
  const chunks = Array.from({ length: Math.ceil(rows.length / CHUNK_ROWS) }, (_, index) =>
    rows.slice(index * CHUNK_ROWS, (index + 1) * CHUNK_ROWS),
  );
  const loadRest = async () => {
    for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) await loadChunk(origin, table, chunk);
  };
  await Promise.all(Array.from({ length: PARALLEL_CHUNKS }, loadRest));
}

async function loadChunk(origin: string, table: string, rows: readonly object[]): Promise<void> {
  const response = await fetch(`${origin}/import?table=${table}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: rows.map((row) => JSON.stringify(row)).join('\n'),
  });
  const text = await response.text();
  if (!response.ok) throw new StartError(`The demo data cannot be loaded: ${table}: ${text.slice(0, 200)}`);
  const [failure] = (JSON.parse(text) as ImportReport).failures;
  if (failure) throw new StartError(`The demo data cannot be loaded: ${table}: ${failure.code}: ${failure.message}`);
}
