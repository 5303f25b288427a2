import { violated } from '../../lib/invariant.ts';
import type { BackupPage, BackupPageRequest, BackupRequest, StartedBackup } from '../protocol/backup.ts';
import { PROTOCOL } from '../protocol/envelope.ts';
import { versionAt } from '../version.ts';
import type { ShardConnection } from './connection.ts';
import { askShard } from './routing/ask-shards.ts';

export async function startBackup(connection: ShardConnection): Promise<StartedBackup> {
  const { map } = await connection.router.current();
  const version = versionAt(connection.scope.timers.now());
  const request: BackupRequest = { protocol: PROTOCOL, part: 'start', version };
  const shards = await Promise.all(
    map.shards.map(async ({ name, ranges }) => {
      const answer = await askShard(connection, name, (stub) => stub.backup(request));
      return { name, ranges, ...('start' in answer ? answer.start : violated('Expected a backup to begin.')) };
    }),
  );
  return { version, epoch: map.epoch, shards };
}

export async function backupPage(
  connection: ShardConnection,
  shard: string,
  request: BackupPageRequest,
): Promise<BackupPage> {
  const answer = await askShard(connection, shard, (stub) => stub.backup({ protocol: PROTOCOL, ...request }));
  return 'page' in answer ? answer.page : violated('Expected a page of a backup.');
}
