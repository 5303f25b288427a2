/**
 * Loads the CSV files of OpenFlights into the running example.
 *
 *     npx node examples/openflights/load.ts <folder> [--url http://127.0.0.1:8787]
 *
 * Loading again changes nothing. Exit code: 0 all rows are in, 1 some rows failed, 2 the rest.
 */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ApiClient } from '../../scripts/cli/api-client.ts';
import { CliError } from '../../scripts/cli/cli-error.ts';
import { ImportClient } from '../../scripts/cli/import-client.ts';
import type { TableModel } from '../../src/model/types.ts';
import model from './model.ts';
import { readCsv } from './read-csv.ts';
import { readPlaneNames, routePlanes } from './route-planes.ts';
import { importRows, type SourceRow } from './table-import.ts';

try {
  process.exitCode = (await load()) === 0 ? 0 : 1;
} catch (error) {
  if (!(error instanceof CliError) && !(error instanceof Error && 'code' in error)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

/** Gives the number of rows that failed. */
async function load(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { url: { type: 'string', default: 'http://127.0.0.1:8787' } },
  });
  const [folder] = positionals;
  if (folder === undefined) throw new CliError('Expected the folder of the CSV files as argument, but got none.');
  const client = new ImportClient(new ApiClient({ url: values.url }));
  // Finds out at once whether somebody is there.
  await client.tables();
  let failed = 0;
  const loadTable = async (type: string, rows: (table: TableModel) => AsyncIterable<SourceRow>, path: string) => {
    const table = model.table(type);
    const tell = (line: number, message: string) => console.error(`${path}:${line}: ${message}`);
    const counts = await importRows(client, table, distinct(table, rows(table), tell), tell);
    const told = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
    console.log(`${table.sqlName}: ${told.join(', ')}`);
    failed += counts.failed;
  };
  for (const type of ['Country', 'Airport', 'Airline', 'Plane', 'Route']) {
    const path = join(folder, `${model.table(type).sqlName}.csv`);
    await loadTable(type, (table) => tableRows(table, path), path);
  }
  const routes = join(folder, 'routes.csv');
  const planeNames = await readPlaneNames(join(folder, 'planes.csv'));
  await loadTable('RoutePlane', () => routePlanes(routes, planeNames, console.log), routes);
  return failed;
}

/** Rows as the file has them. An empty cell is the column's default, else NULL. */
async function* tableRows(table: TableModel, path: string): AsyncGenerator<SourceRow> {
  for await (const { line, cells } of readCsv(path)) {
    const given = table.columns.filter(({ sqlName, hasSqlDefault }) => cells[sqlName] !== '' || !hasSqlDefault);
    yield { line, values: Object.fromEntries(given.map(({ sqlName }) => [sqlName, cells[sqlName] || null])) };
  }
}

/** Of rows with equal primary keys the first one; the others are told. */
async function* distinct(
  { primaryKey, typeName }: TableModel,
  rows: AsyncIterable<SourceRow>,
  tell: (line: number, message: string) => void,
): AsyncGenerator<SourceRow> {
  const lineByKey = new Map<string, number>();
  for await (const row of rows) {
    const key = JSON.stringify(primaryKey.columns.map(({ sqlName }) => row.values[sqlName]));
    const first = lineByKey.get(key);
    if (first === undefined) {
      lineByKey.set(key, row.line);
      yield row;
    } else tell(row.line, `Left out a second ${typeName} ${key}: line ${first} has it already.`);
  }
}
