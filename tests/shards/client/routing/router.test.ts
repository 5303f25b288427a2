import { describe, expect, it } from 'vitest';
import { createRouterState } from '../../../../src/shards/client/create-shard-client.ts';
import type { ShardClient } from '../../../../src/shards/client/shard-client.ts';
import { compilePlan } from '../../../../src/shards/plan/compiled-plan.ts';
import { MAP_KV_KEY } from '../../../../src/shards/shard-map.ts';
import { SLOT_COUNT } from '../../../../src/shards/slots.ts';
import { FakeCluster, item, ownerKey, platformError } from '../fake-cluster.ts';
import { itemByKey } from '../plans.ts';

const owners = Array.from({ length: 30 }, (_, index) => `owner-${index}`);
const filled = (shardCount: number) => {
  const cluster = new FakeCluster(shardCount);
  cluster.put(...owners.map((owner) => item(owner, 'x')));
  return cluster;
};
const readAll = (client: ShardClient) =>
  client.read({
    plan: compilePlan(itemByKey),
    values: [],
    keys: owners.map((owner) => [owner, 'x']),
    shardKeys: owners.map(ownerKey),
  });
const EVERY_ROW = owners.map((owner) => [owner, 'x', null]);
const read = { plan: compilePlan(itemByKey), values: [], keys: [['owner-0', 'x']], shardKeys: [ownerKey('owner-0')] };
const ALL_SLOTS = [0, SLOT_COUNT - 1] as const;

describe('the map', () => {
  it('is fetched once for all reads of a request and all requests of an isolate', async () => {
    const cluster = filled(4);
    const state = createRouterState();
    const client = cluster.client({ state });
    await Promise.all([readAll(client), readAll(client), readAll(client)]);
    await readAll(cluster.client({ state }));
    expect(cluster.mapFetches).toBe(1);
  });

  it('is renewed when a shard says that it is old; only what was refused is asked again', async () => {
    const cluster = filled(4);
    const state = createRouterState();
    await readAll(cluster.client({ state }));
    cluster.move([0, SLOT_COUNT / 4 - 1], 'shard-3');
    const client = cluster.client({ state });
    expect(await readAll(client)).toEqual(EVERY_ROW);
    expect(cluster.mapFetches).toBe(2);
    expect(client.trace.rpcs).toBe(4 + 1);
    const again = cluster
      .shard('shard-3')
      .reads.at(-1)!
      .calls.flatMap(({ keys }) => keys);
    expect(again.length).toBeLessThan(owners.length / 2);
  });

  it('is asked of the catalog until an owner answers, while slots change hands', async () => {
    const cluster = filled(2);
    const state = createRouterState();
    await readAll(cluster.client({ state }));
    // The old owner has given up, the new one is told only when the catalog is asked for the third time.
    const source = cluster.shard('shard-0');
    const { slots } = source;
    source.epoch = 2;
    source.slots = [];
    cluster.beforeMap = () => {
      if (cluster.mapFetches < 4) return;
      source.epoch = 0;
      void source.setOwnedSlots(3, slots);
    };
    expect(await readAll(cluster.client({ state, settings: { retryPauseMs: 1 } }))).toEqual(EVERY_ROW);
    expect(cluster.mapFetches).toBe(4);
  });

  it('that never comes to rest is a typed error after a bounded number of attempts', async () => {
    const cluster = filled(2);
    cluster.shard('shard-0').slots = [];
    const client = cluster.client({ settings: { retryPauseMs: 1, maxRoutingAttempts: 5 } });
    await expect(readAll(client)).rejects.toMatchObject({
      code: 'SHARD_UNAVAILABLE',
      details: { retryable: true, retryAfterMs: expect.any(Number) },
    });
    expect(cluster.shard('shard-0').reads.length).toBe(5);
  });

  it('F40: a thousand requests of an isolate with an old map fetch it a few times', { timeout: 120_000 }, async () => {
    const cluster = filled(4);
    const state = createRouterState();
    await readAll(cluster.client({ state }));
    cluster.move(ALL_SLOTS, 'new-shard');
    cluster.beforeMap = () => new Promise((resolve) => setTimeout(resolve, 5));
    // Waiting long enough on a busy machine, too.
    const patience = { requestDeadlineMs: 60_000, mapFetchPatienceMs: 60_000 };
    const settings = { maxInFlightPerShard: 1_000, maxInFlightPerShardKey: 1_000, ...patience };
    const clients = Array.from({ length: 1_000 }, () => cluster.client({ state, settings }));
    const answers = await Promise.all(clients.map((client) => client.read(read)));
    for (const answer of answers) expect(answer).toEqual([['owner-0', 'x', null]]);
    expect(cluster.mapFetches).toBeLessThan(10);
  });

  it('that turns out not to be newer is not fetched again by all who waited for it', async () => {
    const cluster = filled(1);
    const state = createRouterState();
    await readAll(cluster.client({ state }));
    cluster.shard('shard-0').slots = [];
    cluster.beforeMap = () => new Promise((resolve) => setTimeout(resolve, 20));
    const clients = Array.from({ length: 50 }, () => cluster.client({ state, settings: { maxRoutingAttempts: 2 } }));
    await Promise.allSettled(clients.map((client) => client.read(read)));
    expect(cluster.mapFetches).toBeLessThan(5);
  });

  it('F40: a thousand isolates with an old map get it from KV, or ask the catalog once each', {
    timeout: 120_000,
  }, async () => {
    const settings = { requestDeadlineMs: 60_000 };
    for (const hasKv of [true, false]) {
      const cluster = filled(4);
      const KV = hasKv ? { get: async () => structuredClone(cluster.map) } : undefined;
      const env = { ...cluster.env, KV };
      const states = Array.from({ length: 1_000 }, createRouterState);
      for (const state of states) state.adopt(cluster.map);
      cluster.move(ALL_SLOTS, 'new-shard');
      await Promise.all(
        states.map(async (state) =>
          expect(await cluster.client({ env, state, settings }).read(read)).toEqual([['owner-0', 'x', null]]),
        ),
      );
      expect(cluster.mapFetches).toBe(hasKv ? 0 : 1_000);
    }
  });

  it('is renewed in the background when an answer tells of a newer one', async () => {
    const cluster = filled(4);
    const state = createRouterState();
    const work: Promise<unknown>[] = [];
    const timers = { now: () => cluster.map.epoch * 60_000 };
    const client = () => cluster.client({ state, timers, waitUntil: (promise) => work.push(promise) });
    await readAll(client());
    expect(work).toEqual([]);
    // Nothing that is read has moved, but its shards know.
    cluster.move([16_383, 16_383], 'new-shard');
    await readAll(client());
    await Promise.all(work);
    expect(state.routing!.epoch).toBe(2);
  });

  it('made with another slot hash is refused', async () => {
    const cluster = filled(1);
    cluster.map = { ...cluster.map, slotHash: 'murmur3' };
    await expect(readAll(cluster.client())).rejects.toMatchObject({ message: expect.stringContaining('murmur3') });
  });

  it('of another jurisdiction is refused, from KV too: an empty deployment would seem to have lost its rows', async () => {
    const cluster = filled(1);
    const inEu = { ...cluster.env, SHARDQL_JURISDICTION: 'eu' };
    const refused = {
      code: 'INTERNAL_SERVER_ERROR',
      message: expect.stringMatching(/"eu", as .* got shards in no juris/),
    };
    const copy = { get: async () => cluster.map };
    await expect(readAll(cluster.client({ env: { ...inEu, KV: copy } }))).rejects.toMatchObject(refused);
    expect(cluster.mapFetches).toBe(0);
    await expect(readAll(cluster.client({ env: inEu }))).rejects.toMatchObject(refused);
    cluster.map = { ...cluster.map, jurisdiction: 'eu' };
    expect(await readAll(cluster.client({ env: inEu }))).toEqual(EVERY_ROW);
    await expect(readAll(cluster.client())).rejects.toMatchObject({
      message: expect.stringMatching(/^Expected shards in no jurisdiction, .* but got shards in the jurisdiction "eu"/),
    });
  });
});

