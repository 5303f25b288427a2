import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PageAnswer } from '../../../src/shards/plan/answer.ts';
import { compilePlan } from '../../../src/shards/plan/compiled-plan.ts';
import type { OrderTerm } from '../../../src/shards/plan/order.ts';
import { SLOT_COUNT } from '../../../src/shards/slots.ts';
import { describeRuns, propertyRuns } from '../../support/property-runs.ts';
import { FakeCluster, item, ownerKey } from './fake-cluster.ts';
import { sortItems } from './fake-shard.ts';
import { ascending, itemById, itemByKey, itemPage } from './plans.ts';

const scatter = { keys: [[]], shardKeys: null };
const items = (count: number) =>
  Array.from({ length: count }, (_, n) => item(`owner-${n % 37}`, `id-${n}`, { int: n % 5 }));
const MIDDLE = SLOT_COUNT / 2;

describe('pages over all shards', () => {
  const runs = propertyRuns(300);
  it(`equal the page of one database that holds all rows (${describeRuns(runs)})`, {
    timeout: 200 * runs.numRuns,
  }, async () => {
    const value = {
      text: fc.constantFrom('', 'a', 'é', '\uffff', '😀', '\u{10000}'),
      int: fc.integer({ min: -3, max: 3 }),
      int64: fc.constantFrom('9007199254740993', '9007199254740992', '-9223372036854775808', '10', '9'),
    };
    const generated = fc.record({
      text: fc.option(value.text),
      int: fc.option(value.int),
      int64: fc.option(value.int64),
    });
    const term = fc.record({
      column: fc.constantFrom('text', 'int', 'int64'),
      descending: fc.boolean(),
      nullsFirst: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(generated, { maxLength: 40 }),
        fc.uniqueArray(term, { selector: ({ column }) => column }),
        fc.record({ limit: fc.nat(12), offset: fc.option(fc.nat(12)), fromEnd: fc.boolean() }),
        fc.constantFrom(1, 2, 5, 9),
        fc.constantFrom(1, 16),
        // Answers of some 100 bytes are then merged as they come.
        fc.constantFrom(16 * 1024 * 1024, 64 * 1024),
        async (
          cells,
          orderBy: OrderTerm[],
          { limit, offset, fromEnd },
          shardCount,
          maxFlatScatterShards,
          maxAnswerBytes,
        ) => {
          // biome-ignore format: one line
          const cluster = new FakeCluster(shardCount);
          const rows = cells.map((each, n) => item(`owner-${n}`, `id-${n}`, each));
          cluster.put(...rows);
          const isFromEnd = fromEnd && offset === null;
          const shape = {
            fromEnd: isFromEnd,
            offset: offset === null ? null : 1,
            totalCount: true,
            probeOtherSide: true,
          };
          const node = itemPage(orderBy, shape);
          const [page] = await cluster
            .client({ settings: { maxFlatScatterShards, maxAnswerBytes } })
            .read({ ...scatter, plan: compilePlan(node), values: [limit, offset ?? 0] });

          const sorted = sortItems(rows, node.page!.orderBy);
          const start = isFromEnd ? Math.max(0, sorted.length - limit) : Math.min(offset ?? 0, sorted.length);
          const end = isFromEnd ? sorted.length : Math.min(start + limit, sorted.length);
          expect(page).toEqual({
            rows: sorted.slice(start, end).map((row) => node.columns.map((name) => row[name] ?? null)),
            hasMore: isFromEnd ? start > 0 : end < sorted.length,
            hasBefore: !isFromEnd && start > 0,
            total: sorted.length,
          });
        },
      ),
      runs,
    );
  });

  it('take one RPC per shard, however many there are in a tick, and share it with lookups', async () => {
    const cluster = new FakeCluster(4);
    cluster.put(...items(10));
    const client = cluster.client();
    const node = itemPage([ascending('int')]);
    await Promise.all([
      client.read({ ...scatter, plan: compilePlan(node), values: [3] }),
      client.read({ ...scatter, plan: compilePlan(node), values: [3] }),
      client.read({ ...scatter, plan: compilePlan(node), values: [4] }),
      client.read({
        plan: compilePlan(itemByKey),
        values: [],
        keys: [['owner-1', 'id-1']],
        shardKeys: [ownerKey('owner-1')],
      }),
    ]);
    expect(cluster.shards.map(({ reads }) => reads.length)).toEqual([1, 1, 1, 1]);
    expect(client.trace.rpcs).toBe(4);
  });

  it('ask each shard for offset + limit rows, and refuse what is too deep', async () => {
    const cluster = new FakeCluster(3);
    const client = cluster.client({ settings: { maxScatterPageRows: 50 } });
    const node = itemPage([], { offset: 1 });
    await client.read({ ...scatter, plan: compilePlan(node), values: [10, 40] });
    for (const { reads } of cluster.shards) expect(reads[0]!.calls[0]!.values).toEqual([10, 40, 50]);
    await expect(client.read({ ...scatter, plan: compilePlan(node), values: [10, 41] })).rejects.toMatchObject({
      code: 'FANOUT_LIMIT_EXCEEDED',
      message: expect.stringContaining('at most 50'),
    });
  });

  it('stay within the fan-out budget of a scatter and of a request', async () => {
    const read = { ...scatter, plan: compilePlan(itemPage([])), values: [1] };
    const wide = new FakeCluster(5).client({ settings: { maxScatterShards: 4 } });
    await expect(wide.read(read)).rejects.toMatchObject({ code: 'FANOUT_LIMIT_EXCEEDED' });
    const busy = new FakeCluster(4).client({ settings: { maxReadCallsPerRequest: 6 } });
    await busy.read(read);
    await expect(busy.read(read)).rejects.toMatchObject({ code: 'FANOUT_LIMIT_EXCEEDED' });
  });

  it('keep few calls under way at once', async () => {
    const cluster = new FakeCluster(40);
    const settings = { maxConcurrentCalls: 7, maxFlatScatterShards: 40 };
    let running = 0;
    let most = 0;
    for (const shard of cluster.shards) {
      shard.before = async () => {
        most = Math.max(most, ++running);
        await new Promise((resolve) => setTimeout(resolve, 1));
        running--;
      };
    }
    await cluster.client({ settings }).read({ ...scatter, plan: compilePlan(itemPage([])), values: [1] });
    expect(most).toBe(7);
  });

  it('F43: fail with a typed error if one of 16 shards is down, and their siblings do not', async () => {
    const cluster = new FakeCluster(16);
    cluster.put(...items(40));
    const down = cluster.shardOf('owner-0');
    down.before = () => {
      throw new Error('SQLITE_IOERR: disk I/O error in /var/lib');
    };
    const client = cluster.client();
    const up = items(40).find(({ owner }) => cluster.shardOf(owner as string) !== down)!;
    const [page, row] = await Promise.allSettled([
      client.read({ ...scatter, plan: compilePlan(itemPage([])), values: [100] }),
      client.read({
        plan: compilePlan(itemByKey),
        values: [],
        keys: [[up.owner!, up.id!]],
        shardKeys: [ownerKey(up.owner as string)],
      }),
    ]);
    expect(page).toMatchObject({
      status: 'rejected',
      reason: { code: 'SHARD_UNAVAILABLE', details: { retryable: true } },
    });
    expect((page as PromiseRejectedResult).reason.message).not.toMatch(/SQLITE|shard-\d/);
    expect(row).toMatchObject({ status: 'fulfilled', value: [[up.owner, up.id, null]] });
  });
});

