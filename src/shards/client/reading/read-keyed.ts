import type { FreshAnswer, FreshRead } from '../../plan/read.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { ShardConnection } from '../connection.ts';
import { groupByOwner } from '../routing/group-by-owner.ts';
import { Misrouted } from '../routing/router.ts';
import type { ReadLoader } from './read-loader.ts';

/** Reads keys whose shard keys are known: each is answered by the one shard that owns it. */
export async function readKeyed(
  { router }: ShardConnection,
  loader: ReadLoader,
  { plan: { text: plan }, values, keys, cacheable, lifeMs, asOf, meter }: FreshRead,
  shardKeys: readonly ShardKey[],
): Promise<readonly FreshAnswer[]> {
  const answers = new Array<FreshAnswer>(keys.length);
  let open: readonly number[] = [...keys.keys()];

  await router.routed(async (routing) => {
    const misrouted: number[] = [];
    let newestEpoch = 0;
    const readFrom = async (shard: string, indices: readonly number[]) => {
      const reply = await loader.load({
        shard,
        epoch: routing.epoch,
        plan,
        values,
        keys: indices.map((index) => keys[index]!),
        shardKeys: indices.map((index) => shardKeys[index]!),
        cacheable,
        lifeMs,
        asOf,
      });
      if (reply.status === 'FAILED') throw reply.error;
      if (reply.status === 'OK') {
        const { asOf: answeredAsOf, coveredMs } = reply;
        if (meter) meter.rowsRead += reply.rowsRead;
        const epoch = Math.max(routing.epoch, reply.epoch);
        for (const [place, index] of indices.entries()) {
          const snapshots = [{ shard, asOf: answeredAsOf, changed: reply.changed[place]! }];
          answers[index] = { answer: reply.answers[place]!, snapshots, epoch, coveredMs };
        }
      } else {
        misrouted.push(...indices);
        newestEpoch = Math.max(newestEpoch, reply.epoch);
      }
    };
    const indicesByShard = groupByOwner(open, (index) => shardKeys[index]!, routing);
    await Promise.all([...indicesByShard].map(([shard, indices]) => readFrom(shard, indices)));
    open = misrouted;
    return open.length > 0 ? new Misrouted(newestEpoch) : null;
  });
  return answers;
}