describe('the copy in KV', () => {
  const stored = (value: unknown) => ({ get: async (key: string) => (key === MAP_KV_KEY ? value : null) });

  it('spares a new isolate the catalog, even when it is old', async () => {
    const cluster = filled(4);
    const env = { ...cluster.env, KV: stored(cluster.map) };
    expect(await readAll(cluster.client({ env }))).toEqual(EVERY_ROW);
    expect(cluster.mapFetches).toBe(0);
    cluster.move(ALL_SLOTS, 'new-shard');
    expect(await readAll(cluster.client({ env }))).toEqual(EVERY_ROW);
    expect(cluster.mapFetches).toBe(1);
  });

  it.each([
    ['missing', null],
    ['of another shape', { epoch: 1, slotHash: 'crc16-xmodem', shards: [{ name: 'shard-0' }] }],
    [
      'without some slots',
      { epoch: 9, slotHash: 'crc16-xmodem', shards: [{ name: 'shard-0', generation: 1, ranges: [[0, 9]] }] },
    ],
  ])('that is %s is passed over', async (_, value) => {
    const cluster = filled(2);
    expect(await readAll(cluster.client({ env: { ...cluster.env, KV: stored(value) } }))).toEqual(EVERY_ROW);
    expect(cluster.mapFetches).toBe(1);
  });

  it('that cannot be read is passed over', async () => {
    const cluster = filled(2);
    const KV = {
      get: async () => {
        throw new Error('KV GET failed: 503');
      },
    };
    expect(await readAll(cluster.client({ env: { ...cluster.env, KV } }))).toEqual(EVERY_ROW);
  });
});

describe('the catalog', () => {
  it('is asked again after a failure, then given up with a typed error', async () => {
    const cluster = filled(2);
    cluster.beforeMap = () => {
      if (cluster.mapFetches < 3) throw platformError('Network connection lost.', { retryable: true });
    };
    const settings = { retryPauseMs: 1 };
    expect(await readAll(cluster.client({ settings }))).toEqual(EVERY_ROW);
    cluster.beforeMap = () => {
      throw new Error('secret');
    };
    const failure = await readAll(cluster.client({ settings })).catch((error) => error);
    expect(failure).toMatchObject({ code: 'SHARD_UNAVAILABLE', details: { retryable: true } });
    expect(failure.message).not.toContain('secret');
  });

  it("a request never waits on another request's fetch: not even if that one never ends", async () => {
    const cluster = filled(2);
    const state = createRouterState();
    cluster.beforeMap = () => (cluster.mapFetches === 1 ? new Promise(() => {}) : undefined);
    const settings = { requestDeadlineMs: 2_000, mapFetchPatienceMs: 30 };
    const abandoned = readAll(cluster.client({ state, settings })).catch((error) => error);
    expect(await readAll(cluster.client({ state, settings }))).toEqual(EVERY_ROW);
    expect(await abandoned).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
    expect(await readAll(cluster.client({ state, settings }))).toEqual(EVERY_ROW);
  });
});
