import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { StartedBackup } from '../../../src/shards/protocol/backup.ts';
import { alignColumns } from '../align-columns.ts';
import { ApiClient } from '../api-client.ts';
import { BackupClient } from '../backup/backup-client.ts';
import { copyShardOfThen } from '../backup/copy-shard.ts';
import { Inspector } from '../backup/inspector.ts';
import { eachShard, requireOneSchema, toManifest } from '../backup/make-backup.ts';
import { requireFit, restoreBackup } from '../backup/restore-backup.ts';
import { FolderStore } from '../backup/store/folder-store.ts';
import { CliError } from '../cli-error.ts';
import { TemporaryFolder } from '../temporary-folder.ts';
import type { Terminal } from '../undo/undo-operation.ts';
import { momentOf, type RestoreScope } from './request-restore.ts';
import { type RestoreOptions, requireDecided } from './restore.ts';

export interface ElsewhereOptions extends RestoreOptions {
  /** Where the other installation is. */
  readonly as: string;
  /** Of its operators. Default: none is sent. */
  readonly asToken?: string;
  /** Rows that are there already are those of a run that was cut off. */
  readonly resume: boolean;
}

/**
 * Writes rows as of an earlier moment into another installation that has none of them yet, and compares by content hash. True if they are
 * there, or were shown.
 *
 * @throws CliError for what either of them refuses. Nothing is written then.
 */
export async function restoreElsewhere(options: ElsewhereOptions, terminal: Terminal): Promise<boolean> {
  const { as, asToken, json, preview, yes, resume } = options;
  requireDecided(options, terminal);
  const note = (line: string) => json || console.error(line);
  const target = { url: as, ...(asToken !== undefined && { token: asToken }) };
  const [from, to] = [new ApiClient(options), new ApiClient(target)];
  if (from.origin === to.origin) {
    throw new CliError('Expected --as with another installation, or with a shard key, but got the address of --url.');
  }
  const { scope, moment } = parametersOf(options);
  const client = new BackupClient(from);
  const started = await client.start({ ...scope, ...moment });
  const tables = tablesOf(started);
  if (tables.length === 0) throw new CliError('Expected rows at that time, but there were none.');
  const keyed = 'shardKeys' in scope ? { scope } : {};
  await requireFit(to, { migration: started.shards[0]!.migration, tables }, { resume, ...keyed });
  if (!yes) {
    console.log(json ? JSON.stringify({ tables }) : showTables(tables));
    if (preview) return true;
    if (!(await terminal.confirm(`Copy them to ${to.origin}?`))) {
      console.log('nothing was changed');
      return false;
    }
  }
  using folder = new TemporaryFolder('shardql-restore-');
  const store = new FolderStore(join(folder.path, 'copy'));
  await copyThen(store, client, started, note);
  const { manifest, rows, problems } = await restoreBackup(store, { ...target, resume, ...keyed, note });
  const { time, contentHash } = manifest;
  if (json) console.log(JSON.stringify({ ok: problems.length === 0, rows, problems, time, contentHash }));
  else if (problems.length > 0) for (const line of problems) console.log(line);
  else console.log(`${rows.toLocaleString('en')} rows as of ${time} are in ${to.origin}, content hash ${contentHash}`);
  return problems.length === 0;
}

/** Parameters of `/backup/start`. */
function parametersOf({ shardKey, type, shard, all, to }: RestoreScope) {
  const scopes = [shardKey !== undefined, shard !== undefined, all === true].filter(Boolean).length;
  if (scopes !== 1) {
    throw new CliError(`Expected one of --shard-key, --shard and --all, but got ${scopes === 0 ? 'none' : 'several'}.`);
  }
  if (to === undefined) throw new CliError('Expected --to <time>, but got none.');
  const scope: Record<string, string> = {
    ...(shardKey && { shardKeys: JSON.stringify(shardKey) }),
    ...(type !== undefined && { type }),
    ...(shard !== undefined && { shard }),
  };
  return { scope, moment: momentOf(to) };
}

interface CountedTable {
  /** GraphQL type. */
  readonly type: string;
  readonly rows: number;
}

/** Those that had rows. */
function tablesOf({ shards }: StartedBackup): readonly CountedTable[] {
  const counts = shards.flatMap(({ survey }) => Object.entries(survey?.rowsByType ?? {}));
  return [...Map.groupBy(counts, ([type]) => type)].map(([type, parts]) => ({
    type,
    rows: parts.reduce((sum, [, count]) => sum + count, 0),
  }));
}

const showTables = (tables: readonly CountedTable[]): string =>
  alignColumns([['table', 'rows'], ...tables.map(({ type, rows }) => [type, rows.toLocaleString('en')])]);

/** What was there then, as a backup. */
async function copyThen(
  store: FolderStore,
  client: BackupClient,
  started: StartedBackup,
  note: (line: string) => void,
): Promise<void> {
  const schemaHash = requireOneSchema(started);
  const { version, shards } = started;
  await store.replace(async (writer) => {
    await using inspector = new Inspector();
    const copied = await eachShard(shards, async (shard) => {
      const file = `${encodeURIComponent(shard.name)}-${version}-${randomBytes(4).toString('hex')}.sqlite`;
      const made = await copyShardOfThen(client, writer, inspector, { shard, version, file });
      note(`${shard.name}: copied`);
      return made;
    });
    await writer.finish(toManifest(started, schemaHash, copied));
  });
}
