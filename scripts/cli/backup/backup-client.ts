import { BACKUP_MIGRATION_HEADER, NEXT_HEADER } from '../../../src/http/core/headers.ts';
import {
  type PackedChange,
  type PastChange,
  type StartedBackup,
  viewParts,
} from '../../../src/shards/protocol/backup.ts';
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

/** A change that is to be taken back. */
export type LaterChange = PastChange & Pick<BackupChange, 'pk' | 'before'>;

/** Of a whole row. */
export type RowImage = Uint8Array<ArrayBuffer>;

/** How long the beginning waits: longer than clocks differ, and not so long that a wrong address goes unnoticed. */
const START_PATIENCE_MS = 5_000;

/** Speaks to the `/backup` of a running API. */
export class BackupClient {
  readonly #api: Pick<ApiClient, 'json' | 'request' | 'bytes'>;

  constructor(api: Pick<ApiClient, 'json' | 'request' | 'bytes'>) {
    this.#api = api;
  }

  /**
   * At a shard whose clock is behind, the moment has not come yet.
   *
   * @param scope parameters of the path; default: everything, now.
   * @param patienceMs default: a few seconds.
   */
  start(scope: Readonly<Record<string, string>> = {}, patienceMs = START_PATIENCE_MS): Promise<StartedBackup> {
    return patiently(() => this.#api.json('/backup/start', { method: 'POST', query: scope }), patienceMs);
  }

  /** Images of all rows of a table of a shard, page by page. */
  async *rows(shard: string, table: string, migration: string | null): AsyncGenerator<readonly RowImage[]> {
    for await (const parts of this.#pages('/backup/rows', { shard, table }, {}, migration)) {
      yield parts.map((part) => part ?? cut());
    }
  }

  /** The same of the rows of a shard key, as `start` has given it. */
  async *keyRows(
    shard: string,
    table: string,
    shardKey: string,
    migration: string | null,
  ): AsyncGenerator<readonly RowImage[]> {
    for await (const parts of this.#pages('/backup/key-rows', { shard, table, shardKey }, {}, migration)) {
      yield parts.flatMap((part, at) => (at % 2 === 0 ? [] : [part ?? cut()]));
    }
  }

  /** Changes of a shard after a version, the newest first, page by page. `shardKeys`: null: all. */
  async *past(
    shard: string,
    version: number,
    shardKeys: readonly string[] | null,
    migration: string | null,
  ): AsyncGenerator<readonly LaterChange[]> {
    const query = {
      ...{ shard, version: String(version) },
      ...(shardKeys !== null && { shardKeys: JSON.stringify(shardKeys) }),
    };
    for await (const parts of this.#pages('/backup/past', query, {}, migration)) {
      const changes: LaterChange[] = [];
      for (let at = 0; at < parts.length; at += 3) {
        const head = JSON.parse(new TextDecoder().decode(parts[at] ?? cut())) as PastChange;
        changes.push({ ...head, pk: bufferOf(parts[at + 1] ?? cut()), before: bufferOf(parts[at + 2] ?? null) });
      }
      yield changes;
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
          pk: bufferOf(parts[at + 1] ?? cut()),
          before: bufferOf(parts[at + 2] ?? null),
          now: bufferOf(parts[at + 3] ?? null),
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
  ): AsyncGenerator<readonly (RowImage | null)[]> {
    const read = async (position: Readonly<Record<string, string>>) => {
      const { headers, bytes } = await patiently(() => this.#api.bytes(path, { query: { ...query, ...position } }));
      const found = headers.get(BACKUP_MIGRATION_HEADER);
      if ((found === null ? null : decodeURIComponent(found)) !== migration) throw migrated();
      return { parts: unpack(bytes), next: headers.get(NEXT_HEADER) };
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

function unpack(page: ArrayBuffer): (RowImage | null)[] {
  try {
    return [...viewParts(page)];
  } catch {
    return cut();
  }
}

function bufferOf(part: RowImage): ArrayBuffer;
function bufferOf(part: RowImage | null): ArrayBuffer | null;
function bufferOf(part: RowImage | null): ArrayBuffer | null {
  return part?.slice().buffer ?? null;
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
