import { hash } from 'node:crypto';
import type { SlotRange } from '../../../src/shards/slots.ts';
import { CliError } from '../cli-error.ts';

/** A shard's part of a backup. */
export interface BackedUpShard {
  readonly name: string;
  /** Of the shard's database: no other installation has it. */
  readonly identity: string;
  readonly ranges: readonly SlotRange[];
  /** Beside the manifest. */
  readonly file: string;
  readonly bytes: number;
  /** Of the file, in hexadecimal digits. */
  readonly sha256: string;
  /** Of the last change of its log that is in the backup: a later backup goes on from there. */
  readonly seq: number;
  /** Version of that change: a log that was set back since has another one there. */
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

/** What is in a backup. It is written last: where there is none, there is no whole backup. */
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

export const FORMAT = 'shardql-backup';
export const FORMAT_VERSION = 1;

export const MANIFEST_FILE = 'manifest.json';

/** Files of shards: the shard's name, URI-encoded, the backup's version, and eight digits by chance, as no name is ever used again. */
const SHARD_FILE = /^[\w%.!~*'()-]+-\d+-[0-9a-f]{8}\.sqlite$/;

export const isShardFile = (name: string): boolean => SHARD_FILE.test(name);

/** As it is stored: with a checksum of all its members, so that it is never relied on after a change of any. */
export const toManifestText = (manifest: Manifest): string =>
  `${JSON.stringify({ ...manifest, checksum: checksumOf(manifest) }, null, 2)}\n`;

const checksumOf = (manifest: object): string => hash('sha256', JSON.stringify(manifest));

/**
 * The manifest at an address.
 *
 * @throws CliError for text that is none, one of another format, and one that was changed so that it cannot be relied on: files are
 * never looked for elsewhere than beside it.
 */
export function parseManifest(text: string, address: string): Manifest {
  const manifest = parse(text);
  if (manifest?.format !== FORMAT) throw new CliError(`Expected ${address} to be of a backup, but got other text.`);
  if (manifest.formatVersion !== FORMAT_VERSION) {
    throw new CliError(
      `Expected a backup of format ${FORMAT_VERSION}, but got ${String(manifest.formatVersion)} in ${address}. Use the release that made it, or a later one.`,
    );
  }
  const { checksum, ...members } = manifest;
  const misfit = findMisfit(members) ?? (checksum === checksumOf(members) ? null : 'checksum');
  if (misfit === null) return members as unknown as Manifest;
  throw new CliError(
    `Expected ${address} as a backup has written it, but got another value of "${misfit}". Make a new backup.`,
  );
}

type Json = Readonly<Record<string, unknown>>;
type Fit = (value: unknown) => boolean;

const isText: Fit = (value) => typeof value === 'string';
const isCount: Fit = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isHash: Fit = (value) => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isJson = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);

const FITS: Readonly<Record<Exclude<keyof Manifest, 'format' | 'formatVersion' | 'shards' | 'tables'>, Fit>> = {
  version: isCount,
  time: (value) => typeof value === 'string' && !Number.isNaN(Date.parse(value)),
  epoch: isCount,
  migration: (value) => value === null || isText(value),
  schemaHash: isHash,
  contentHash: isHash,
};

const SHARD_FITS: Readonly<Record<keyof BackedUpShard, Fit>> = {
  name: isText,
  identity: isText,
  ranges: Array.isArray,
  file: (value) => typeof value === 'string' && isShardFile(value),
  bytes: isCount,
  sha256: isHash,
  seq: isCount,
  seqVersion: isCount,
};

const TABLE_FITS: Readonly<Record<keyof BackedUpTable, Fit>> = {
  type: isText,
  name: isText,
  rows: isCount,
  hash: isHash,
};

/** Where a value is that no backup has written; null: nowhere. */
function findMisfit(manifest: Json): string | null {
  return (
    misfitOf(manifest, FITS) ??
    misfitOfEach(manifest.shards, 'shards', SHARD_FITS) ??
    misfitOfEach(manifest.tables, 'tables', TABLE_FITS)
  );
}

function misfitOfEach(items: unknown, name: string, fits: Readonly<Record<string, Fit>>): string | null {
  if (!Array.isArray(items) || items.length === 0) return name;
  for (const [at, item] of items.entries()) {
    const misfit = isJson(item) ? misfitOf(item, fits) : '';
    if (misfit !== null) return [name, at, misfit].join('.');
  }
  return null;
}

const misfitOf = (values: Json, fits: Readonly<Record<string, Fit>>): string | null =>
  Object.entries(fits).find(([name, fit]) => !fit(values[name]))?.[0] ?? null;

function parse(text: string): Json | null {
  try {
    const value: unknown = JSON.parse(text);
    return isJson(value) ? value : null;
  } catch {
    return null;
  }
}
