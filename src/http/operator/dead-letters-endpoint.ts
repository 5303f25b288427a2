import { replayDeadLetters } from '../../cache/invalidation/dead-letters.ts';
import type { DeadLetters } from '../../shards/client/dead-letters.ts';
import type { ShardClient } from '../../shards/client/shard-client.ts';

/** Characters of a body that are shown. */
const EXCERPT_LENGTH = 1_000;
const MAX_SHOWN = 1_000;

/** `GET /dead-letters`: invalidation messages that could not be consumed, oldest first, the first 1,000. */
export async function listDeadLetters(box: DeadLetters): Promise<Response> {
  const deadLetters = [];
  for (let seq = 0; deadLetters.length < MAX_SHOWN; ) {
    const letters = await box.after(seq);
    if (letters.length === 0) break;
    seq = letters.at(-1)!.seq;
    for (const { id, sentAtMs, reason, body } of letters) {
      deadLetters.push({ id, sentAt: new Date(sentAtMs).toISOString(), reason, body: body.slice(0, EXCERPT_LENGTH) });
    }
  }
  return Response.json({ deadLetters });
}

/** `POST /dead-letters/replay`: publishes what they ask for. Those that cannot be published stay. */
export const replayAllDeadLetters = async (box: DeadLetters, shards: ShardClient): Promise<Response> =>
  Response.json(
    await replayDeadLetters(box, async (shard, shardKeys) => (await shards.publish(shard, shardKeys)).left),
  );
