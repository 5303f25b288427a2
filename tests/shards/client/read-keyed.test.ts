import { describe, expect, it } from 'vitest';
import { compilePlan } from '../../../src/shards/plan/compiled-plan.ts';
import { FakeCluster, item, ownerKey } from './fake-cluster.ts';
import { itemByKey, itemPage } from './plans.ts';

const lookup = (owner: string, id: string) => ({
  plan: compilePlan(itemByKey),
  values: [],
  keys: [[owner, id]],
  shardKeys: [ownerKey(owner)],
});

const names = (count: number) => Array.from({ length: count }, (_, index) => `owner-${index}`);

describe('reads with shard keys', () => {
  it('answer each key in order, null where there is no row', async () => {
    const cluster = new FakeCluster(4);
    cluster.put(...names(20).map((owner) => item(owner, 'x', { text: owner.toUpperCase() })));
    const keys = ['owner-3', 'nobody', 'owner-11', 'owner-3'].map((owner) => [owner, 'x']);
    const answers = await cluster
      .client()
      .read({ plan: compilePlan(itemByKey), values: [], keys, shardKeys: keys.map(([owner]) => ownerKey(owner!)) });
    expect(answers).toEqual([
      ['owner-3', 'x', 'OWNER-3'],
      null,
      ['owner-11', 'x', 'OWNER-11'],
      ['owner-3', 'x', 'OWNER-3'],
    ]);
  });

  it('of one tick make one RPC per shard and one call per plan, without equal keys', async () => {
    const cluster = new FakeCluster(4);
    cluster.put(...names(25).map((owner) => item(owner, 'x')));
    const client = cluster.client();
    // 50 lookups as aliases would make them; half of them miss, and some name the same key.
    const owners = [...names(25), ...names(25).map((name) => `missing-${name}`), 'owner-0', 'owner-0'];
    const answers = await Promise.all(owners.map((owner) => client.read(lookup(owner, 'x'))));
    expect(answers.map(([answer]) => answer !== null)).toEqual(owners.map((owner) => !owner.startsWith('missing')));

    const asked = cluster.shards.filter(({ reads }) => reads.length > 0);
    expect(asked.map(({ reads }) => reads.length)).toEqual(asked.map(() => 1));
    expect(client.trace.rpcs).toBe(asked.length);
    expect(client.trace.shards).toEqual(new Set(asked.map(({ name }) => name)));
    const calls = asked.flatMap(({ reads }) => reads[0]!.calls);
    expect(calls.length).toBe(asked.length);
    expect(calls.reduce((sum, { keys }) => sum + keys.length, 0)).toBe(50);
    for (const { keys, shardKeys } of calls) expect(shardKeys).toEqual(keys.map(([owner]) => `t:${owner}`));
  });

  it('travel as one call only if plan and values are equal', async () => {
    const cluster = new FakeCluster(1);
    cluster.put(item('a', '1'), item('a', '2'), item('a', '3'));
    const client = cluster.client();
    const page = {
      plan: compilePlan({ ...itemPage([]), match: ['owner'] }),
      keys: [['a']],
      shardKeys: [ownerKey('a')],
    };
    const [one, two, again] = await Promise.all([
      client.read({ ...page, values: [1] }),
      client.read({ ...page, values: [2] }),
      client.read({ ...page, plan: compilePlan(structuredClone(page.plan.node)), values: [1] }),
    ]);
    expect(one).toMatchObject([{ rows: [['a', '1']], hasMore: true }]);
    expect(two).toMatchObject([
      {
        rows: [
          ['a', '1'],
          ['a', '2'],
        ],
      },
    ]);
    expect(again).toEqual(one);
    expect(cluster.shard('shard-0').reads.map(({ calls }) => calls.length)).toEqual([2]);
  });

  it('of a later tick see what was written meanwhile', async () => {
    const cluster = new FakeCluster(2);
    const client = cluster.client();
    expect(await client.read(lookup('a', 'x'))).toEqual([null]);
    cluster.put(item('a', 'x'));
    expect(await client.read(lookup('a', 'x'))).toEqual([['a', 'x', null]]);
  });

  it('ask only the shards that own the keys', async () => {
    const cluster = new FakeCluster(16);
    const client = cluster.client();
    await client.read(lookup('a', 'x'));
    expect(cluster.shards.filter(({ reads }) => reads.length > 0)).toEqual([cluster.shardOf('a')]);
  });

  it('fail alone when their shard refuses, with the error that it gives', async () => {
    const cluster = new FakeCluster(4);
    const [down, up] = [
      names(20)[0]!,
      names(20).find((owner) => cluster.shardOf(owner) !== cluster.shardOf('owner-0'))!,
    ];
    cluster.put(item(up, 'x'));
    cluster.shardOf(down).refusal = { code: 'MIGRATION_FAILED', message: 'Expected …', details: { table: 'Item' } };
    const client = cluster.client();
    const outcomes = await Promise.allSettled([client.read(lookup(down, 'x')), client.read(lookup(up, 'x'))]);
    expect(outcomes[0]).toMatchObject({ reason: { code: 'MIGRATION_FAILED', details: { table: 'Item' } } });
    expect(outcomes[1]).toMatchObject({ value: [[up, 'x', null]] });
  });

  it('do not wait for other shards of the same tick', async () => {
    const cluster = new FakeCluster(4);
    const slow = names(20).find((owner) => cluster.shardOf(owner) !== cluster.shardOf('owner-0'))!;
    cluster.shardOf(slow).before = () => new Promise(() => {});
    const client = cluster.client({ settings: { requestDeadlineMs: 1_000 } });
    const hung = client.read(lookup(slow, 'x')).catch((error) => error);
    const first = await Promise.race([hung, client.read(lookup('owner-0', 'x'))]);
    expect(first).toEqual([null]);
    expect(await hung).toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  });

  it('without keys ask nobody', async () => {
    const cluster = new FakeCluster(4);
    expect(await cluster.client().read({ plan: compilePlan(itemByKey), values: [], keys: [], shardKeys: [] })).toEqual(
      [],
    );
    expect(cluster.mapFetches).toBe(0);
  });
});
