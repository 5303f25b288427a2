import { wireToError } from '../errors.ts';
import type { Refused, ShardRpc } from '../protocol.ts';
import type { Deadline } from './deadline.ts';
import { Misrouted, type Router } from './router.ts';
import type { ShardCaller } from './shard-caller.ts';

/**
 * Asks a shard by name, whatever it owns. Throws what it is refused with, and if no map names such a shard: to ask for an
 * object by any name would create it.
 */
export async function askShard<Answer extends { readonly status: 'OK' }>(
  shard: string,
  ask: (stub: ShardRpc) => Promise<Answer | Refused>,
  { deadline, router, caller }: { readonly deadline: Deadline; readonly router: Router; readonly caller: ShardCaller },
): Promise<Answer> {
  return await router.routed(async ({ map }) => {
    if (!map.shards.some(({ name }) => name === shard)) return new Misrouted(map.epoch);
    const answer = await caller.call(shard, { shardKey: null, deadline }, ask);
    if (answer.status === 'REFUSED') throw wireToError(answer.error);
    return answer;
  });
}
