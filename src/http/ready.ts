import type { ShardClient } from '../shards/client/shard-client.ts';

/** `GET /ready`: 200 if the map is there and every shard answers, 503 with the reason of each shard that does not. */
export async function answerReady(shards: ShardClient): Promise<Response> {
  const reports = await shards.status();
  const failures = reports.flatMap(({ shard, status }) =>
    'code' in status ? [{ shard, code: status.code, message: status.message }] : [],
  );
  const isReady = failures.length === 0;
  return Response.json({ ready: isReady, shards: reports.length, failures }, { status: isReady ? 200 : 503 });
}
