import { PROTOCOL } from '../protocol.ts';
import type { ShardKey } from '../shard-key.ts';
import { askShard } from './ask-shard.ts';
import { Deadline } from './deadline.ts';
import type { RequestScope } from './request-scope.ts';
import type { Router } from './router.ts';
import type { ShardCaller } from './shard-caller.ts';
import type { Published } from './shard-client.ts';

/** A shard puts one key after another to KV, with pauses and repetitions: longer than a request usually has. */
const PUBLISH_DEADLINE_MS = 120_000;

/** Lets a shard publish; repeating it changes nothing. */
export async function publish(
  shard: string,
  shardKeys: readonly ShardKey[],
  { clock }: RequestScope,
  router: Router,
  caller: ShardCaller,
): Promise<Published> {
  const deadline = new Deadline(clock, PUBLISH_DEADLINE_MS);
  const { left, hot = [] } = await askShard(shard, (stub) => stub.publish({ protocol: PROTOCOL, shardKeys }), {
    deadline,
    router,
    caller,
  });
  return { left: left as readonly ShardKey[], hot };
}
