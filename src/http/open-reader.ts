import { type IsolateCache, openStore } from '../cache/isolate/isolate-cache.ts';
import { CacheReader } from '../cache/reading/cache-reader.ts';
import type { KvNamespace } from '../cache/stores/kv-store.ts';
import { RequestReader } from '../resolvers/consistency/request-reader.ts';
import { decodeSessionToken } from '../resolvers/consistency/session-token.ts';
import type { ShardClient } from '../shards/client/shard-client.ts';
import { ShardQLError } from '../shards/errors.ts';
import { NOTHING_SEEN, type SeenVersions } from '../shards/seen-versions.ts';
import type { Env } from './env.ts';
import { HttpError } from './http-error.ts';
import { TOKEN_HEADER } from './token-header.ts';

/** The reads of a request: over the isolate's cache, in the session that the request belongs to. */
export function openReader(
  request: Request,
  env: Env,
  cache: IsolateCache,
  shards: ShardClient,
  waitUntil: (work: Promise<unknown>) => void,
  isTraced: boolean,
): RequestReader {
  const store = openStore(cache, (env.KV as KvNamespace | undefined) ?? null);
  const cacheReader = new CacheReader({ cache, store, askShards: (read) => shards.readFresh(read), waitUntil });
  const seen = presentedToken(request);
  shards.heardOf(seen.epoch);
  return new RequestReader(cacheReader, seen, isTraced);
}

function presentedToken(request: Request): SeenVersions {
  const token = request.headers.get(TOKEN_HEADER);
  if (token === null) return NOTHING_SEEN;
  try {
    return decodeSessionToken(token);
  } catch (error) {
    if (error instanceof ShardQLError) throw new HttpError(400, error.code, error.message);
    throw error;
  }
}
