import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from '../start/start-error.ts';
import { makeShop, SHOP_VERSION } from './shop.ts';

const CHUNK_ROWS = 1_000;
const PARALLEL_CHUNKS = 2;

/**
 * Loads the demo's rows through `/import`. A mark is set after the last row, so a load that was cut off starts over, and finds
 * the rows that are there already equal. Where they do not fit the model, since it is not the demo's any more, that is
 * told, and no reason to end: the demo is there to be replaced.
 */
export async function loadShop(origin: string, dataFolder: string, report: (line: string) => void): Promise<void> {
  const tables = Object.entries(makeShop());
  try {
    for (const [table, rows] of tables) await importRows(origin, table, rows.slice(0, 1), { dryRun: '1' });
    await loadTables(origin, tables, dataFolder, report);
    writeFileSync(markIn(dataFolder), '');
  } catch (error) {
    if (!(error instanceof MisfitError)) throw error;
    report(`no demo data: it does not fit the model (${error.message}). --empty leaves it out.`);
  }
}

async function loadTables(
  origin: string,
  tables: readonly (readonly [string, readonly object[]])[],
  dataFolder: string,
  report: (line: string) => void,
): Promise<void> {
  const total = tables.reduce((count, [, rows]) => count + rows.length, 0);
  report(`loading demo data: ${total.toLocaleString('en')} rows of a shop, once for ${dataFolder}`);
  let loaded = 0;
  for (const [table, rows] of tables) {
    await loadTable(origin, table, rows);
    loaded += rows.length;
    report(`  ${table}: ${rows.length.toLocaleString('en')} rows (${Math.round((100 * loaded) / total)} %)`);
  }
}

/** True if all of the demo's rows were loaded once. */
export const hasShop = (dataFolder: string): boolean => existsSync(markIn(dataFolder));

const markIn = (dataFolder: string): string => join(dataFolder, `demo-${SHOP_VERSION}.loaded`);

async function loadTable(origin: string, table: string, rows: readonly object[]): Promise<void> {
  const chunks = Array.from({ length: Math.ceil(rows.length / CHUNK_ROWS) }, (_, index) =>
    rows.slice(index * CHUNK_ROWS, (index + 1) * CHUNK_ROWS),
  );
  const loadRest = async () => {
    for (let chunk = chunks.shift(); chunk; chunk = chunks.shift()) await importRows(origin, table, chunk);
  };
  await Promise.all(Array.from({ length: PARALLEL_CHUNKS }, loadRest));
}

/** Rows that the model has no place for. */
class MisfitError extends Error {}

/** Failures of rows; others are of the API. */
const MISFIT = /^(BAD_USER_INPUT|NOT_FOUND|INVALID_VALUE|VALUE_TOO_LARGE|\w+_VIOLATION)$/;

async function importRows(
  origin: string,
  table: string,
  rows: readonly object[],
  parameters: Readonly<Record<string, string>> = {},
): Promise<void> {
  const response = await fetch(`${origin}/import?${new URLSearchParams({ table, ...parameters })}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson' },
    body: rows.map((row) => JSON.stringify(row)).join('\n'),
  });
  const failure = failureOf(await response.text());
  if (!failure) return;
  if (MISFIT.test(failure.code)) throw new MisfitError(`${table}: ${failure.message}`);
  throw new StartError(`The demo data cannot be loaded: ${table}: ${failure.code}: ${failure.message}`);
}

/** The first failure of the request or of a row. */
function failureOf(body: string): { readonly code: string; readonly message: string } | undefined {
  const { errors, failures } = JSON.parse(body);
  const [first] = errors ?? failures;
  return errors ? { code: first.extensions?.code, message: first.message } : first;
}
