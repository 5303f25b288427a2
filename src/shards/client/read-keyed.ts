import type { FreshAnswer, FreshRead } from '../plan/read.ts';
import type { ShardKey } from '../shard-key.ts';
import { groupByOwner } from './group-by-owner.ts';
import type { ReadLoader } from './read-loader.ts';
import type { Router } from './router.ts';
import { Misrouted } from './router.ts';

/** Reads keys whose shard keys are known: each is answered by the one shard that owns it. */
export async function readKeyed(
  { plan: { text: plan }, values, keys, cacheable, lifeMs }: FreshRead,
  shardKeys: readonly ShardKey[],
  router: Router,
  loader: ReadLoader,
): Promise<readonly FreshAnswer[]> {
  const answers = new Array<FreshAnswer>(keys.length);
  let open: readonly number[] = [...keys.keys()];

  await router.routed(async (routing) => {
    const misrouted: number[] = [];
    let toldEpoch = 0;
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
      });
      if (reply.status === 'FAILED') throw reply.error;
      if (reply.status === 'OK') {
        const { asOf } = reply;
        const epoch = Math.max(routing.epoch, reply.epoch);
        for (const [place, index] of indices.entries()) {
          const snapshots = [{ shard, asOf, changed: reply.changed[place]! }];
          answers[index] = { answer: reply.answers[place]!, snapshots, epoch };
        }
      } else {
        misrouted.push(...indices);
        toldEpoch = Math.max(toldEpoch, reply.epoch);
      }
    };
    const indicesByShard = groupByOwner(open, (index) => shardKeys[index]!, routing);
    await Promise.all([...indicesByShard].map(([shard, indices]) => readFrom(shard, indices)));
    open = misrouted;
    return open.length > 0 ? new Misrouted(toldEpoch) : null;
  });
  return answers;
}
