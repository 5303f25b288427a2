import { describe, expect, it } from 'vitest';
import { createRouterState } from '../../../../src/shards/client/create-shard-client.ts';
import { Admission, type CallClass } from '../../../../src/shards/client/routing/admission.ts';
import { compilePlan } from '../../../../src/shards/plan/compiled-plan.ts';
import { FakeCluster, item, ownerKey } from '../fake-cluster.ts';
import { itemByKey, itemPage } from '../plans.ts';

const limits = { maxInFlightPerShard: 4, maxInFlightPerShardKey: 2, maxShardQueueMs: 25 };

const callOf = (shardKey: string | null): CallClass => ({ shardKey, role: 'user', isPrior: false });

describe('admission', () => {
  it('bounds the calls of a shard, and the share of one shard key', () => {
    const admission = new Admission();
    const admit = (shard: string, shardKey: string | null) =>
      admission.admit(shard, callOf(shardKey), 0, 1_000, limits);
    const first = admit('s', 't:a');
    expect(first).not.toBeNull();
    expect(admit('s', 't:a')).not.toBeNull();
    expect(admit('s', 't:a')).toBeNull();
    expect(admit('s', 't:b')).not.toBeNull();
    expect(admit('s', null)).not.toBeNull();
    expect(admit('s', 't:c')).toBeNull();
    expect(admit('other', 't:a')).not.toBeNull();
    admission.release(first!);
    admission.release(first!);
    expect(admission.inFlight('s')).toBe(3);
    expect(admit('s', 't:a')).not.toBeNull();
    expect(admit('s', 't:c')).toBeNull();
  });

  it('forgets calls whose request was dropped, once their time is over', () => {
    const admission = new Admission();
    for (let call = 0; call < 4; call++) admission.admit('s', callOf(`t:${call}`), 0, 1_000, limits);
    expect(admission.admit('s', callOf('t:a'), 999, 2_000, limits)).toBeNull();
    expect(admission.admit('s', callOf('t:a'), 1_000, 2_000, limits)).not.toBeNull();
    expect(admission.inFlight('s')).toBe(1);
  });
});

describe('admission while calls wait', () => {
  const bounds = { maxInFlightPerShard: 512, maxInFlightPerShardKey: 256, maxShardQueueMs: 25 };

  /** Within this, shares have fallen or risen. */
  const LONG_MS = 20_000;

  /** So many calls of one shard key at the same time, each of which takes so long. */
  function batch(admission: Admission, calls: number, startMs: number, tookMs: number): number {
    const permits = Array.from({ length: calls }, () =>
      admission.admit('s', callOf('t:a'), startMs, startMs + 10_000, bounds),
    ).filter((permit) => permit !== null);
    for (const permit of permits) admission.ended(permit, startMs + tookMs, bounds);
    return permits.length;
  }

  /** After it, one call of a shard key may be in flight. */
  function untilOneFits(admission: Admission): number {
    batch(admission, 5, 0, 5);
    let nowMs = 200;
    for (; batch(admission, 32, nowMs, 200) > 5; nowMs += 200) expect(nowMs).toBeLessThan(LONG_MS);
    for (let round = 0; round < 10; round++, nowMs += 200)
      for (let call = 0; call < 5; call++) batch(admission, 1, nowMs, 200);
    return nowMs;
  }

  it('falls by half until calls are as quick as before, and rises again', () => {
    const admission = new Admission();
    batch(admission, 5, 0, 5);
    const admitted = [200, 400, 600, 800].map((nowMs) => batch(admission, 32, nowMs, 200));
    // After the second, the total falls to half too, and one shard key may have half of that.
    expect(admitted).toEqual([32, 32, 8, 4]);
    let nowMs = 1_000;
    for (; batch(admission, 32, nowMs, 5) < 32; nowMs += 150) expect(nowMs).toBeLessThan(LONG_MS);
  });

  it('is not touched by calls that take long, as long as one of them does not', () => {
    const admission = new Admission();
    for (let nowMs = 0; nowMs < 5_000; nowMs += 200) {
      expect(batch(admission, 32, nowMs, 190)).toBe(32);
      batch(admission, 1, nowMs, 5);
    }
  });

  it('leaves a call to each shard key, and all to ShardQL itself', () => {
    const admission = new Admission();
    const nowMs = untilOneFits(admission);
    const admit = (of: CallClass) => admission.admit('s', of, nowMs, nowMs + 10_000, bounds);
    expect(admit(callOf('t:a'))).not.toBeNull();
    expect(admit(callOf('t:a'))).toBeNull();
    expect(admit(callOf('t:b'))).not.toBeNull();
    expect(admit(callOf(null))).not.toBeNull();
    expect(admit({ ...callOf('t:a'), isPrior: true })).not.toBeNull();
  });

  it('does not take permits for held that a dropped request has left behind', () => {
    const admission = new Admission();
    const nowMs = untilOneFits(admission);
    const admitAt = (atMs: number) => admission.admit('s', callOf('t:a'), atMs, atMs + 10_000, bounds);
    expect(admitAt(nowMs)).not.toBeNull();
    expect(admitAt(nowMs + 1_900)).toBeNull();
    expect(admitAt(nowMs + 2_100)).not.toBeNull();
    expect(admission.inFlight('s')).toBe(2);
  });

  it('lets nobody pass a queue, nor any queue grow beyond what may be in flight', () => {
    const admission = new Admission();
    const nowMs = untilOneFits(admission);
    const held = admission.admit('s', callOf('t:a'), nowMs, nowMs + 10_000, bounds)!;
    const enqueue = () => admission.enqueue('s', callOf('t:a'), nowMs, nowMs + 1_000, bounds);
    const place = enqueue()!;
    for (let call = 2; call < bounds.maxInFlightPerShardKey; call++) expect(enqueue()).not.toBeNull();
    expect(enqueue()).toBeNull();
    admission.release(held);
    expect(admission.admit('s', callOf('t:a'), nowMs, nowMs + 10_000, bounds)).toBeNull();
    const admitted = admission.admit('s', callOf('t:a'), nowMs, nowMs + 10_000, bounds, place)!;
    admission.release(admitted);
    // All have gone.
    expect(admission.admit('s', callOf('t:a'), nowMs + 1_000, nowMs + 10_000, bounds)).not.toBeNull();
  });
});

