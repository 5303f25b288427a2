import type { StartedBackup } from '../../../src/shards/protocol/backup.ts';
import { CliError } from '../cli-error.ts';
import type { BackupClient } from './backup-client.ts';
import { BackupFile } from './backup-file.ts';
import type { TableContent } from './content-hash.ts';
import { hashFile } from './hash-file.ts';
import type { Inspector } from './inspector.ts';
import type { BackedUpShard } from './manifest.ts';
import { type BackupWriter, MissingFile } from './store/backup-store.ts';

/** What is copied, and where to. */
interface ShardCopy {
  readonly shard: StartedBackup['shards'][number];
  /** The moment. */
  readonly version: number;
  readonly file: string;
  /** The shard in the backup before, whose file is brought up to date; null: all rows are copied. */
  readonly base: BackedUpShard | null;
}

export interface CopiedShard {
  readonly shard: BackedUpShard;
  /** What its rows are, by the table's name in SQL. */
  readonly byTable: ReadonlyMap<string, TableContent>;
}

/**
 * Makes the file of a shard, looks whether it is sound, and keeps it.
 *
 * @param note told what is being done otherwise than was meant.
 */
export async function copyShard(
  client: BackupClient,
  writer: BackupWriter,
  inspector: Inspector,
  { shard, version, file, base }: ShardCopy,
  note: (message: string) => void,
): Promise<CopiedShard> {
  const { name } = shard;
  const copyOfBase = base && (await copyBase(writer, file, base));
  if (base !== null && copyOfBase === null)
    note(`${name}: copying all rows: ${base.file} of the backup before is damaged.`);
  const path = copyOfBase ?? (await writer.create(file, null));
  const known = copyOfBase === null ? null : base;
  // Where nothing was changed, it is not even opened: its indexes would be made again.
  if (known === null || !isAsBefore(shard, known)) await fill(path, client, { shard, version, base: known });
  return await kept(writer, inspector, shard, file, path);
}

/** No commit has come since: what the shard has written last is in the backup before. */
const isAsBefore = (shard: StartedBackup['shards'][number], before: BackedUpShard): boolean =>
  shard.seq === before.seq && shard.seqVersion === before.seqVersion;

/** The same as of an earlier moment, and of the shard keys that were asked for alone. */
export async function copyShardOfThen(
  client: BackupClient,
  writer: BackupWriter,
  inspector: Inspector,
  { shard, version, file }: Omit<ShardCopy, 'base'>,
): Promise<CopiedShard> {
  const { name, tables, shardKeys, migration } = shard;
  const path = await writer.create(file, null);
  const copy = new BackupFile(path, tables, true);
  try {
    for (const { name: table } of tables) {
      const pages = shardKeys?.map((key) => client.keyRows(name, table, key, migration));
      for (const rows of pages ?? [client.rows(name, table, migration)]) {
        for await (const images of rows) copy.putRows(table, images);
      }
    }
    for await (const changes of client.past(name, version, shardKeys, migration)) copy.takeBack(changes);
    copy.finish();
  } finally {
    copy.close();
  }
  return await kept(writer, inspector, shard, file, path);
}

async function kept(
  writer: BackupWriter,
  inspector: Inspector,
  { name, identity, ranges, seq, seqVersion }: ShardCopy['shard'],
  file: string,
  path: string,
): Promise<CopiedShard> {
  const { bytes, sha256, contents } = await inspector.inspect(path);
  const { byTable, problems } = contents;
  if (problems.length > 0) throw new CliError(`Expected sound rows of ${name}, but found: ${problems.join('; ')}.`);
  await writer.keep(file);
  return { shard: { name, identity, ranges, file, bytes, sha256, seq, seqVersion }, byTable };
}

/** Null: the file of the backup before is not as it was made. */
async function copyBase(writer: BackupWriter, file: string, base: BackedUpShard): Promise<string | null> {
  try {
    const path = await writer.create(file, base.file);
    return (await hashFile(path)) === base.sha256 ? path : null;
  } catch (error) {
    if (error instanceof MissingFile) return null;
    throw error;
  }
}

async function fill(
  path: string,
  client: BackupClient,
  { shard: { name, tables, seq, seqVersion, migration }, version, base }: Pick<ShardCopy, 'shard' | 'version' | 'base'>,
): Promise<void> {
  const copy = new BackupFile(path, tables, base === null);
  try {
    for (const table of base === null ? tables : []) {
      for await (const images of client.rows(name, table.name, migration)) copy.putRows(table.name, images);
    }
    for await (const changes of client.changes(name, base ?? { seq, seqVersion }, version, migration))
      copy.addChanges(changes);
    copy.finish();
  } finally {
    copy.close();
  }
}
