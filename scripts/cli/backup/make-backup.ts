import { createHash } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { StartedBackup } from '../../../src/shards/protocol/backup.ts';
import { versionToMs } from '../../../src/shards/version.ts';
import { ApiClient, type ApiOptions } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { BackupClient } from './backup-client.ts';
import { BackupFile } from './backup-file.ts';
import { contentHashOf, NO_CONTENT, toHashText } from './content-hash.ts';
import { hashFile } from './hash-file.ts';
import {
  type BackedUpShard,
  FORMAT,
  FORMAT_VERSION,
  MANIFEST_FILE,
  type Manifest,
  PRIVATE,
  readManifest,
  writeManifest,
} from './manifest.ts';
import { readContents } from './read-contents.ts';

export interface BackupOptions extends ApiOptions {
  /** All rows are copied, whatever a backup in the folder has. */
  readonly full: boolean;
  /** Told what is being done. */
  readonly note: (message: string) => void;
}

export interface MadeBackup {
  readonly manifest: Manifest;
  /** Version of the backup whose files were brought up to date; null: all rows were copied. */
  readonly basedOn: number | null;
}

/**
 * Copies all shards into a folder, as of one moment. Files are complete before the manifest names them, and what it names stays until
 * another manifest is there: so a backup that is cut off leaves the one before.
 */
export async function makeBackup(folder: string, options: BackupOptions): Promise<MadeBackup> {
  const before = existsSync(folder) ? readManifest(folder) : null;
  requireOwnFolder(folder);
  const client = new BackupClient(new ApiClient(options));
  const started = await client.start();
  const { version, epoch, shards } = started;
  const [first] = shards;
  if (first === undefined) throw new CliError('Expected an API with shards, but got one without.');
  const schemaHash = requireOneSchema(started);
  if (before !== null && !options.full) await requireSameInstallation(client, before, started);
  const base = options.full ? null : baseOf(before, started, schemaHash);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  removeLeftovers(folder, before);
  options.note(base === null ? 'Copying all rows.' : `Copying what was changed since ${base.time}.`);
  const copied: BackedUpShard[] = [];
  for (const shard of shards) {
    copied.push(
      await copyShard(
        client,
        folder,
        shard,
        version,
        base?.shards.find(({ name }) => name === shard.name),
      ),
    );
    options.note(`${shard.name}: ${copied.at(-1)!.bytes.toLocaleString('en')} bytes`);
  }
  const { byTable, problems } = readContents(
    folder,
    copied.map(({ file }) => file),
  );
  if (problems.length > 0) throw new CliError(`Expected sound rows, but found: ${problems.join('; ')}.`);
  const tables = first.tables.map(({ type, name }) => {
    const content = byTable.get(name) ?? NO_CONTENT;
    return { type, name, rows: content.rows, hash: toHashText(content) };
  });
  const manifest: Manifest = {
    ...{ format: FORMAT, formatVersion: FORMAT_VERSION, version, time: new Date(versionToMs(version)).toISOString() },
    ...{ epoch, migration: first.migration, schemaHash, shards: copied, tables },
    contentHash: contentHashOf(tables),
  };
  writeManifest(folder, manifest);
  removeLeftovers(folder, manifest);
  return { manifest, basedOn: base?.version ?? null };
}

async function copyShard(
  client: BackupClient,
  folder: string,
  { name, ranges, tables, seq, seqVersion, migration }: StartedBackup['shards'][number],
  version: number,
  base: BackedUpShard | undefined,
): Promise<BackedUpShard> {
  const file = `${encodeURIComponent(name)}-${version}.sqlite`;
  const part = join(folder, `${file}.part`);
  if (base !== undefined) copyFileSync(join(folder, base.file), part);
  closeSync(openSync(part, 'a', PRIVATE));
  const copy = new BackupFile(part, tables, base === undefined);
  try {
    for (const table of base === undefined ? tables : []) {
      for await (const images of client.rows(name, table.name, migration)) copy.putRows(table.name, images);
    }
    for await (const changes of client.changes(name, base ?? { seq, seqVersion }, version, migration))
      copy.addChanges(changes);
    copy.finish();
  } catch (error) {
    copy.close();
    throw error;
  }
  const handle = await open(part, 'r+');
  await handle.sync();
  await handle.close();
  renameSync(part, join(folder, file));
  return {
    name,
    ranges,
    file,
    bytes: statSync(join(folder, file)).size,
    sha256: await hashFile(join(folder, file)),
    seq,
    seqVersion,
  };
}

/** A backup of another installation in the same folder would take the place of this one. */
async function requireSameInstallation(
  client: BackupClient,
  before: Manifest,
  { shards }: StartedBackup,
): Promise<void> {
  for (const { name, seq, seqVersion } of before.shards) {
    const shard = shards.find((candidate) => candidate.name === name);
    if (shard === undefined || shard.trimmedVersion > before.version) throw otherInstallation(before);
    await client.check(name, { seq, seqVersion });
  }
}

const otherInstallation = ({ time }: Manifest): CliError =>
  new CliError(
    `Expected the installation of which the backup of ${time} is, but got one that is not known to be the same: its shards are others, or its log does not reach back so far. Use another folder, or replace the backup with --full.`,
  );

/** What is in the folder besides a backup may be somebody's work. */
function requireOwnFolder(folder: string): void {
  const others = existsSync(folder)
    ? readdirSync(folder).filter((name) => !isOurs(name) && name !== MANIFEST_FILE)
    : [];
  if (others.length === 0) return;
  throw new CliError(`Expected a folder that is empty or has a backup, but found ${others[0]} in ${folder}.`);
}

/** The backup whose files need only what was changed since; null: there is none. */
function baseOf(
  before: Manifest | null,
  { epoch, shards, version }: StartedBackup,
  schemaHash: string,
): Manifest | null {
  if (before === null || before.schemaHash !== schemaHash || before.epoch !== epoch || before.version >= version)
    return null;
  const isReached = shards.every(
    ({ name, trimmedVersion }) =>
      trimmedVersion <= before.version && before.shards.some((shard) => shard.name === name),
  );
  return isReached && before.migration === shards[0]!.migration ? before : null;
}

function requireOneSchema({ shards }: StartedBackup): string {
  const hashes = shards.map(({ tables, migration }) =>
    createHash('sha256')
      .update(JSON.stringify([migration, tables]))
      .digest('hex'),
  );
  if (new Set(hashes).size === 1) return hashes[0]!;
  throw new CliError('Expected shards with the same tables, but got some before a migration. Run migrate run first.');
}

/** Files that no manifest names: of a backup that was cut off, or of the one before. Others than a backup's are left alone. */
function removeLeftovers(folder: string, manifest: Manifest | null): void {
  const named = new Set(manifest?.shards.map(({ file }) => file));
  for (const name of readdirSync(folder)) {
    if (isOurs(name) && !named.has(name) && existsSync(join(folder, name))) rmSync(join(folder, name));
  }
}

/** Files that backups write, the manifest aside. */
const isOurs = (name: string): boolean =>
  /-\d+\.sqlite(\.part)?(-journal)?$/.test(name) || name === `${MANIFEST_FILE}.part`;
