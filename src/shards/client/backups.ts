import { violated } from '../../lib/invariant.ts';
import type {
  BackupAnswer,
  BackupPage,
  BackupPageRequest,
  BackupRequest,
  BackupScope,
  PastSurvey,
  StartedBackup,
  StartedShard,
} from '../protocol/backup.ts';
import { PROTOCOL } from '../protocol/envelope.ts';
import { versionAt } from '../version.ts';
import type { ShardConnection } from './connection.ts';
import { askShard } from './routing/ask-shards.ts';
import { Deadline } from './routing/deadline.ts';
import { SURVEY_DEADLINE_MS, targetsOf } from './writing/restore.ts';

/**
 * Begins a copy of shards, or of shard keys.
 *
 * @throws ShardQLError NOT_FOUND for an unknown shard; BAD_USER_INPUT for a moment that a log does not reach back to, CONFLICT if a
 * migration is in between.
 */
export async function startBackup(
  connection: ShardConnection,
  { of, version: moment }: BackupScope,
): Promise<StartedBackup> {
  const version = moment ?? versionAt(connection.scope.timers.now());
  const targets = await targetsOf(connection, of, version);
  const { map } = await connection.router.current();
  const deadline = new Deadline(connection.scope.timers, SURVEY_DEADLINE_MS);
  const ask = (shard: string, request: BackupRequest) =>
    askShard(connection, shard, (stub) => stub.backup(request), deadline);
  const shards = await Promise.all(
    map.shards.map(async ({ name, ranges }): Promise<StartedShard | null> => {
      const target = targets.find(({ shard }) => shard === name)?.target;
      if (target === undefined) return null;
      const { shardKeys } = target;
      const surveyed =
        moment === null && shardKeys === null
          ? null
          : await ask(name, { protocol: PROTOCOL, part: 'survey', version, shardKeys });
      const answer = await ask(name, { protocol: PROTOCOL, part: 'start', version });
      const start = 'start' in answer ? answer.start : violated('Expected a backup to begin.');
      return { name, ranges, ...start, shardKeys, survey: surveyed && surveyOf(surveyed) };
    }),
  );
  return { version, epoch: map.epoch, shards: shards.filter((shard) => shard !== null) };
}

const surveyOf = (answer: BackupAnswer): PastSurvey =>
  'survey' in answer ? answer.survey : violated('Expected a survey of what is to be copied.');

export async function backupPage(
  connection: ShardConnection,
  shard: string,
  request: BackupPageRequest,
): Promise<BackupPage> {
  const answer = await askShard(connection, shard, (stub) => stub.backup({ protocol: PROTOCOL, ...request }));
  return 'page' in answer ? answer.page : violated('Expected a page of a backup.');
}
