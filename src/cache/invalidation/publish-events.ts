import { report } from '../../events/report.ts';
import type { InvalidationEvent } from '../../shards/invalidation.ts';
import type { ShardKey } from '../../shards/shard-key.ts';

/** Lets a shard publish what has changed under these shard keys. Gives those that it could not publish. */
export type Publish = (shard: string, shardKeys: readonly ShardKey[]) => Promise<readonly ShardKey[]>;

/**
 * Asks each shard that the events name once. Gives for each event whether the shard has published all of it,
 * or has taken it over. An event only says
 * where to look, so it does not matter how often it comes, when, or after which others.
 */
export async function publishEvents(events: readonly InvalidationEvent[], publish: Publish): Promise<boolean[]> {
  const keysByShard = new Map<string, Set<ShardKey>>();
  for (const { shard, shardKeys } of events) {
    const keys = keysByShard.get(shard) ?? new Set();
    keysByShard.set(shard, keys);
    for (const shardKey of shardKeys) keys.add(shardKey);
  }
  const leftByShard = new Map(
    await Promise.all(
      [...keysByShard].map(async ([shard, keys]) => [shard, await publishOrLeave(publish, shard, [...keys])] as const),
    ),
  );
  return events.map(({ shard, shardKeys }) => !shardKeys.some((key) => leftByShard.get(shard)!.has(key)));
}

/** The shard keys that are left: all of them if the shard does not answer. */
async function publishOrLeave(publish: Publish, shard: string, shardKeys: readonly ShardKey[]): Promise<Set<ShardKey>> {
  try {
    return new Set(await publish(shard, shardKeys));
  } catch (error) {
    report({ type: 'publish-not-requested', shard, error });
    return new Set(shardKeys);
  }
}
