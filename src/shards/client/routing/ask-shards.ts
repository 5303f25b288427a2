import { errorToWire, ShardQLError, wireToError } from '../../errors.ts';
import type { Refused } from '../../protocol/envelope.ts';
import type { ShardRpc } from '../../protocol/shard-rpc.ts';
import type { ShardConnection } from '../connection.ts';
import type { ShardReport } from '../shard-client.ts';
import { Misrouted } from './router.ts';

/**
 * Asks a shard by name, whatever it owns. Throws what it is refused with, and if no map names such a shard: to ask for an
 * object by any name would create it.
 */
export async function askShard<Answer extends { readonly status: 'OK' }>(
  { scope, router, caller }: ShardConnection,
  shard: string,
  ask: (stub: ShardRpc) => Promise<Answer | Refused>,
  deadline = scope.deadline,
): Promise<Answer> {
  return await router.routed(async ({ map }) => {
    if (!map.shards.some(({ name }) => name === shard)) return new Misrouted(map.epoch);
    const answer = await caller.call(shard, { shardKey: null, deadline }, ask);
    if (answer.status === 'REFUSED') throw wireToError(answer.error);
    return answer;
  });
}

/** Asks every shard of the map, in the map's order, for a report; a shard that gives none is there with the reason. */
export async function askAllShards<Report extends object>(
  { scope: { deadline }, router, caller }: ShardConnection,
  ask: (stub: ShardRpc) => Promise<Report | Refused>,
): Promise<readonly ShardReport<Report>[]> {
  const { map } = await router.current();
  return await Promise.all(
    map.shards.map(async ({ name }) => {
      try {
        const report = await caller.call(name, { shardKey: null, deadline }, ask);
        return { shard: name, status: 'status' in report ? report.error : (report as Report) };
      } catch (error) {
        if (!(error instanceof ShardQLError)) throw error;
        return { shard: name, status: errorToWire(error) };
      }
    }),
  );
}
