import { describe, expect, it } from 'vitest';
import { compilePlan } from '../../../src/shards/plan/compiled-plan.ts';
import { FakeCluster, item, ownerKey } from './fake-cluster.ts';
import { itemByKey, itemPage } from './plans.ts';

const OWNERS = Array.from({ length: 12 }, (_, index) => `owner-${index}`);

/** Three shards; each knows another `asOf`, and for each owner another version of the last change. */
function agedCluster() {
  const cluster = new FakeCluster(3);
  cluster.put(...OWNERS.map((owner) => item(owner, 'x')));
  for (const [index, shard] of cluster.shards.entries()) {
    shard.asOf = 1000 + index;
    shard.changed = (shardKey) => (shardKey === null ? 900 + index : 100 + Number(shardKey.slice('t:owner-'.length)));
  }
  return cluster;
}

const lookup = (owners: readonly string[], cacheable = false) => ({
  plan: compilePlan(itemByKey),
  values: [],
  keys: owners.map((owner) => [owner, 'x']),
  shardKeys: owners.map(ownerKey),
  cacheable,
});

describe('readFresh', () => {
  it('tells for each key what its own shard knows', async () => {
    const cluster = agedCluster();
    const owners = [...OWNERS, 'owner-3'];
    const answers = await cluster.client().readFresh(lookup(owners));
    expect(answers).toEqual(
      owners.map((owner) => {
        const shard = cluster.shardOf(owner);
        const changed = 100 + Number(owner.slice('owner-'.length));
        const snapshots = [{ shard: shard.name, asOf: shard.asOf, changed }];
        return { answer: [owner, 'x', null], snapshots, epoch: 1 };
      }),
    );
  });

  it('keeps them apart where reads of one tick share a call', async () => {
    const client = agedCluster().client();
    const answers = await Promise.all(OWNERS.toReversed().map((owner) => client.readFresh(lookup([owner]))));
    expect(answers.map(([answer]) => answer!.snapshots[0]!.changed)).toEqual(
      OWNERS.map((_, index) => 100 + index).reverse(),
    );
  });

  it('tells for a scatter what each shard knows', async () => {
    const cluster = agedCluster();
    const scatter = { plan: compilePlan(itemPage([])), values: [100], keys: [[]], shardKeys: null, cacheable: false };
    const [answer] = await cluster.client().readFresh(scatter);
    expect(answer!.snapshots).toEqual(
      [0, 1, 2].map((index) => ({ shard: `shard-${index}`, asOf: 1000 + index, changed: 900 + index })),
    );
  });

  it('takes asOf for the last change where the shard tells none', async () => {
    const cluster = new FakeCluster(1);
    cluster.shards[0]!.asOf = 77;
    const [answer] = await cluster.client().readFresh(lookup(['a']));
    expect(answer).toEqual({ answer: null, snapshots: [{ shard: 'shard-0', asOf: 77, changed: 77 }], epoch: 1 });
  });

  it('tells the shards that an answer may be cached if any reader of the call may cache it', async () => {
    const cluster = new FakeCluster(1);
    const client = cluster.client();
    await Promise.all([client.readFresh(lookup(['a'])), client.readFresh(lookup(['b'], true))]);
    await client.read(lookup(['c']));
    expect(cluster.shards[0]!.reads.map(({ calls }) => calls.map(({ cacheable }) => cacheable))).toEqual([
      [true],
      [undefined],
    ]);
  });
});

describe('writes', () => {
  it('tell the shard and the version of their commits', async () => {
    const cluster = new FakeCluster(3);
    const client = cluster.client();
    const operation = { kind: 'create', table: 'Item', values: item('a', 'x'), select: null } as const;
    const written = await client.write(ownerKey('a'), [operation]);
    expect(written).toMatchObject({ shard: cluster.shardOf('a').name, version: 1 });
    const rows = OWNERS.map((owner) => ({ shardKey: ownerKey(owner), cells: [owner, 'y'] }));
    const { commits } = await client.importRows('Item', ['owner', 'id'], rows);
    expect(commits.toSorted((a, b) => a.shard.localeCompare(b.shard))).toEqual(
      cluster.shards.map(({ name, items }) => ({ shard: name, version: items.length, epoch: 1, origin: null })),
    );
  });
});
