import { createIsolateCache, openStore } from '../../../src/cache/isolate/isolate-cache.ts';
import { CacheReader } from '../../../src/cache/reading/cache-reader.ts';
import { systemTimers } from '../../../src/lib/timers.ts';
import type { Model } from '../../../src/model/types.ts';
import { RequestReader } from '../../../src/resolvers/consistency/request-reader.ts';
import type { ShardClient } from '../../../src/shards/client/shard-client.ts';
import { NOTHING_SEEN } from '../../../src/shards/seen-versions.ts';
import { labState } from './seen.ts';

/** The reads of a request over shards, with a cache of its own that nobody has filled. */
export function openLabReader(model: Model, shards: Pick<ShardClient, 'read'> & Partial<ShardClient>): RequestReader {
  const cache = createIsolateCache(model, {}, systemTimers);
  const askShards: ShardClient['readFresh'] =
    shards.readFresh ?? (async (read) => (await shards.read(read)).map((answer) => ({ answer, ...labState(1) })));
  return new RequestReader(
    new CacheReader({ cache, store: openStore(cache, null), askShards, waitUntil: () => {} }),
    NOTHING_SEEN,
    true,
  );
}
