import { auditCommit } from './cache/audit/audit-commit.ts';
import { consumeEvents, type QueueMessage } from './cache/invalidation/consume-events.ts';
import { consumeDeadLetters } from './cache/invalidation/dead-letters.ts';
import { refreshHot } from './cache/invalidation/refresh-hot.ts';
import type { App } from './http/app.ts';
import { codeOf } from './http/core/error-response.ts';
import type { Env } from './http/env.ts';
import type { RequestMeter } from './http/monitoring/request-meter.ts';
import { openBatchTracer } from './http/tracing/open-batch-tracer.ts';
import {
  type Invocation,
  openCacheReader,
  openDeadLetters,
  openKv,
  openShards,
  queueInvocation,
} from './http/wiring/invocation.ts';
import type { ShardClient } from './shards/client/shard-client.ts';
import { isDeadLetterQueue } from './shards/dead-letter.ts';
import type { InvalidationEvent } from './shards/invalidation.ts';
import type { CacheableRead } from './shards/plan/read.ts';
import { SYSTEM } from './shards/protocol/envelope.ts';

interface QueueBatch {
  readonly queue: string;
  readonly messages: readonly QueueMessage[];
  /** Of the queue, where the platform tells. */
  readonly metadata?: { readonly metrics?: { readonly backlogCount?: number } };
}

/** One batch of a queue: of invalidation events or, as the name of the queue says, of dead letters. */
export async function handleQueue(
  batch: QueueBatch,
  env: Env,
  execution: ExecutionContext,
  appOf: (env: Env) => App,
): Promise<void> {
  const isDead = isDeadLetterQueue(batch.queue);
  // Also where the Worker's settings are wrong, so that nothing else works.
  if (isDead) await consumeDeadLetters(batch.messages, openDeadLetters(env));
  const app = appOf(env);
  const { monitoring } = app;
  const meter = monitoring.begin('queue', isDead ? 'dead-letters' : 'invalidations');
  meter.role = SYSTEM.role;
  try {
    if (isDead) monitoring.recorder.queue.deadLettered(batch.messages.length);
    else await consume(batch, env, { app, execution, meter });
  } catch (error) {
    meter.failed(codeOf(error));
    throw error;
  } finally {
    const waitUntil = (work: Promise<unknown>) => execution.waitUntil(work);
    monitoring.finish(meter, { env, waitUntil, requestId: null, scope: null });
  }
}

interface Consumer {
  readonly app: App;
  readonly execution: ExecutionContext;
  readonly meter: RequestMeter;
}

async function consume(batch: QueueBatch, env: Env, { app, execution, meter }: Consumer): Promise<void> {
  app.monitoring.recorder.queue.came(batch, app.cache.timers.now());
  // Shards publish by themselves what events ask for, and what is cached now may be taken back: see docs/recovery.md.
  if (app.settings.isInMaintenance) return;
  const tracer = openBatchTracer(batch, app.traces);
  const invocation = queueInvocation(env, execution, { meter, tracer });
  try {
    await publishAll(batch, app, invocation);
  } finally {
    tracer?.root.end();
    if (tracer) app.traces?.add(tracer, invocation.waitUntil);
  }
}

async function publishAll({ messages }: QueueBatch, app: App, invocation: Invocation): Promise<void> {
  const shards = openShards(app, invocation);
  const hot: CacheableRead[] = [];
  const publish = async (...asked: Parameters<ShardClient['publish']>) => {
    const published = await shards.publish(...asked);
    hot.push(...published.hot);
    return published.left;
  };
  await consumeEvents(
    messages,
    publish,
    (event) => audit(event, app, invocation),
    () => app.monitoring.recorder.queue.retried(),
  );
  if (hot.length > 0) await refresh(hot, app, invocation);
}

// Each has a client of its own, since the deadline begins with it.

async function refresh(hot: readonly CacheableRead[], app: App, invocation: Invocation): Promise<void> {
  const { env, waitUntil, meter, tracer } = invocation;
  const shards = openShards(app, invocation);
  await refreshHot(hot, openCacheReader(app, env, shards, { waitUntil, meter, tracer, isWarming: true }));
}

async function audit(event: InvalidationEvent, app: App, invocation: Invocation): Promise<void> {
  const kv = openKv(app, invocation.env);
  if (kv === null) return;
  const shards = openShards(app, invocation);
  const { shard, version, auditAgeMs: ageMs } = event;
  await auditCommit({ shard, version, ageMs: ageMs! }, shards, { cache: app.cache, kv, askShards: shards.readFresh });
}
