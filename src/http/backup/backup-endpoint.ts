import type { ShardClient } from '../../shards/client/shard-client.ts';
import { ShardQLError } from '../../shards/errors.ts';
import type { BackupPage } from '../../shards/protocol/backup.ts';
import { BACKUP_MIGRATION_HEADER, NEXT_HEADER } from '../core/headers.ts';

/** `POST /backup/start`: begins a backup of all shards as of now. */
export const startBackup = async (shards: ShardClient): Promise<Response> => Response.json(await shards.startBackup());

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
