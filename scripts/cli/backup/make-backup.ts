import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { StartedBackup } from '../../../src/shards/protocol/backup.ts';
import { versionToMs } from '../../../src/shards/version.ts';
import { ApiClient, type ApiOptions } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { BackupClient } from './backup-client.ts';
import { type Base, chooseBase } from './choose-base.ts';
import { addContents, contentHashOf, NO_CONTENT, type TableContent, toHashText } from './content-hash.ts';
import { type CopiedShard, copyShard } from './copy-shard.ts';
import { Inspector } from './inspector.ts';
import { Lanes } from './lanes.ts';
import { FORMAT, FORMAT_VERSION, type Manifest } from './manifest.ts';
import type { BackupStore, BackupWriter } from './store/backup-store.ts';

export interface BackupOptions extends ApiOptions {
  /** All rows are copied, whatever is there, also a backup of another installation. */
  readonly full: boolean;
  /** Told what is being done. */
  readonly note: (message: string) => void;
}

export interface MadeBackup {
  readonly manifest: Manifest;
  /** Version of the backup whose files were brought up to date; null: all rows were copied. */
  readonly basedOn: number | null;
  /** Why all rows were copied; null: they were not. */
  readonly because: string | null;
}

/**
 * Copies all shards, as of one moment. A backup that is cut off leaves the one before.
 *
 * @throws CliError
 */
export async function makeBackup(store: BackupStore, options: BackupOptions): Promise<MadeBackup> {
  const api = new ApiClient(options);
  const made = await replaceBackup(store, new BackupClient(api), options);
  // The backup is whole, whether or not the API hears of it.
  await tellOf(made, store.address, api).catch((error: Error) =>
    options.note(`The API does not list this backup, since it was not told: ${error.message}`),
  );
  return made;
}

const RECORD = `mutation RecordBackup(
  $id: ID!, $place: String!, $version: String!, $shards: Int!, $rows: Float!, $bytes: Float!, $contentHash: String!, $basedOn: String
) {
  recordBackup(
    id: $id, place: $place, version: $version, shards: $shards, rows: $rows, bytes: $bytes, contentHash: $contentHash, basedOn: $basedOn
  ) { id }
}`;

async function tellOf({ manifest, basedOn }: MadeBackup, place: string, api: ApiClient): Promise<void> {
  const { version, shards, tables, contentHash } = manifest;
  await api.operate(RECORD, {
    ...{ id: randomUUID(), place: place.slice(-MAX_PLACE_LENGTH), version: String(version), contentHash },
    shards: shards.length,
    rows: tables.reduce((sum, { rows }) => sum + rows, 0),
    bytes: shards.reduce((sum, { bytes }) => sum + bytes, 0),
    basedOn: basedOn === null ? null : String(basedOn),
  });
}

/** What the API keeps of the name of a place. */
const MAX_PLACE_LENGTH = 500;

/** The same of an API that is known. */
export async function replaceBackup(
  store: BackupStore,
  client: BackupClient,
  options: Pick<BackupOptions, 'full' | 'note'>,
): Promise<MadeBackup> {
  return await store.replace(async (writer) => {
    const started = await client.start();
    const schemaHash = requireOneSchema(started);
    const base: Base = options.full
      ? { manifest: null, because: '--full says so' }
      : await chooseBase(client, writer.before, started, schemaHash);
    options.note(
      base.manifest ? `Copying what was changed since ${base.manifest.time}.` : `Copying all rows: ${base.because}.`,
    );
    const copied = await copyShards(client, writer, started, base.manifest, options.note);
    const manifest = toManifest(started, schemaHash, copied);
    await writer.finish(manifest);
    return { manifest, basedOn: base.manifest?.version ?? null, because: base.manifest ? null : base.because };
  });
}

async function copyShards(
  client: BackupClient,
  writer: BackupWriter,
  { shards, version }: StartedBackup,
  base: Manifest | null,
  note: BackupOptions['note'],
): Promise<CopiedShard[]> {
  const run = randomBytes(4).toString('hex');
  await using inspector = new Inspector();
  return await eachShard(shards, async (shard) => {
    const file = `${encodeURIComponent(shard.name)}-${version}-${run}.sqlite`;
    const known = base?.shards.find(({ name }) => name === shard.name) ?? null;
    const copied = await copyShard(client, writer, inspector, { shard, version, file, base: known }, note);
    note(`${shard.name}: ${copied.shard.bytes.toLocaleString('en')} bytes`);
    return copied;
  });
}

/** One is read from its shard while another one is written here. */
const SHARDS_AT_ONCE = 2;

/** Copies shards, some at once; in their order. After a failure, those that have begun are awaited. */
export async function eachShard(
  shards: StartedBackup['shards'],
  copy: (shard: StartedBackup['shards'][number]) => Promise<CopiedShard>,
): Promise<CopiedShard[]> {
  const lanes = new Lanes(SHARDS_AT_ONCE);
  const copied: CopiedShard[] = [];
  try {
    for (const [at, shard] of shards.entries()) {
      await lanes.run(async () => {
        copied[at] = await copy(shard);
      });
    }
  } finally {
    await lanes.settle();
  }
  return copied;
}

/** What the files of shards hold, all together. */
export function toManifest(
  { version, epoch, shards: [first] }: StartedBackup,
  schemaHash: string,
  copied: readonly CopiedShard[],
): Manifest {
  const tables = first!.tables.map(({ type, name }) => {
    const content = copied.reduce<TableContent>(
      (sum, { byTable }) => addContents(sum, byTable.get(name) ?? NO_CONTENT),
      NO_CONTENT,
    );
    return { type, name, rows: content.rows, hash: toHashText(content) };
  });
  return {
    ...{ format: FORMAT, formatVersion: FORMAT_VERSION, version, time: new Date(versionToMs(version)).toISOString() },
    ...{ epoch, migration: first!.migration, schemaHash, shards: copied.map(({ shard }) => shard), tables },
    contentHash: contentHashOf(tables),
  };
}

/** @throws CliError */
export function requireOneSchema({ shards }: StartedBackup): string {
  const hashes = shards.map(({ tables, migration }) =>
    createHash('sha256')
      .update(JSON.stringify([migration, tables]))
      .digest('hex'),
  );
  const [hash] = hashes;
  if (hash === undefined) throw new CliError('Expected an API with shards, but got one without.');
  if (new Set(hashes).size === 1) return hash;
  throw new CliError('Expected shards with the same tables, but got some before a migration. Run migrate run first.');
}
