import { describe, expect, it } from 'vitest';
import type { PageAnswer } from '../../../src/shards/plan/answer.ts';
import { compilePlan } from '../../../src/shards/plan/compiled-plan.ts';
import { DEVELOPER } from '../../../src/shards/protocol/envelope.ts';
import { fromJsonText, type JsonText, toJsonText } from '../../../src/shards/protocol/json-text.ts';
import type { ReadReply, ReadRequest } from '../../../src/shards/protocol/read.ts';
import { gatherReads } from '../../../src/shards/server/gather-reads.ts';
import { FakeCluster, item, platformError } from './fake-cluster.ts';
import { itemModel } from './item-model.ts';
import { ascending, itemById, itemPage } from './plans.ts';

const FLAT = { maxFlatScatterShards: 1_024 };
const GATHERED = { maxFlatScatterShards: 1, retryPauseMs: 1 };
const page = {
  plan: compilePlan(itemPage([ascending('int')], { totalCount: true })),
  values: [100],
  keys: [[]],
  shardKeys: null,
};

/** A cluster with forty rows. Of nine shards, numbers 0, 3 and 6 gather. */
function filled(shardCount = 9): FakeCluster {
  const cluster = new FakeCluster(shardCount);
  cluster.put(...Array.from({ length: 40 }, (_, n) => item(`owner-${n}`, `id-${n}`, { int: n % 5 })));
  return cluster;
}

/** What the router itself asked of shards, and shards of others. */
const callsIn = ({ shards }: FakeCluster) => ({
  gathers: shards.filter(({ gathers }) => gathers.length > 0).map(({ name }) => name),
  reads: shards.reduce((sum, { reads }) => sum + reads.length, 0),
});

const totalOf = (answers: readonly unknown[]) => (answers[0] as PageAnswer).total;

describe('a scatter over many shards', () => {
  it('is gathered by some of them, asks each shard once, and gives what a flat one gives', async () => {
    const cluster = filled();
    const client = cluster.client({ settings: GATHERED });
    const answers = await client.readFresh({ ...page, cacheable: false });
    expect(callsIn(cluster)).toEqual({ gathers: ['shard-0', 'shard-3', 'shard-6'], reads: 9 });
    expect(client.trace.rpcs).toBe(9);
    expect(client.trace.shards.size).toBe(9);
    expect(answers).toEqual(await cluster.client({ settings: FLAT }).readFresh({ ...page, cacheable: false }));
    expect(answers[0]!.snapshots.map(({ shard }) => shard)).toEqual(cluster.map.shards.map(({ name }) => name));
  });

  it('asks 16 of 256 shards, and 32 of 1,024', async () => {
    for (const [shards, gatherers] of [
      [16, 0],
      [256, 16],
      [1_024, 32],
    ] as const) {
      const cluster = filled(shards);
      expect(totalOf(await cluster.client().read(page))).toBe(40);
      const { gathers, reads } = callsIn(cluster);
      expect([gathers.length, reads]).toEqual([gatherers, shards]);
      for (const { name, gathers } of cluster.shards) {
        for (const { shards: group } of gathers) expect([group[0], group.length]).toEqual([name, shards / gatherers]);
      }
    }
  });

  it('takes the lists of a tick along, equal ones once', async () => {
    const cluster = filled();
    const client = cluster.client({ settings: GATHERED });
    const other = { ...page, values: [3] };
    const [all, again, three] = await Promise.all([page, page, other].map((read) => client.read(read)));
    expect(again).toEqual(all);
    expect((three![0] as PageAnswer).rows).toEqual((all![0] as PageAnswer).rows.slice(0, 3));
    expect(callsIn(cluster).reads).toBe(9);
    expect(cluster.shard('shard-0').gathers[0]!.calls).toHaveLength(2);
  });

  it('finds single rows, and tells of several, in one group or in two', async () => {
    const cluster = filled();
    const owners = Array.from({ length: 40 }, (_, n) => `owner-${n}`);
    const ownerOn = (shard: string) => owners.find((owner) => cluster.shardOf(owner).name === shard)!;
    cluster.put(item(ownerOn('shard-0'), 'near'), item(ownerOn('shard-1'), 'near'));
    cluster.put(item(ownerOn('shard-0'), 'far'), item(ownerOn('shard-8'), 'far'));
    const keys = [['id-7'], ['never'], ['near'], ['far']];
    const read = { plan: compilePlan(itemById), values: [], keys, shardKeys: null };
    const answers = await cluster.client({ settings: GATHERED }).read(read);
    expect(answers).toEqual([['owner-7', 'id-7'], null, 'ambiguous', 'ambiguous']);
  });
});

