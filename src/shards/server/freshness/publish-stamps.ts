import type { Bare } from '../../protocol/envelope.ts';
import type { PublishAnswer, PublishRequest } from '../../protocol/shard-rpc.ts';
import type { SqlSession } from '../../sql/sql-session.ts';
import type { ShardState } from '../shard-state.ts';

/** Puts stamps to KV, and names the cached answers that should be filled again. */
export async function publishStamps(
  { publisher, freshness }: ShardState,
  _session: SqlSession,
  { shardKeys }: PublishRequest,
): Promise<Bare<PublishAnswer>> {
  const left = (await publisher?.publish(shardKeys)) ?? [];
  const hot = freshness.takeHotReads(shardKeys.filter((key) => !left.includes(key)));
  return { status: 'OK', left, ...(hot.length > 0 && { hot }) };
}