describe('lookups without a shard key', () => {
  it('find the row wherever it is, and tell when there are several', async () => {
    const cluster = new FakeCluster(4);
    const [first, second] = ['owner-0', 'owner-1', 'owner-2', 'owner-3', 'owner-4'].filter(
      (owner, index, all) => all.findIndex((other) => cluster.shardOf(other) === cluster.shardOf(owner)) === index,
    );
    cluster.put(item(first!, 'once'), item(first!, 'twice'), item(second!, 'twice'));
    const keys = [['once'], ['never'], ['twice']];
    const answers = await cluster.client().read({ plan: compilePlan(itemById), values: [], keys, shardKeys: null });
    expect(answers).toEqual([[first, 'once'], null, 'ambiguous']);
  });
});

describe('the cover of all slots (R2)', () => {
  const read = { ...scatter, plan: compilePlan(itemPage([], { totalCount: true })), values: [100] };
  const totals = (answers: readonly unknown[]) => (answers[0] as PageAnswer).total;

  it('F43b: a slot that moves between two answers is neither missed nor doubled', async () => {
    for (const isSourceSlow of [true, false]) {
      const cluster = new FakeCluster(2);
      cluster.put(...items(40));
      const client = cluster.client();
      // One shard answers before the move and the other after it.
      const slow = cluster.shard(isSourceSlow ? 'shard-0' : 'shard-1');
      slow.before = async () => {
        slow.before = () => {};
        await new Promise((resolve) => setTimeout(resolve, 10));
        cluster.move([1_000, 8_000], 'shard-1');
      };
      const answers = await client.read(read);
      expect(totals(answers)).toBe(40);
      expect(new Set((answers[0] as PageAnswer).rows.map(String)).size).toBe(40);
    }
  });

  it.each([
    ['too few slots', [[0, MIDDLE - 2]] as const],
    ['slots of another shard too', [[0, MIDDLE]] as const],
    ['no slots', [] as const],
  ])('is never accepted with a shard that speaks for %s', async (_, claimedSlots) => {
    const cluster = new FakeCluster(2);
    cluster.put(...items(40));
    const shard = cluster.shard('shard-0');
    shard.claimedSlots = claimedSlots;
    const settings = { maxRoutingAttempts: 3, retryPauseMs: 1 };
    await expect(cluster.client({ settings }).read(read)).rejects.toMatchObject({
      code: 'SHARD_UNAVAILABLE',
      details: { retryable: true },
    });
    shard.claimedSlots = null;
    expect(totals(await cluster.client({ settings }).read(read))).toBe(40);
  });

  it('includes shards that an old map does not know', async () => {
    const cluster = new FakeCluster(2);
    cluster.put(...items(40));
    const client = cluster.client();
    await client.read(read);
    cluster.move([0, 4_000], 'new-shard');
    expect(totals(await client.read(read))).toBe(40);
    expect(client.trace.shards).toContain('new-shard');
  });
});
