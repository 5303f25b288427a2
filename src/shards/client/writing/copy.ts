import { violated } from '../../../lib/invariant.ts';
import { ShardQLError } from '../../errors.ts';
import type { PastSurvey } from '../../protocol/backup.ts';
import { PROTOCOL } from '../../protocol/envelope.ts';
import type { CopyScope } from '../../restore.ts';
import type { Version } from '../../version.ts';
import type { ShardConnection } from '../connection.ts';
import { askShard } from '../routing/ask-shards.ts';
import { Deadline } from '../routing/deadline.ts';
import { beginRestore, checkRestore, SURVEY_DEADLINE_MS } from './restore.ts';

/**
 * What a copy would have, if it can be made.
 *
 * @throws ShardQLError as {@link startCopy}.
 */
export async function previewCopy(
  connection: ShardConnection,
  scope: CopyScope,
  version: Version,
): Promise<PastSurvey> {
  const { survey, target } = await planned(connection, scope, version);
  await checkRestore(connection, target);
  return survey;
}

/**
 * Begins to write the rows of a shard key as of a version under another one.
 *
 * @param id of the restore that does: see `startRestore`.
 *
 * @throws ShardQLError BAD_USER_INPUT for a version that the log does not reach back to, NOT_FOUND if there were no rows; CONFLICT if there
 * are rows of the new shard key, and where a migration or another restore is in the way. Nothing is fenced then.
 */
export async function startCopy(
  connection: ShardConnection,
  scope: CopyScope,
  version: Version,
  id: string,
): Promise<void> {
  const { target } = await planned(connection, scope, version);
  await beginRestore(connection, [target], id);
}

async function planned(connection: ShardConnection, { shardKey, as }: CopyScope, version: Version) {
  const { router, scope } = connection;
  if (shardKey === as) {
    throw new ShardQLError(
      'BAD_USER_INPUT',
      'Expected another shard key to copy to, but got the same. Leave it out to restore in place.',
    );
  }
  const routing = await router.current();
  const [source, shard] = [routing.ownerOf(shardKey), routing.ownerOf(as)];
  const deadline = new Deadline(scope.timers, SURVEY_DEADLINE_MS);
  const request = { protocol: PROTOCOL, part: 'survey', version, shardKeys: [shardKey] } as const;
  const answer = await askShard(connection, source, (stub) => stub.backup(request), deadline);
  const survey = 'survey' in answer ? answer.survey : violated('Expected a survey of what is to be copied.');
  if (Object.keys(survey.rowsByType).length === 0) throw noRowsThen();
  return { survey, target: { shard, target: { copyOf: { shardKey, shard: source }, as, version } } };
}

const noRowsThen = (): ShardQLError =>
  new ShardQLError('NOT_FOUND', 'Expected a shard key with rows at that time, but got one without.');
