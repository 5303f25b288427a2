import { errorToWire, ShardQLError, type WireError, wireToError } from '../../errors.ts';
import { PROTOCOL, type Refused } from '../../protocol/envelope.ts';
import type { ShardRpc } from '../../protocol/shard-rpc.ts';
import type { ShardMap } from '../../shard-map.ts';
import type { ShardConnection } from '../connection.ts';
import type { AskedShard, PingedShard } from '../shard-client.ts';
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

/**
 * A map that none of its shards knows to be old: what is asked of all shards by one that lacks a shard would leave its rows out.
 *
 * @throws ShardQLError that of a shard that does not answer.
 */
export async function confirmedMap({ scope: { deadline }, router, caller }: ShardConnection): Promise<ShardMap> {
  return await router.routed(async ({ map }): Promise<ShardMap | Misrouted> => {
    const epochs = await Promise.all(
      map.shards.map(async ({ name }) => {
        const answer = await caller.call(name, { shardKey: null, deadline }, (stub) =>
          stub.ping({ protocol: PROTOCOL }),
        );
        if (answer.status === 'REFUSED') throw wireToError(answer.error);
        return answer.epoch;
      }),
    );
    const newest = Math.max(...epochs);
    return newest > map.epoch ? new Misrouted(newest) : map;
  });
}

/** What a shard answers, or why it does not. */
interface AskedForReport<Report> {
  readonly shard: string;
  readonly status: Report | WireError;
}

/** Asks shards of the map for a report, in the map's order; a shard that gives none is there with the reason. `names`: default: all. */
export async function askAllShards<Report extends object>(
  { scope: { deadline }, router, caller }: ShardConnection,
  ask: (stub: ShardRpc) => Promise<Report | Refused>,
  names?: readonly string[],
): Promise<readonly AskedForReport<Exclude<Report, Refused>>[]> {
  const { map } = await router.current();
  const asked = map.shards.filter(({ name }) => names?.includes(name) ?? true);
  return await Promise.all(
    asked.map(async ({ name }) => {
      try {
        const report = await caller.call(name, { shardKey: null, deadline }, ask);
        return { shard: name, status: isRefused(report) ? report.error : (report as Exclude<Report, Refused>) };
      } catch (error) {
        if (!(error instanceof ShardQLError)) throw error;
        return { shard: name, status: errorToWire(error) };
      }
    }),
  );
}

const isRefused = (report: object): report is Refused => 'status' in report && report.status === 'REFUSED';

/** Asks all shards how they are. */
export async function askStatus(connection: ShardConnection, countsRows: boolean): Promise<readonly AskedShard[]> {
  const asked = await askAllShards(connection, (stub) => stub.status({ protocol: PROTOCOL, countsRows }));
  const atMs = connection.scope.timers.now();
  return asked.map((each) => ({ ...each, atMs }));
}

/** Whether these shards answer. */
export async function pingShards(
  connection: ShardConnection,
  shards: readonly string[],
): Promise<readonly PingedShard[]> {
  const asked = await askAllShards(connection, (stub) => stub.ping({ protocol: PROTOCOL }), shards);
  return asked.map(({ shard, status }) => ({ shard, error: 'code' in status ? status : null }));
}
