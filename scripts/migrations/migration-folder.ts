/**
 * A folder of migrations: `<tag>.sql`, `meta/<n>_snapshot.json` and `meta/_journal.json` as drizzle-kit lays them out, and
 * `meta/<n>_facts.json` with what drizzle-kit does not know. The SQL files are the source of the bundle.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Facts } from './schema/facts.ts';
import { SNAPSHOT_VERSION, type Snapshot } from './schema/snapshot.ts';
import { BREAKPOINT, splitStatements } from './schema/split-statements.ts';

export interface MigrationFolder {
  readonly path: string;
  /** In the order of their tags. */
  readonly migrations: readonly FolderMigration[];
}

export interface FolderMigration {
  readonly tag: string;
  /** Without white space around them. */
  readonly statements: readonly string[];
  /** The tables that it leads to. */
  readonly snapshot: Snapshot;
  /** Null for migrations from before facts were kept. */
  readonly facts: Facts | null;
}

interface Journal {
  readonly version: string;
  readonly dialect: 'sqlite';
  readonly entries: readonly { readonly idx: number; readonly tag: string; readonly [other: string]: unknown }[];
}

const journalPath = (folder: string): string => join(folder, 'meta', '_journal.json');
const indexText = (index: number): string => String(index).padStart(4, '0');
const snapshotPath = (folder: string, index: number): string =>
  join(folder, 'meta', `${indexText(index)}_snapshot.json`);
const factsPath = (folder: string, index: number): string => join(folder, 'meta', `${indexText(index)}_facts.json`);

export const sqlPath = (folder: string, tag: string): string => join(folder, `${tag}.sql`);

/** SHA-256 (hex) by which shards know the statements that they ran. */
export const statementsHash = (statements: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(statements)).digest('hex');

/** @throws {Error} naming the file that is broken or missing. */
export function readMigrationFolder(path: string): MigrationFolder {
  if (!existsSync(journalPath(path))) return { path, migrations: [] };
  const { entries } = readJson<Journal>(journalPath(path), (journal) => Array.isArray(journal.entries));
  return { path, migrations: entries.map(({ tag }, index) => readMigration(path, tag, index)) };
}

function readMigration(folder: string, tag: string, index: number): FolderMigration {
  const path = sqlPath(folder, tag);
  if (!existsSync(path)) throw broken(path, 'it is missing, though the journal lists it');
  return {
    tag,
    statements: splitStatements(readFileSync(path, 'utf8')),
    snapshot: readJson<Snapshot>(
      snapshotPath(folder, index),
      ({ version, dialect, id, tables }) =>
        version === SNAPSHOT_VERSION && dialect === 'sqlite' && typeof id === 'string' && typeof tables === 'object',
    ),
    facts: existsSync(factsPath(folder, index))
      ? readJson<Facts>(
          factsPath(folder, index),
          ({ hash, tables, renames, checks }) =>
            typeof hash === 'string' && typeof tables === 'object' && Array.isArray(renames) && Array.isArray(checks),
        )
      : null,
  };
}

/** The tag of the next migration. */
export const nextTag = ({ migrations }: MigrationFolder, name: string | undefined): string =>
  `${indexText(migrations.length)}_${name ?? (migrations.length === 0 ? 'init' : 'changes')}`;

/** Writes the SQL file, the snapshot, the facts and the journal of the next migration. */
export function addMigration(folder: MigrationFolder, migration: FolderMigration): MigrationFolder {
  const { path, migrations } = folder;
  const index = migrations.length;
  mkdirSync(join(path, 'meta'), { recursive: true });
  writeFileSync(sqlPath(path, migration.tag), `${migration.statements.join(BREAKPOINT)}\n`);
  writeJson(snapshotPath(path, index), migration.snapshot);
  const added: MigrationFolder = { path, migrations: [...migrations, migration] };
  if (migration.facts !== null) writeFacts(added, index, migration.facts);
  writeJson(journalPath(path), {
    version: '7',
    dialect: 'sqlite',
    // `when` only orders the migrations, so their number serves.
    entries: added.migrations.map(({ tag }, idx) => ({
      idx,
      version: SNAPSHOT_VERSION,
      when: idx,
      tag,
      breakpoints: true,
    })),
  });
  return added;
}

/** Writes the facts of a migration that is in the folder. @returns the folder as it is then. */
export function writeFacts(folder: MigrationFolder, index: number, facts: Facts): MigrationFolder {
  writeJson(factsPath(folder.path, index), facts);
  return { ...folder, migrations: folder.migrations.with(index, { ...folder.migrations[index]!, facts }) };
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
    throw broken(path, 'it is not of the form that db:generate writes');
  }
  return value as Value;
}

const broken = (path: string, reason: string): Error =>
  new Error(
    `Expected ${path} as db:generate wrote it, but ${reason}. Restore it from version control; nothing was written.`,
  );

const writeJson = (path: string, value: unknown): void => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
