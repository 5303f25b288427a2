import { wireToError } from '../errors.ts';
import { PROTOCOL } from '../protocol.ts';
import type { ShardKey } from '../shard-key.ts';
import { Deadline } from './deadline.ts';
import type { RequestScope } from './request-scope.ts';
import { Misrouted, type Router } from './router.ts';
import type { ShardCaller } from './shard-caller.ts';

/** A shard puts one key after another to KV, with pauses and repetitions: longer than a request usually has. */
const PUBLISH_DEADLINE_MS = 120_000;

/**
 * Lets a shard publish; repeating it changes nothing. Gives the shard keys that it could not publish. Throws if no map
 * names such a shard: to ask for an object by any name would create it.
 */
export async function publish(
  shard: string,
  shardKeys: readonly ShardKey[],
  { clock }: RequestScope,
  router: Router,
  caller: ShardCaller,
): Promise<readonly ShardKey[]> {
  const deadline = new Deadline(clock, PUBLISH_DEADLINE_MS);
  return await router.routed(async ({ map }) => {
    if (!map.shards.some(({ name }) => name === shard)) return new Misrouted(map.epoch);
    const answer = await caller.call(shard, { shardKey: null, deadline }, (stub) =>
      stub.publish({ protocol: PROTOCOL, shardKeys }),
    );
    if (answer.status === 'REFUSED') throw wireToError(answer.error);
    return answer.left as readonly ShardKey[];
  });
}
