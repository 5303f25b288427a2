import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SlotRange } from '../../../src/shards/slots.ts';
import { CliError } from '../cli-error.ts';

/** A shard's part of a backup. */
export interface BackedUpShard {
  readonly name: string;
  readonly ranges: readonly SlotRange[];
  /** In the folder of the manifest. */
  readonly file: string;
  readonly bytes: number;
  /** Of the file, in hexadecimal digits. */
  readonly sha256: string;
  /** Of the last change of its log that is in the backup: a later backup goes on from there. */
  readonly seq: number;
  /** Version of that change: no other installation has it. */
  readonly seqVersion: number;
}

/** A table, over all shards. */
export interface BackedUpTable {
  /** GraphQL type. */
  readonly type: string;
  /** Name in SQL. */
  readonly name: string;
  readonly rows: number;
  /** See `content-hash.ts`. */
  readonly hash: string;
}

/** What is in a backup. It is written last: a folder without it holds no whole backup. */
export interface Manifest {
  readonly format: typeof FORMAT;
  readonly formatVersion: typeof FORMAT_VERSION;
  /** Of the last commits that are in it. */
  readonly version: number;
  /** The same moment in ISO 8601. */
  readonly time: string;
  /** Of the shard map. */
  readonly epoch: number;
  /** Tag of the last migration. */
  readonly migration: string | null;
  /** SHA-256 of the statements that make the tables. */
  readonly schemaHash: string;
  readonly shards: readonly BackedUpShard[];
  readonly tables: readonly BackedUpTable[];
  /** Of all rows, whatever shards they are on. */
  readonly contentHash: string;
}

/** Backups hold the rows of everybody. */
export const PRIVATE = 0o600;

export const FORMAT = 'shardql-backup';
export const FORMAT_VERSION = 1;

export const MANIFEST_FILE = 'manifest.json';

/** Null: there is none. Throws `CliError` for one that cannot be read. */
export function readManifest(folder: string): Manifest | null {
  const path = join(folder, MANIFEST_FILE);
  if (!existsSync(path)) return null;
  const manifest = parse(readFileSync(path, 'utf8'));
  if (manifest?.format !== FORMAT) throw new CliError(`Expected ${path} to be of a backup, but got another file.`);
  if (manifest.formatVersion !== FORMAT_VERSION) {
    throw new CliError(
      `Expected a backup of format ${FORMAT_VERSION}, but got ${manifest.formatVersion}. Use the release that made it, or a later one.`,
    );
  }
  return manifest;
}

/** The same; throws `CliError` if there is none. */
export function requireManifest(folder: string): Manifest {
  const manifest = readManifest(folder);
  if (manifest !== null) return manifest;
  throw new CliError(
    `Expected ${MANIFEST_FILE} in ${folder}, but found none: the backup there was not finished, or is none. Make it again.`,
  );
}

/** At once or not at all. */
export function writeManifest(folder: string, manifest: Manifest): void {
  const path = join(folder, MANIFEST_FILE);
  writeFileSync(`${path}.part`, `${JSON.stringify(manifest, null, 2)}\n`, { flush: true, mode: PRIVATE });
  renameSync(`${path}.part`, path);
}

function parse(text: string): Manifest | null {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
