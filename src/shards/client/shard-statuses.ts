import { errorToWire, ShardQLError, type WireError } from '../errors.ts';
import type { ShardStatus } from '../protocol.ts';
import type { RequestScope } from './request-scope.ts';
import type { Router } from './router.ts';
import type { ShardCaller } from './shard-caller.ts';

/** Asks every shard of the map, in the map's order, for its report; a shard that gives none is there with the reason. */
export async function shardStatuses(
  { deadline }: RequestScope,
  router: Router,
  caller: ShardCaller,
): Promise<readonly { readonly shard: string; readonly status: ShardStatus | WireError }[]> {
  const { map } = await router.current();
  return await Promise.all(
    map.shards.map(async ({ name }) => {
      try {
        const status = await caller.call(name, { shardKey: null, deadline }, (stub) => stub.status());
        return { shard: name, status: 'status' in status ? status.error : status };
      } catch (error) {
        if (!(error instanceof ShardQLError)) throw error;
        return { shard: name, status: errorToWire(error) };
      }
    }),
  );
}
