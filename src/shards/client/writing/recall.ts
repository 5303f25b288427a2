import { wireToError } from '../../errors.ts';
import { PROTOCOL_OF } from '../../protocol/envelope.ts';
import type { ShardKey } from '../../shard-key.ts';
import { isExactCover } from '../../slots.ts';
import type { ShardConnection } from '../connection.ts';
import { tooManyShards } from '../failures.ts';
import { Misrouted } from '../routing/router.ts';

/**
 * The shard key under which a write was made with this idempotency id, in whichever shard; null: none was. Every shard is
 * asked, and one that fails fails it: what is not found is made.
 */
export async function recall({ scope, router, caller }: ShardConnection, id: string): Promise<ShardKey | null> {
  const { deadline, settings, requestId } = scope;
  const request = { protocol: PROTOCOL_OF.keyedWrites, requestId, id };
  return await router.routed(async ({ owners, epoch }) => {
    if (owners.length > settings.maxScatterShards) throw tooManyShards(owners.length, settings.maxScatterShards);
    const answers = await Promise.all(
      owners.map(async (shard) => {
        const answer = await caller.call(shard, { shardKey: null, deadline }, (stub) => stub.recall(request));
        if (answer.status === 'REFUSED') throw wireToError(answer.error);
        return answer;
      }),
    );
    const slots = answers.flatMap((answer) => answer.slots);
    if (
      !isExactCover(
        slots,
        answers.flatMap(({ placedAway = [] }) => placedAway),
      )
    ) {
      return new Misrouted(Math.max(epoch, ...answers.map((answer) => answer.epoch)));
    }
    return answers.find(({ shardKey }) => shardKey !== null)?.shardKey ?? null;
  });
}
