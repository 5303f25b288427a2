import type { ShardClient } from '../shards/client/shard-client.ts';

/** `GET /health`: the Worker runs; nothing about the shards. Needs no caller and no settings. */
export const answerHealth = (): Response =>
  new Response('ok\n', { headers: { 'content-type': 'text/plain; charset=utf-8' } });

/** `GET /ready`: 200 if the map is there and every shard answers, 503 with the reason of each shard that does not. */
export async function answerReady(shards: ShardClient): Promise<Response> {
  const reports = await shards.status();
  const failures = reports.flatMap(({ shard, status }) =>
    'code' in status ? [{ shard, code: status.code, message: status.message }] : [],
  );
  const isReady = failures.length === 0;
  return Response.json({ ready: isReady, shards: reports.length, failures }, { status: isReady ? 200 : 503 });
}
