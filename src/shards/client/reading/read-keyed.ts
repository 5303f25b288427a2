import type { FreshAnswer, FreshRead } from '../../plan/read.ts';
import type { ShardKey } from '../../shard-key.ts';
import type { ShardConnection } from '../connection.ts';
import { groupByOwner } from '../routing/group-by-owner.ts';
import { Misrouted } from '../routing/router.ts';
import type { PartReply, ReadLoader } from './read-loader.ts';

/** Reads keys whose shard keys are known: each is answered by the one shard that owns it. */
export async function readKeyed(
  { router }: ShardConnection,
  loader: ReadLoader,
  { plan: { text: plan }, values, keys, shape, cacheable, lifeMs, asOf, meter, isAlone }: FreshRead,
  shardKeys: readonly ShardKey[],
): Promise<readonly FreshAnswer[]> {
  const answers = new Array<FreshAnswer>(keys.length);
  let open: readonly number[] = [...keys.keys()];

  await router.routed(async (routing) => {
    const misrouted: number[] = [];
    let newestEpoch = 0;
    const take = (reply: PartReply, shard: string, indices: readonly number[]) => {
      if (reply.status === 'FAILED') throw reply.error;
      if (reply.status === 'OK') {
        const { asOf: answeredAsOf, coveredMs, text } = reply;
        if (meter) meter.rowsRead += reply.rowsRead;
        const epoch = Math.max(routing.epoch, reply.epoch);
        for (const [place, index] of indices.entries()) {
          const snapshots = [{ shard, asOf: answeredAsOf, changed: reply.changed[place]! }];
          answers[index] = { answer: reply.answers[place]!, text, snapshots, epoch, coveredMs };
        }
      } else {
        misrouted.push(...indices);
        newestEpoch = Math.max(newestEpoch, reply.epoch);
      }
    };
    const owned = [...groupByOwner(open, (index) => shardKeys[index]!, routing)];
    const parts = owned.map(([shard, indices]) => ({
      shard,
      epoch: routing.epoch,
      plan,
      values,
      shape,
      keys: indices.map((index) => keys[index]!),
      shardKeys: indices.map((index) => shardKeys[index]!),
      cacheable,
      lifeMs,
      asOf,
    }));
    const replies = isAlone ? loader.loadAll(parts) : parts.map((part) => loader.load(part));
    if (replies.length === 1) take(await replies[0]!, ...owned[0]!);
    else await Promise.all(replies.map(async (reply, at) => take(await reply, ...owned[at]!)));
    open = misrouted;
    return open.length > 0 ? new Misrouted(newestEpoch) : null;
  });
  return answers;
}