describe('a place in the queue', () => {
  const bounds = { maxInFlightPerShard: 512, maxInFlightPerShardKey: 256, maxShardQueueMs: 25 };

  it('is renewed while there are no more than four calls, queued ones included', () => {
    const admission = new Admission();
    const enqueue = (of: string, nowMs: number) => admission.enqueue('s', callOf(of), nowMs, nowMs + 1_000, bounds)!;
    admission.admit('s', callOf('t:a'), 0, 10_000, bounds);
    const [, , last] = [enqueue('t:a', 0), enqueue('t:a', 0), enqueue('t:b', 0)];
    const renewed = admission.renew('s', last!, 500, 2_000)!;
    expect(renewed.untilMs).toBe(2_000);
    enqueue('t:c', 0);
    expect(admission.renew('s', renewed, 600, 3_000)).toBeNull();
  });

  it('expires, whatever its shard key, should its request be dropped', () => {
    const admission = new Admission();
    const few = { ...bounds, maxInFlightPerShard: 8 };
    const enqueue = (of: string, nowMs: number) => admission.enqueue('s', callOf(of), nowMs, nowMs + 1_000, few);
    for (let call = 0; call < 8; call++) expect(enqueue(`t:${call}`, 0)).not.toBeNull();
    expect(enqueue('t:late', 999)).toBeNull();
    const late = enqueue('t:late', 1_000)!;
    expect(admission.pauseMs('s')).toBeLessThan(6);
    expect(admission.renew('s', late, 1_900, 2_900)).not.toBeNull();
  });

  it('is renewed after others have expired', () => {
    const admission = new Admission();
    const enqueue = (of: string, nowMs: number) => admission.enqueue('s', callOf(of), nowMs, nowMs + 1_000, bounds)!;
    for (let call = 0; call < 4; call++) enqueue(`t:${call}`, 0);
    expect(admission.renew('s', enqueue('t:late', 900), 1_900, 2_900)).not.toBeNull();
  });
});

