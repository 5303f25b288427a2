import { errorToWire, ShardQLError } from '../errors.ts';
import type { Refused, ShardRpc } from '../protocol.ts';
import type { RequestScope } from './request-scope.ts';
import type { Router } from './router.ts';
import type { ShardCaller } from './shard-caller.ts';
import type { ShardReport } from './shard-client.ts';

/** Asks every shard of the map, in the map's order, for a report; a shard that gives none is there with the reason. */
export async function askAllShards<Report extends object>(
  ask: (stub: ShardRpc) => Promise<Report | Refused>,
  { deadline }: RequestScope,
  router: Router,
  caller: ShardCaller,
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
