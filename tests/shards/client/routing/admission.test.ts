import { describe, expect, it } from 'vitest';
import { createRouterState } from '../../../../src/shards/client/create-shard-client.ts';
import { Admission } from '../../../../src/shards/client/routing/admission.ts';
import { compilePlan } from '../../../../src/shards/plan/compiled-plan.ts';
import { FakeCluster, item, ownerKey } from '../fake-cluster.ts';
import { itemByKey, itemPage } from '../plans.ts';

const limits = { maxInFlightPerShard: 4, maxInFlightPerShardKey: 2 };

describe('admission', () => {
  it('bounds the calls of a shard, and the share of one shard key', () => {
    const admission = new Admission();
    const admit = (shard: string, shardKey: string | null) => admission.admit(shard, shardKey, 1_000, 0, limits);
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
    for (let call = 0; call < 4; call++) admission.admit('s', `t:${call}`, 1_000, 0, limits);
    expect(admission.admit('s', 't:a', 2_000, 999, limits)).toBeNull();
    expect(admission.admit('s', 't:a', 2_000, 1_000, limits)).not.toBeNull();
    expect(admission.inFlight('s')).toBe(1);
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
    reason: { code: 'SHARD_UNAVAILABLE', details: { retryable: true, retryAfterMs: expect.any(Number) } },
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
