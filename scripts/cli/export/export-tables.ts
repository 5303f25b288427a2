import { mkdirSync, renameSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImportTable } from '../../../src/http/import/import-tables.ts';
import { ApiClient, type ApiOptions } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { ImportClient } from '../import-client.ts';
import { type ExportFormat, WRITER_BY_FORMAT } from './formats.ts';
import { readPages } from './read-pages.ts';

export interface ExportOptions extends ApiOptions {
  /** Folder of the files; made if it is missing. */
  readonly out: string;
  readonly format: ExportFormat;
  /** SQL names or GraphQL types; all tables if left out. */
  readonly table?: readonly string[];
}

export interface ExportedTable {
  readonly table: string;
  readonly file: string;
  readonly rows: number;
  /** Number of values that do not fit their columns: they are written as they are stored. Left out for none. */
  readonly misfits?: number;
}

/** Writes one file per table; gives them one by one, as they are complete. Memory holds one page of rows. */
export async function* exportTables(options: ExportOptions): AsyncGenerator<ExportedTable> {
  const api = new ApiClient(options);
  const tables = chosenTables(options.table, await new ImportClient(api).tables());
  mkdirSync(options.out, { recursive: true });
  for (const table of tables) {
    const file = join(options.out, `${fileName(table)}.${options.format}`);
    yield { table: table.table, file, ...(await writeTable(api, options.format, table, file)) };
  }
}

/** After the table's name in SQL, or after its type where no file can have that name: imports know both. */
export const fileName = ({ table, type }: Pick<ImportTable, 'table' | 'type'>): string =>
  /^[^/\\]{1,80}$/u.test(table) ? table : type;

/** A file that is there under its name is complete. */
async function writeTable(
  api: ApiClient,
  format: ExportFormat,
  table: ImportTable,
  path: string,
): Promise<Pick<ExportedTable, 'rows' | 'misfits'>> {
  const columns = table.columns.filter(({ generated }) => !generated).map(({ sqlName }) => sqlName);
  const writer = WRITER_BY_FORMAT[format](columns);
  const handle = await open(`${path}.part`, 'w');
  let rows = 0;
  let misfits = 0;
  try {
    await handle.appendFile(writer.head);
    for await (const { lines, misfits: onPage } of readPages(api, table.table)) {
      await handle.appendFile(lines.map((line, index) => writer.row(line, rows + index === 0)).join(''));
      rows += lines.length;
      misfits += onPage;
    }
    await handle.appendFile(writer.tail);
  } finally {
    await handle.close();
  }
  renameSync(`${path}.part`, path);
  return { rows, ...(misfits > 0 && { misfits }) };
}

function chosenTables(names: readonly string[] | undefined, tables: readonly ImportTable[]): readonly ImportTable[] {
  if (names === undefined) return tables;
  return names.map((name) => {
    const found = tables.find(({ type, table }) => type === name || table === name);
    if (found) return found;
    const known = tables.map(({ table }) => table).join(', ');
    throw new CliError(`Expected --table to name one of ${known}, but got "${name}".`);
  });
}
