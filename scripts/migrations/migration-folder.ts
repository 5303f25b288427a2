/**
 * A folder of migrations as drizzle-kit lays it out (`<tag>.sql`, `meta/<n>_snapshot.json`, `meta/_journal.json`), and
 * the bundle made from it (`index.ts`). The SQL files are the source of the bundle.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** drizzle-kit's picture of the tables, as far as it is read here. Its own type needs a package that it does not bring. */
export interface Snapshot {
  readonly version: string;
  readonly dialect: string;
  readonly id: string;
  readonly tables: Readonly<Record<string, { readonly columns: Readonly<Record<string, SnapshotColumn>> }>>;
}

interface SnapshotColumn {
  readonly name: string;
  readonly notNull: boolean;
  readonly default?: unknown;
  readonly generated?: unknown;
}

export interface MigrationFolder {
  readonly path: string;
  /** Ascending. */
  readonly tags: readonly string[];
  /** What the last migration leads to; null before the first. */
  readonly snapshot: Snapshot | null;
}

interface Journal {
  readonly version: string;
  readonly dialect: 'sqlite';
  readonly entries: readonly { readonly idx: number; readonly tag: string; readonly [other: string]: unknown }[];
}

const SNAPSHOT_VERSION = '6';
const BREAKPOINT = '\n--> statement-breakpoint\n';

const journalPath = (folder: string): string => join(folder, 'meta', '_journal.json');
const sqlPath = (folder: string, tag: string): string => join(folder, `${tag}.sql`);
const indexText = (index: number): string => String(index).padStart(4, '0');
const snapshotPath = (folder: string, index: number): string =>
  join(folder, 'meta', `${indexText(index)}_snapshot.json`);
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** @throws {Error} naming the file that is broken or missing. */
export function readMigrationFolder(path: string): MigrationFolder {
  if (!existsSync(journalPath(path))) return { path, tags: [], snapshot: null };
  const { entries } = readJson<Journal>(journalPath(path), (journal) => Array.isArray(journal.entries));
  const tags = entries.map((entry) => entry.tag);
  for (const tag of tags) {
    if (!existsSync(sqlPath(path, tag))) throw broken(sqlPath(path, tag), 'it is missing, though the journal lists it');
  }
  if (tags.length === 0) return { path, tags, snapshot: null };
  const snapshot = readJson<Snapshot>(
    snapshotPath(path, tags.length - 1),
    ({ version, dialect, id, tables }) =>
      version === SNAPSHOT_VERSION && dialect === 'sqlite' && typeof id === 'string' && typeof tables === 'object',
  );
  return { path, tags, snapshot };
}

/** Writes the SQL file, the snapshot and the journal of the next migration. */
export function addMigration(
  folder: MigrationFolder,
  name: string | undefined,
  statements: readonly string[],
  snapshot: Snapshot,
): { readonly tag: string; readonly path: string } {
  const index = folder.tags.length;
  const tag = `${indexText(index)}_${name ?? (index === 0 ? 'init' : 'changes')}`;
  const path = sqlPath(folder.path, tag);
  mkdirSync(join(folder.path, 'meta'), { recursive: true });
  writeFileSync(path, `${statements.map((statement) => statement.trim()).join(BREAKPOINT)}\n`);
  // drizzle-kit's random id would make equal models give different files.
  const { id: _, ...content } = snapshot;
  writeJson(snapshotPath(folder.path, index), { ...content, id: uuidOf(JSON.stringify(content)) });
  const tags = [...folder.tags, tag];
  writeJson(journalPath(folder.path), {
    version: '7',
    dialect: 'sqlite',
    // `when` only orders the migrations, so their number serves.
    entries: tags.map((tag, idx) => ({ idx, version: SNAPSHOT_VERSION, when: idx, tag, breakpoints: true })),
  });
  return { tag, path };
}

/** Writes `index.ts` if it differs. @returns whether it did. */
export function writeBundle(folder: Pick<MigrationFolder, 'path' | 'tags'>, physicalHash: string): boolean {
  const path = join(folder.path, 'index.ts');
  const text = bundleText(folder, physicalHash);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return false;
  mkdirSync(folder.path, { recursive: true });
  writeFileSync(path, text);
  return true;
}

function bundleText({ path, tags }: Pick<MigrationFolder, 'path' | 'tags'>, physicalHash: string): string {
  const migrations = tags.map((tag) => {
    const statements = readFileSync(sqlPath(path, tag), 'utf8').trim().split(BREAKPOINT);
    const hash = sha256(JSON.stringify(statements));
    const lines = statements.map((statement) => `        ${templateLiteral(statement)},\n`);
    return `    {\n      tag: '${tag}',\n      hash: '${hash}',\n      statements: [\n${lines.join('')}      ],\n    },\n`;
  });
  return `// Made by \`npm run db:generate\` from the SQL files beside it. Do not edit.
import type { MigrationBundle } from '${typesImport(path)}';

export const bundle: MigrationBundle = {
  physicalHash: '${physicalHash}',
  migrations: [
${migrations.join('')}  ],
};
`;
}

/** Multi-line SQL stays legible, and formatters leave it alone. Carriage returns would be lost if they were not escaped. */
const templateLiteral = (text: string): string =>
  `\`${text.replace(/[\\`]|\$(?=\{)/g, '\\$&').replaceAll('\r', '\\r')}\``;

/** From the bundle to its type. */
function typesImport(path: string): string {
  const typesPath = relative(path, join(import.meta.dirname, '../../src/model/types.ts'))
    .split(sep)
    .join('/');
  return typesPath.startsWith('.') ? typesPath : `./${typesPath}`;
}

function readJson<Value extends object>(path: string, isSound: (value: Value) => boolean): Value {
  if (!existsSync(path)) throw broken(path, 'it is missing');
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    throw broken(path, 'it is no JSON');
  }
  if (typeof value !== 'object' || value === null || !isSound(value as Value)) {
    throw broken(path, 'it is not of the form that drizzle-kit 0.31 writes');
  }
  return value as Value;
}

const broken = (path: string, reason: string): Error =>
  new Error(
    `Expected ${path} as db:generate wrote it, but ${reason}. Restore it from version control; nothing was written.`,
  );

const writeJson = (path: string, value: unknown): void => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);

/** A UUID that depends on the text alone. */
const uuidOf = (text: string): string => sha256(text).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, '$1-$2-$3-$4-$5');
