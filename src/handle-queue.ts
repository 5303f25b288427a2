import { auditCommit } from './cache/audit/audit-commit.ts';
import { consumeEvents, type QueueMessage } from './cache/invalidation/consume-events.ts';
import { consumeDeadLetters } from './cache/invalidation/dead-letters.ts';
import { refreshHot } from './cache/invalidation/refresh-hot.ts';
import { openStore } from './cache/isolate/isolate-cache.ts';
import { CacheReader } from './cache/reading/cache-reader.ts';
import type { KvNamespace } from './cache/stores/kv-store.ts';
import type { App } from './http/app.ts';
import type { Env } from './http/env.ts';
import { createShardClient } from './shards/client/create-shard-client.ts';
import { DeadLetters } from './shards/client/dead-letters.ts';
import type { ShardClient } from './shards/client/shard-client.ts';
import type { InvalidationEvent } from './shards/invalidation.ts';
import { DEVELOPER, type HandedCall } from './shards/protocol.ts';

/** How names of dead-letter queues end. */
const DEAD = '-dead';

/** One batch of a queue: of invalidation events or, from a queue whose name ends with `-dead`, of dead letters. */
export async function handleQueue(
  { queue, messages }: { readonly queue: string; readonly messages: readonly QueueMessage[] },
  env: Env,
  execution: ExecutionContext,
  appOf: (env: Env) => App,
): Promise<void> {
  if (queue.endsWith(DEAD)) return await consumeDeadLetters(messages, new DeadLetters(env));
  const app = appOf(env);
  const waitUntil = (work: Promise<unknown>) => execution.waitUntil(work);
  const shards = openShards(app, env, waitUntil);
  const hot: HandedCall[] = [];
  const publish = async (...asked: Parameters<ShardClient['publish']>) => {
    const published = await shards.publish(...asked);
    hot.push(...published.hot);
    return published.left;
  };
  await consumeEvents(messages, publish, (event) => audit(event, app, env, waitUntil));
  if (hot.length > 0) await refresh(hot, app, env, waitUntil);
}

type WaitUntil = (work: Promise<unknown>) => void;

/** A client's deadline begins when it is made. */
const openShards = ({ model, routerState, routerSettings }: App, env: Env, waitUntil: WaitUntil): ShardClient =>
  createShardClient({
    model,
    env,
    state: routerState,
    settings: routerSettings,
    // Nobody is shown any row: what is read goes to the cache, which is below authorization.
    caller: DEVELOPER,
    waitUntil,
  });

async function refresh(hot: readonly HandedCall[], app: App, env: Env, waitUntil: WaitUntil): Promise<void> {
  const shards = openShards(app, env, waitUntil);
  const store = openStore(app.cache, kvOf(env));
  const askShards = shards.readFresh;
  await refreshHot(hot, new CacheReader({ cache: app.cache, store, askShards, waitUntil, kvFillReads: 1 }));
}

async function audit(event: InvalidationEvent, app: App, env: Env, waitUntil: WaitUntil): Promise<void> {
  const { kv } = openStore(app.cache, kvOf(env));
  if (kv === null) return;
  const shards = openShards(app, env, waitUntil);
  const { shard, version, auditAgeMs: ageMs } = event;
  await auditCommit({ shard, version, ageMs: ageMs! }, shards, { cache: app.cache, kv, askShards: shards.readFresh });
}

const kvOf = (env: Env): KvNamespace | null => (env.KV as KvNamespace | undefined) ?? null;
