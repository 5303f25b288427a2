import type { Model } from '../../model/types.ts';
import { momentOf, scopeOf } from '../../resolvers/operator/recovery/restore-arguments.ts';
import type { ShardClient } from '../../shards/client/shard-client.ts';
import { ShardQLError } from '../../shards/errors.ts';
import type { BackupPage } from '../../shards/protocol/backup.ts';
import type { ShardKey } from '../../shards/shard-key.ts';
import { BACKUP_MIGRATION_HEADER, NEXT_HEADER } from '../core/headers.ts';

/**
 * `POST /backup/start`: begins a backup of all shards as of now. `?time=` or `?version=`: as of an earlier moment, whose rows are those of
 * now with changes since taken back; `?shard=`, or `?shardKeys=` (a list in JSON) and `?type=`: of these alone.
 */
export async function startBackup({ searchParams }: URL, model: Model, shards: ShardClient): Promise<Response> {
  const [time, version, type, shard] = ['time', 'version', 'type', 'shard'].map((name) => searchParams.get(name));
  const shardKeys = listOf(searchParams, 'shardKeys');
  const isScoped = shardKeys !== null || shard != null;
  const of = isScoped || type != null ? scopeOf(model, { shardKeys, type, shard }) : 'all';
  const moment = time == null && version == null ? null : momentOf({ time, version });
  return Response.json(await shards.startBackup({ of, version: moment }));
}

/** `GET /backup/key-rows?shard=…&table=…&shardKey=…&after=…`: rows of a shard key as they are stored now, with their primary keys. */
export const backupKeyRows = async ({ searchParams }: URL, shards: ShardClient): Promise<Response> =>
  pageResponse(
    await shards.backupPage(required(searchParams, 'shard'), {
      part: 'key-rows',
      table: required(searchParams, 'table'),
      shardKey: required(searchParams, 'shardKey') as ShardKey,
      after: searchParams.get('after'),
    }),
  );

/** `GET /backup/past?shard=…&version=…&shardKeys=…&after=…`: changes of later commits, the newest first. */
export const backupPast = async ({ searchParams }: URL, shards: ShardClient): Promise<Response> =>
  pageResponse(
    await shards.backupPage(required(searchParams, 'shard'), {
      part: 'past',
      version: Number(integer(searchParams, 'version')),
      shardKeys: listOf(searchParams, 'shardKeys') as readonly ShardKey[] | null,
      upTo: searchParams.get('after') === null ? null : integer(searchParams, 'after'),
    }),
  );

/** `GET /backup/rows?shard=…&table=…&after=…`: rows as they are stored now, packed; the next page begins after the header. */
export const backupRows = async ({ searchParams }: URL, shards: ShardClient): Promise<Response> =>
  pageResponse(
    await shards.backupPage(required(searchParams, 'shard'), {
      part: 'rows',
      table: required(searchParams, 'table'),
      after: searchParams.get('after') === null ? null : String(integer(searchParams, 'after')),
    }),
  );

/** `GET /backup/changes?shard=…&after=…&afterVersion=…&version=…`: changes of the log after a seq. */
export const backupChanges = async ({ searchParams }: URL, shards: ShardClient): Promise<Response> =>
  pageResponse(
    await shards.backupPage(required(searchParams, 'shard'), {
      part: 'changes',
      afterSeq: Number(integer(searchParams, 'after')),
      afterVersion: searchParams.get('afterVersion') === null ? null : Number(integer(searchParams, 'afterVersion')),
      version: Number(integer(searchParams, 'version')),
    }),
  );

/** A list in JSON; null: there is none. */
function listOf(parameters: URLSearchParams, name: string): readonly unknown[] | null {
  const text = parameters.get(name);
  if (text === null) return null;
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list)) return list;
  } catch {
    // As any other value.
  }
  throw new ShardQLError('BAD_USER_INPUT', `Expected ?${name}= to be a list in JSON, but got "${text.slice(0, 40)}".`);
}

function pageResponse({ bytes, next, migration }: BackupPage): Response {
  const headers = new Headers({ 'content-type': 'application/octet-stream' });
  if (next !== null) headers.set(NEXT_HEADER, next);
  if (migration !== null) headers.set(BACKUP_MIGRATION_HEADER, encodeURIComponent(migration));
  return new Response(bytes, { headers });
}

function required(parameters: URLSearchParams, name: string): string {
  const text = parameters.get(name);
  if (text !== null && text !== '') return text;
  throw new ShardQLError('BAD_USER_INPUT', `Expected ?${name}=, but got none.`);
}

/** Decimal digits: row ids may exceed 2^53. */
function integer(parameters: URLSearchParams, name: string): string {
  const text = required(parameters, name);
  if (/^-?\d{1,19}$/.test(text)) return text;
  throw new ShardQLError('BAD_USER_INPUT', `Expected ?${name}= to be an integer, but got "${text.slice(0, 40)}".`);
}
