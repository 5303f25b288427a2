import { describe, expect, it } from 'vitest';
import { answerReady } from '../../src/http/health.ts';
import type { ShardClient } from '../../src/shards/client/shard-client.ts';

const MINUTE_MS = 60_000;

/** A deployment of so many shards, and what a probe asks of it. */
function createLab(count: number, failing: readonly string[] = []) {
  const names = Array.from({ length: count }, (_, at) => `shard-${at}`);
  const asked: (readonly string[])[] = [];
  const shards = {
    map: async () => ({ shards: names.map((name) => ({ name })) }),
    ping: async (shards: readonly string[]) => {
      asked.push(shards);
      return shards.map((shard) => ({
        shard,
        error: failing.includes(shard) ? { code: 'SHARD_UNAVAILABLE', message: 'down', details: {} } : null,
      }));
    },
  } as unknown as ShardClient;
  return { names, asked, probe: (nowMs: number) => answerReady(shards, nowMs) };
}

describe('GET /ready', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 64, 1_000])('asks of %i shards at most three, and all in their turn', async (count) => {
    const { names, asked, probe } = createLab(count);
    const turns = Math.ceil(count / 3);
    for (let turn = 0; turn < turns; turn++) await probe(turn * MINUTE_MS);
    for (const shards of asked) expect(new Set(shards).size).toBe(Math.min(3, count));
    expect(new Set(asked.flat())).toEqual(new Set(names));
  });

  it('asks the same ones for a minute, however many probes there are', async () => {
    const { asked, probe } = createLab(64);
    for (let second = 0; second < 60; second++) await probe(MINUTE_MS + second * 1_000);
    expect(new Set(asked.flat()).size).toBe(3);
  });

  it('names the shards that fail', async () => {
    const answer = await createLab(4, ['shard-1']).probe(0);
    expect([answer.status, await answer.json()]).toEqual([
      503,
      {
        ready: false,
        shards: 4,
        asked: 3,
        failures: [{ shard: 'shard-1', code: 'SHARD_UNAVAILABLE', message: 'down' }],
      },
    ]);
  });
});
