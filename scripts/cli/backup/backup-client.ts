import { BACKUP_MIGRATION_HEADER, NEXT_HEADER } from '../../../src/http/core/headers.ts';
import { type PackedChange, type StartedBackup, unpackParts } from '../../../src/shards/protocol/backup.ts';
import type { ApiClient } from '../api-client.ts';
import { CliError } from '../cli-error.ts';
import { patiently } from './patiently.ts';

/** A change of the log. */
export interface BackupChange extends PackedChange {
  /** Image of the primary key after it. */
  readonly pk: ArrayBuffer;
  /** What it has replaced; null: nothing, or it does not matter. */
  readonly before: ArrayBuffer | null;
  /** The row as it is now; null: it is gone, or it does not matter. */
  readonly now: ArrayBuffer | null;
}

/** How long the beginning waits: longer than clocks differ, and not so long that a wrong address goes unnoticed. */
const START_PATIENCE_MS = 5_000;

/** Speaks to the `/backup` of a running API. */
export class BackupClient {
  readonly #api: ApiClient;

  constructor(api: ApiClient) {
    this.#api = api;
  }

  /** At a shard whose clock is behind, the moment has not come yet. */
  start(): Promise<StartedBackup> {
    return patiently(() => this.#api.json('/backup/start', { method: 'POST' }), START_PATIENCE_MS);
  }

  /** Images of all rows of a table of a shard, page by page. */
  async *rows(shard: string, table: string, migration: string | null): AsyncGenerator<readonly ArrayBuffer[]> {
    for await (const parts of this.#pages('/backup/rows', { shard, table }, {}, migration)) {
      yield parts.map((part) => part ?? cut());
    }
  }

  /** Whether the shard is one that had this change as its last at some time. Throws `CliError` if it is not. */
  async check(shard: string, known: Pick<StartedBackup['shards'][number], 'seq' | 'seqVersion'>): Promise<void> {
    const query = { shard, version: '0', after: String(known.seq), afterVersion: String(known.seqVersion) };
    await patiently(() => this.#api.request('/backup/changes', { query }));
  }

  /** The changes of a shard after a seq, page by page, up to the newest there is. */
  async *changes(
    shard: string,
    after: Pick<StartedBackup['shards'][number], 'seq' | 'seqVersion'>,
    version: number,
    migration: string | null,
  ): AsyncGenerator<readonly BackupChange[]> {
    const query = { shard, version: String(version) };
    const first = { after: String(after.seq), afterVersion: String(after.seqVersion) };
    for await (const parts of this.#pages('/backup/changes', query, first, migration)) {
      const changes: BackupChange[] = [];
      for (let at = 0; at < parts.length; at += 4) {
        const head = JSON.parse(new TextDecoder().decode(parts[at] ?? cut())) as PackedChange;
        changes.push({
          ...head,
          pk: parts[at + 1] ?? cut(),
          before: parts[at + 2] ?? null,
          now: parts[at + 3] ?? null,
        });
      }
      yield changes;
    }
  }

  /** The next page is asked for while its reader works on this one. */
  async *#pages(
    path: string,
    query: Readonly<Record<string, string>>,
    first: Readonly<Record<string, string>>,
    migration: string | null,
  ): AsyncGenerator<readonly (ArrayBuffer | null)[]> {
    const read = async (position: Readonly<Record<string, string>>) => {
      const { headers, bytes } = await patiently(() => this.#api.bytes(path, { query: { ...query, ...position } }));
      const found = headers.get(BACKUP_MIGRATION_HEADER);
      if ((found === null ? null : decodeURIComponent(found)) !== migration) throw migrated();
      return { parts: [...unpackParts(bytes)], next: headers.get(NEXT_HEADER) };
    };
    for (let reading: ReturnType<typeof read> | null = read(first); reading !== null; ) {
      const { parts, next }: Awaited<ReturnType<typeof read>> = await reading;
      reading = next === null ? null : read({ after: next });
      // Thrown when it is awaited.
      reading?.catch(() => {});
      yield parts;
    }
  }
}

const migrated = (): CliError =>
  new CliError(
    'Expected tables that stay as they are during a backup, but a migration has run. Make the backup again.',
  );

function cut(): never {
  throw new CliError(
    'Expected a whole page of a backup, but got a part of one. Is there a ShardQL API of this release?',
  );
}
