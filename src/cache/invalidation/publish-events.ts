import { report } from '../../events/report.ts';
import { getOrInsert } from '../../lib/get-or-insert.ts';
import type { InvalidationEvent } from '../../shards/invalidation.ts';
import type { ShardKey } from '../../shards/shard-key.ts';

/** Asks a shard to publish what has changed under these shard keys. Returns the keys that it could not publish. */
export type Publish = (shard: string, shardKeys: readonly ShardKey[]) => Promise<readonly ShardKey[]>;

/**
 * Asks each shard that the events name, once. Returns for each event whether its shard has published, or scheduled, all of
 * it. Events only name shard keys, so repeated, late and reordered ones do no harm.
 */
export async function publishEvents(events: readonly InvalidationEvent[], publish: Publish): Promise<boolean[]> {
  const keysByShard = new Map<string, Set<ShardKey>>();
  for (const { shard, shardKeys } of events) {
    const keys = getOrInsert(keysByShard, shard, () => new Set<ShardKey>());
    for (const shardKey of shardKeys) keys.add(shardKey);
  }
  const leftByShard = new Map(
    await Promise.all(
      [...keysByShard].map(async ([shard, keys]) => [shard, await publishOrLeave(publish, shard, [...keys])] as const),
    ),
  );
  return events.map(({ shard, shardKeys }) => !shardKeys.some((key) => leftByShard.get(shard)!.has(key)));
}

/** The shard keys that are not published: all of them if the shard does not answer. */
async function publishOrLeave(publish: Publish, shard: string, shardKeys: readonly ShardKey[]): Promise<Set<ShardKey>> {
  try {
    return new Set(await publish(shard, shardKeys));
  } catch (error) {
    report({ type: 'publish-not-requested', shard, error });
    return new Set(shardKeys);
  }
}
