import type { ShardClient } from '../shards/client/shard-client.ts';

/** `GET /health`: the Worker runs; nothing about the shards. Needs no caller and no settings. */
export const answerHealth = (): Response =>
  new Response('ok\n', { headers: { 'content-type': 'text/plain; charset=utf-8' } });

/** Shards that a probe asks. */
const SAMPLE_SHARDS = 3;
/** Probes ask the same ones for as long, in milliseconds: however many there are, they wake no others meanwhile. */
const TURN_MS = 60_000;

/**
 * `GET /ready`: 200 if the map is there and a sample of its shards answers, else 503 with the reasons. It costs the same whatever the
 * number of shards and rows: no row is read, and at most three shards are asked, those whose turn it is in this minute.
 */
export async function answerReady(shards: ShardClient, nowMs: number): Promise<Response> {
  const { shards: placements } = await shards.map();
  const sample = sampleOf(
    placements.map(({ name }) => name),
    nowMs,
  );
  const asked = await shards.ping(sample);
  const failures = asked.flatMap(({ shard, error }) =>
    error === null ? [] : [{ shard, code: error.code, message: error.message }],
  );
  const isReady = failures.length === 0;
  return Response.json(
    { ready: isReady, shards: placements.length, asked: asked.length, failures },
    { status: isReady ? 200 : 503 },
  );
}

/** Within so many minutes as there are samples, all have had their turn. */
function sampleOf<T>(all: readonly T[], nowMs: number): T[] {
  const first = Math.floor(nowMs / TURN_MS) * SAMPLE_SHARDS;
  const length = Math.min(SAMPLE_SHARDS, all.length);
  return Array.from({ length }, (_, at) => all[(first + at) % all.length]!);
}
