import { readdirSync, statSync } from 'node:fs';
import { basename, extname, join, resolve } from 'node:path';
import type { ImportTable } from '../../../src/http/import/import-tables.ts';
import { CliError } from '../cli-error.ts';

const FORMAT_BY_EXTENSION = { '.ndjson': 'ndjson', '.jsonl': 'ndjson', '.json': 'json', '.csv': 'csv' } as const;

export type Format = (typeof FORMAT_BY_EXTENSION)[keyof typeof FORMAT_BY_EXTENSION];

export interface TableFile {
  /** As the user wrote it, for messages. */
  readonly path: string;
  readonly format: Format;
  readonly table: ImportTable;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** The files to import, those of referenced tables first. A folder's files that are named after no table are left out. */
export function listTableFiles(paths: readonly string[], tables: readonly ImportTable[]): TableFile[] {
  const files = paths.flatMap((path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats) throw new CliError(`Expected a file or folder at ${path}, but found none.`);
    return stats.isDirectory() ? listFolder(path, tables) : [toTableFile(path, tables)];
  });
  const unique = [...new Map(files.map((file) => [resolve(file.path), file])).values()];
  return unique.sort((a, b) => tables.indexOf(a.table) - tables.indexOf(b.table));
}

function listFolder(folder: string, tables: readonly ImportTable[]): TableFile[] {
  const files = readdirSync(folder)
    .sort()
    .filter((name) => formatOf(name) !== null && findTable(name, tables))
    .map((name) => toTableFile(join(folder, name), tables));
  if (files.length > 0) return files;
  throw new CliError(`Expected files named <table>.ndjson, .json or .csv in ${folder}, but found none.`);
}

function toTableFile(path: string, tables: readonly ImportTable[]): TableFile {
  const format = formatOf(path);
  if (format === null) throw new CliError(`Expected a file that ends in .ndjson, .json or .csv, but got ${path}.`);
  const table = findTable(path, tables);
  if (!table) {
    const known = tables.map(({ table }) => table).join(', ');
    throw new CliError(`Expected ${path} to be named after one of the tables ${known}, but got "${stem(path)}".`);
  }
  const { size, mtimeMs } = statSync(path);
  return { path, format, table, bytes: size, modifiedMs: mtimeMs };
}

/** Since it was listed, or since `then`. */
export function hasChanged(
  { path, ...listed }: TableFile,
  then: Pick<TableFile, 'bytes' | 'modifiedMs'> = listed,
): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.size !== then.bytes || stats.mtimeMs !== then.modifiedMs;
}

function formatOf(path: string): Format | null {
  const extension = extname(path).toLowerCase();
  return extension in FORMAT_BY_EXTENSION ? FORMAT_BY_EXTENSION[extension as keyof typeof FORMAT_BY_EXTENSION] : null;
}

const stem = (path: string): string => basename(path, extname(path));

/** A file is named after its table, by SQL name or GraphQL type. */
const findTable = (path: string, tables: readonly ImportTable[]): ImportTable | undefined =>
  tables.find(({ type, table }) => table === stem(path) || type === stem(path));
