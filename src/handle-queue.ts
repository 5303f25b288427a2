import { consumeEvents, type QueueMessage } from './cache/invalidation/consume-events.ts';
import { consumeDeadLetters } from './cache/invalidation/dead-letters.ts';
import type { App } from './http/app.ts';
import type { Env } from './http/env.ts';
import { createShardClient } from './shards/client/create-shard-client.ts';
import { DeadLetters } from './shards/client/dead-letters.ts';
import { DEVELOPER } from './shards/protocol.ts';

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
  const { model, routerState, routerSettings } = appOf(env);
  const shards = createShardClient({
    model,
    env,
    state: routerState,
    settings: routerSettings,
    // Publishing shows nobody any row.
    caller: DEVELOPER,
    waitUntil: (work) => execution.waitUntil(work),
  });
  await consumeEvents(messages, (shard, shardKeys) => shards.publish(shard, shardKeys));
}