describe('an overloaded shard', () => {
  const settings = { maxInFlightPerShard: 10, maxInFlightPerShardKey: 6, requestDeadlineMs: 60_000 };

  /** A cluster whose shard `hot` belongs to answers only after `open()`. */
  function overloaded() {
    const cluster = new FakeCluster(4);
    const owners = Array.from({ length: 60 }, (_, index) => `owner-${index}`);
    cluster.put(...owners.map((owner) => item(owner, 'x')));
    const hot = cluster.shardOf('owner-0');
    let open = () => {};
    const gate = new Promise<void>((resolve) => {
      open = resolve;
    });
    hot.before = () => gate;
    const state = createRouterState();
    state.adopt(cluster.map);
    const read = (owner: string) =>
      cluster
        .client({ state, settings })
        .read({ plan: compilePlan(itemByKey), values: [], keys: [[owner, 'x']], shardKeys: [ownerKey(owner)] });
    const sameShard = owners.filter((owner) => owner !== 'owner-0' && cluster.shardOf(owner) === hot);
    const elsewhere = owners.filter((owner) => cluster.shardOf(owner) !== hot);
    return { cluster, hot, state, read, sameShard, elsewhere, open };
  }
  const shedding = {
    status: 'rejected',
    reason: { code: 'OVERLOADED', details: { retryable: true, retryAfterMs: expect.any(Number) } },
  };

  it('F35: holds a bounded number of calls; one tenant leaves room for others, other shards are not affected', async () => {
    const { hot, state, read, sameShard, elsewhere, open } = overloaded();
    const greedy = Promise.allSettled(Array.from({ length: 20 }, () => read('owner-0')));
    const others = Promise.allSettled(sameShard.slice(0, 10).map(read));
    expect(await Promise.all(elsewhere.slice(0, 10).map(read))).toHaveLength(10);
    expect(state.admission.inFlight(hot.name)).toBe(10);

    open();
    const outcomes = await greedy;
    expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBe(6);
    for (const outcome of outcomes.slice(6)) expect(outcome).toMatchObject(shedding);
    const served = (await others).filter(({ status }) => status === 'fulfilled');
    expect(served.length).toBe(4);
    expect(state.admission.inFlight(hot.name)).toBe(0);
  });

  it('F36: refuses at once, and serves again as soon as it can', async () => {
    const { hot, read, open } = overloaded();
    const waiting = Array.from({ length: 6 }, () => read('owner-0'));
    expect((await Promise.allSettled([read('owner-0')]))[0]).toMatchObject(shedding);
    expect(hot.reads.length).toBe(6);
    open();
    await Promise.all(waiting);
    expect(await read('owner-0')).toEqual([['owner-0', 'x', null]]);
  });

  it('F36: holds calls back that would only wait, and refuses them with a hint if that takes too long', async () => {
    const { hot, state, read, cluster, open } = overloaded();
    open();
    await read('owner-0');
    let under = 0;
    let most = 0;
    hot.before = async () => {
      most = Math.max(most, ++under);
      await scheduler.wait(120);
      under--;
    };
    const ask = (admissionPatienceMs: number, calls = 16) => {
      const given = { ...settings, maxInFlightPerShardKey: 100, maxInFlightPerShard: 100, admissionPatienceMs };
      const item = { plan: compilePlan(itemByKey), values: [], keys: [['owner-0', 'x']] };
      const call = () => cluster.client({ state, settings: given }).read({ ...item, shardKeys: [ownerKey('owner-0')] });
      return Promise.allSettled(Array.from({ length: calls }, call));
    };
    const isAnswered = ({ status }: PromiseSettledResult<unknown>) => status === 'fulfilled';
    for (let round = 0; round < 3; round++) expect((await ask(10_000)).every(isAnswered)).toBe(true);
    most = 0;
    const outcomes = await ask(20);
    expect(most).toBeLessThan(16);
    const refused = outcomes.filter((outcome) => !isAnswered(outcome));
    expect(refused).not.toEqual([]);
    for (const outcome of refused) expect(outcome).toMatchObject(shedding);
    expect(state.admission.inFlight(hot.name)).toBe(0);

    // As few as these are no overload: what takes long is the machine.
    most = 0;
    expect((await ask(20, 4)).every(isAnswered)).toBe(true);
    expect(most).toBeLessThan(4);
  });

  it('gives room back after a deadline and after failures', async () => {
    const { cluster, hot, state } = overloaded();
    const quick = { ...settings, requestDeadlineMs: 20 };
    const page = { plan: compilePlan(itemPage([])), values: [1], keys: [[]], shardKeys: null };
    await expect(cluster.client({ state, settings: quick }).read(page)).rejects.toMatchObject({
      code: 'DEADLINE_EXCEEDED',
    });
    expect(state.admission.inFlight(hot.name)).toBe(0);
    hot.before = () => {
      throw new Error('down');
    };
    await expect(cluster.client({ state, settings }).read(page)).rejects.toMatchObject({ code: 'SHARD_UNAVAILABLE' });
    for (const { name } of cluster.shards) expect(state.admission.inFlight(name)).toBe(0);
  });
});
