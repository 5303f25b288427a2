import { createReadStream, readdirSync, statSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { CliError } from './cli-error.ts';
import type { ImportTable } from './import-client.ts';
import { ImportClient } from './import-client.ts';
import { lineChunks } from './line-chunks.ts';

const EXTENSION = '.ndjson';
const CHUNK_BYTES = 1_000_000;

interface TableFile {
  readonly path: string;
  readonly table: ImportTable;
}

/** Imports NDJSON files and folders of them, and prints what became of the rows. Gives the number of rows that failed. */
export async function importPaths(origin: string, paths: readonly string[]): Promise<number> {
  const client = new ImportClient(origin);
  const tables = await client.tables();
  const files = paths.flatMap(listFiles).map((path) => ({ path, table: tableOf(path, tables) }));
  files.sort((a, b) => tables.indexOf(a.table) - tables.indexOf(b.table));
  let failed = 0;
  for (const file of files) failed += await importFile(client, file);
  return failed;
}

async function importFile(client: ImportClient, { path, table }: TableFile): Promise<number> {
  const total = { inserted: 0, updated: 0, unchanged: 0, failed: 0 };
  for await (const { firstLine, bytes } of lineChunks(createReadStream(path), CHUNK_BYTES)) {
    const report = await client.importRows(table.table, bytes);
    for (const name of ['inserted', 'updated', 'unchanged', 'failed'] as const) total[name] += report[name];
    for (const { line, code, message } of report.failures) {
      console.error(`${path}:${firstLine + line - 1}: ${code}: ${message}`);
    }
  }
  const counts = Object.entries(total).map(([name, count]) => `${count} ${name}`);
  console.log(`${table.table}: ${counts.join(', ')}`);
  return total.failed;
}

function listFiles(path: string): string[] {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (!stats) throw new CliError(`Expected a file or folder at ${path}, but found none.`);
  if (!stats.isDirectory()) return [path];
  const files = readdirSync(path).filter((name) => extname(name) === EXTENSION);
  if (files.length === 0) throw new CliError(`Expected files named <table>${EXTENSION} in ${path}, but found none.`);
  return files.map((name) => join(path, name));
}

/** A file is named after its table, by SQL name or GraphQL type. */
function tableOf(path: string, tables: readonly ImportTable[]): ImportTable {
  const name = basename(path, EXTENSION);
  const found = tables.find(({ type, table }) => table === name || type === name);
  if (found) return found;
  const known = tables.map(({ table }) => table).join(', ');
  throw new CliError(`Expected ${path} to be named after one of the tables ${known}, but got "${name}".`);
}
