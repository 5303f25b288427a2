import { auditCommit } from './cache/audit/audit-commit.ts';
import { consumeEvents, type QueueMessage } from './cache/invalidation/consume-events.ts';
import { consumeDeadLetters } from './cache/invalidation/dead-letters.ts';
import { refreshHot } from './cache/invalidation/refresh-hot.ts';
import type { App } from './http/app.ts';
import type { Env } from './http/env.ts';
import {
  type Invocation,
  openCacheReader,
  openDeadLetters,
  openKv,
  openShards,
  queueInvocation,
} from './http/wiring.ts';
import type { ShardClient } from './shards/client/shard-client.ts';
import { isDeadLetterQueue } from './shards/dead-letter.ts';
import type { InvalidationEvent } from './shards/invalidation.ts';
import type { CacheableRead } from './shards/plan/read.ts';

/** One batch of a queue: of invalidation events or, as the name of the queue says, of dead letters. */
export async function handleQueue(
  { queue, messages }: { readonly queue: string; readonly messages: readonly QueueMessage[] },
  env: Env,
  execution: ExecutionContext,
  appOf: (env: Env) => App,
): Promise<void> {
  if (isDeadLetterQueue(queue)) return await consumeDeadLetters(messages, openDeadLetters(env));
  const app = appOf(env);
  // Shards publish by themselves what events ask for, and what is cached now may be taken back: see docs/recovery.md.
  if (app.settings.isInMaintenance) return;
  const invocation = queueInvocation(env, execution);
  const shards = openShards(app, invocation);
  const hot: CacheableRead[] = [];
  const publish = async (...asked: Parameters<ShardClient['publish']>) => {
    const published = await shards.publish(...asked);
    hot.push(...published.hot);
    return published.left;
  };
  await consumeEvents(messages, publish, (event) => audit(event, app, invocation));
  if (hot.length > 0) await refresh(hot, app, invocation);
}

// Each has a client of its own, since the deadline begins with it.

async function refresh(hot: readonly CacheableRead[], app: App, invocation: Invocation): Promise<void> {
  const { env, waitUntil } = invocation;
  await refreshHot(hot, openCacheReader(app, env, openShards(app, invocation), { waitUntil, isWarming: true }));
}

async function audit(event: InvalidationEvent, app: App, invocation: Invocation): Promise<void> {
  const kv = openKv(app, invocation.env);
  if (kv === null) return;
  const shards = openShards(app, invocation);
  const { shard, version, auditAgeMs: ageMs } = event;
  await auditCommit({ shard, version, ageMs: ageMs! }, shards, { cache: app.cache, kv, askShards: shards.readFresh });
}