describe('a shard that a gathering one gets no answer from', () => {
  it('is asked by the router, which knows when to try again', async () => {
    const cluster = filled();
    const shard = cluster.shard('shard-4');
    let failures = 2;
    shard.before = () => {
      if (failures-- > 0) throw platformError('Network connection lost.', { retryable: true });
    };
    const client = cluster.client({ settings: GATHERED });
    expect(totalOf(await client.read(page))).toBe(40);
    expect(shard.reads).toHaveLength(3);
  });

  it('F43: fails the list with a typed error if it is down, and with its own if it refuses', async () => {
    const cluster = filled();
    const shard = cluster.shard('shard-4');
    shard.before = () => {
      throw new Error('SQLITE_IOERR: disk I/O error in /var/lib');
    };
    const failed = cluster.client({ settings: GATHERED }).read(page);
    await expect(failed).rejects.toMatchObject({ code: 'SHARD_UNAVAILABLE', details: { retryable: true } });
    shard.before = () => {};
    shard.refusal = { code: 'MIGRATION_FAILED', message: 'Expected no migration.', details: {} };
    await expect(cluster.client({ settings: GATHERED }).read(page)).rejects.toMatchObject({ code: 'MIGRATION_FAILED' });
  });
});

describe('a gathering shard', () => {
  it('of the release before, which cannot, is asked for its own rows alone', async () => {
    const cluster = filled();
    const shard = cluster.shard('shard-3');
    shard.before = (method) => {
      if (method === 'gather') throw new TypeError('The RPC receiver does not implement the method "gather".');
    };
    expect(totalOf(await cluster.client({ settings: GATHERED }).read(page))).toBe(40);
    expect(callsIn(cluster).reads).toBe(9);
  });

  it('that is overloaded is not asked again, nor are others in its place', async () => {
    const cluster = filled();
    cluster.shard('shard-3').before = () => {
      throw platformError('Durable Object is overloaded.', { overloaded: true });
    };
    const failed = cluster.client({ settings: GATHERED }).read(page);
    await expect(failed).rejects.toMatchObject({ code: 'SHARD_UNAVAILABLE' });
    expect(cluster.shard('shard-4').reads).toHaveLength(0);
  });

  it('whose merged answer does not fit into an RPC has its shards asked one by one', async () => {
    const cluster = filled();
    const shard = cluster.shard('shard-3');
    const outcomes = [{ isTooLarge: true }] as const;
    shard.gather = async () => {
      const counts = { statements: 0, rowsRead: 0, rowsWritten: 0 };
      return toJsonText({
        status: 'OK',
        epoch: 1,
        members: [],
        unanswered: [],
        slots: [],
        placedAway: [],
        outcomes,
        counts,
      });
    };
    expect(totalOf(await cluster.client({ settings: GATHERED }).read(page))).toBe(40);
    expect(callsIn(cluster).reads).toBe(9);
  });

  it('gives the calls whose answers fit', async () => {
    const calls = [20, 4, 20].map((megabytes) => {
      const { plan, keys } = page;
      return { plan: plan.text, values: [megabytes], keys, shardKeys: null };
    });
    const ask = async (text: JsonText<ReadRequest>) =>
      toJsonText<ReadReply>({
        ...{ status: 'OK', epoch: 1, asOf: 1, slots: [], counts: { statements: 1, rowsRead: 1, rowsWritten: 0 } },
        outcomes: fromJsonText(text).calls.map(({ values: [megabytes] }) => {
          const row = ['x'.repeat(Number(megabytes) * 500_000), 'id', 1];
          return { answers: [{ rows: [row], hasMore: false, hasBefore: false, total: 1 }] };
        }),
      });
    const request = { protocol: 1, epoch: 1, caller: DEVELOPER, calls, shards: ['a', 'b'] };
    const text = await gatherReads(
      itemModel,
      request,
      (read) => ask(toJsonText(read)),
      (_, read) => ask(read),
    );
    const { outcomes, counts } = fromJsonText(text);
    expect(outcomes.map((outcome) => Object.keys(outcome))).toEqual([['answers'], ['answers'], ['isTooLarge']]);
    expect(counts).toEqual({ statements: 2, rowsRead: 2, rowsWritten: 0 });
  });
});

describe('the cover of all slots (R2) of gathered answers', () => {
  it('F43b: has no slot missing or doubled when slots move between two answers', async () => {
    for (const name of ['shard-0', 'shard-1', 'shard-8']) {
      const cluster = filled();
      const slow = cluster.shard(name);
      slow.before = async (method) => {
        if (method !== 'read') return;
        slow.before = () => {};
        await new Promise((resolve) => setTimeout(resolve, 10));
        cluster.move([1_000, 12_000], 'shard-8');
      };
      const answers = await cluster.client({ settings: GATHERED }).read(page);
      expect(totalOf(answers)).toBe(40);
      expect(new Set((answers[0] as PageAnswer).rows.map(String)).size).toBe(40);
    }
  });

  it('is not accepted with a shard that speaks for another’s slots', async () => {
    const cluster = filled();
    cluster.shard('shard-4').claimedSlots = [[0, 10_000]];
    const settings = { ...GATHERED, maxRoutingAttempts: 3 };
    await expect(cluster.client({ settings }).read(page)).rejects.toMatchObject({ code: 'SHARD_UNAVAILABLE' });
  });
});

describe('the budget of a request', () => {
  it('counts what gathering shards ask', async () => {
    const cluster = filled();
    const client = cluster.client({ settings: { ...GATHERED, maxReadCallsPerRequest: 17 } });
    await client.read(page);
    await expect(client.read(page)).rejects.toMatchObject({ code: 'FANOUT_LIMIT_EXCEEDED' });
  });
});
