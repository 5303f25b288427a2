/** Answers of all shards together: what they may have, what is left of it, and that pages are merged while they come. */
import { describe, expect, it } from 'vitest';
import { systemTimers } from '../../../src/lib/timers.ts';
import { AnswerBudget } from '../../../src/shards/client/reading/answer-budget.ts';
import type { PageAnswer } from '../../../src/shards/plan/answer.ts';
import { compilePlan } from '../../../src/shards/plan/compiled-plan.ts';
import { FakeCluster, item } from './fake-cluster.ts';
import { ascending, itemPage } from './plans.ts';

const MEGABYTE = 1_000_000;
const SHARDS = 8;
const scatter = { keys: [[]], shardKeys: null };

/** Eight shards, with rows whose texts take so many bytes each. */
function clusterWith(rows: number, bytes: number): FakeCluster {
  const cluster = new FakeCluster(SHARDS);
  for (let n = 0; n < rows; n++) {
    cluster.put(item(`owner-${n}`, `id-${String(n).padStart(4, '0')}`, { text: String(n).padEnd(bytes, 'x') }));
  }
  return cluster;
}

const firstOf = async (cluster: FakeCluster, limit: number, settings: object) => {
  const plan = compilePlan({ ...itemPage([ascending('id')]), columns: ['id', 'owner', 'text'] });
  const [page] = await cluster.client({ settings }).read({ ...scatter, plan, values: [limit] });
  return page as PageAnswer;
};

const TOO_LARGE = expect.objectContaining({ code: 'COST_LIMIT_EXCEEDED' });

describe.each([
  { name: 'asked by the router', maxFlatScatterShards: 16 },
  { name: 'gathered by shards', maxFlatScatterShards: 1 },
])('answers of eight shards, $name', ({ maxFlatScatterShards }) => {
  it('are merged as they come: those of all may have more bytes than are held at the same time', async () => {
    const cluster = clusterWith(160, MEGABYTE / 10);
    const page = await firstOf(cluster, 20, { maxFlatScatterShards, maxAnswerBytes: 6 * MEGABYTE });
    expect(page.rows).toHaveLength(20);
    expect(page.hasMore).toBe(true);
    // Longer answers than a share, which are asked for again.
    expect(cluster.shards.flatMap(({ reads }) => reads).length).toBeGreaterThan(SHARDS);
  });

  it('are refused if those that are kept have more', async () => {
    const cluster = clusterWith(160, MEGABYTE / 10);
    await expect(firstOf(cluster, 100, { maxFlatScatterShards, maxAnswerBytes: 6 * MEGABYTE })).rejects.toEqual(
      TOO_LARGE,
    );
    for (const { reads } of cluster.shards) for (const { maxBytes } of reads) expect(maxBytes).toBeLessThanOrEqual(6 * MEGABYTE); // biome-ignore format: one line
  });

  it('are asked for once where they are short', async () => {
    const cluster = clusterWith(160, 100);
    const page = await firstOf(cluster, 100, { maxFlatScatterShards });
    expect(page.rows).toHaveLength(100);
    expect(cluster.shards.flatMap(({ reads }) => reads)).toHaveLength(SHARDS);
  });
});

it('short answers of very many shards are asked for once', async () => {
  const cluster = new FakeCluster(1_024);
  const text = 'x'.repeat(5_000);
  for (let n = 0; n < 6_000; n++) cluster.put(item(`owner-${n}`, `id-${n}`, { text }));
  const page = await firstOf(cluster, 2, {});
  expect(page.rows).toHaveLength(2);
  expect(cluster.shards.flatMap(({ reads }) => reads)).toHaveLength(1_024);
  expect(cluster.shards.flatMap(({ gathers }) => gathers)).toHaveLength(32);
}, 30_000);

it('long answers of many shards are asked for again beside few others, not one by one', async () => {
  const cluster = new FakeCluster(16);
  const text = 'x'.repeat(MEGABYTE / 5);
  for (let n = 0; n < 320; n++) cluster.put(item(`owner-${n}`, `id-${n}`, { text }));
  let [now, most] = [0, 0];
  for (const shard of cluster.shards) {
    shard.before = async () => {
      if (shard.reads.length === 2) most = Math.max(most, ++now);
      await new Promise((resolve) => setTimeout(resolve, 1));
    };
    shard.after = () => {
      if (shard.reads.length === 2) now--;
    };
  }
  expect((await firstOf(cluster, 5, {})).rows).toHaveLength(5);
  expect(cluster.shards.map(({ reads }) => reads.length)).toEqual(Array.from({ length: 16 }, () => 2));
  expect(most).toBe(4);
});

it('what an attempt held that met moving slots is not counted for the next', async () => {
  const cluster = clusterWith(160, MEGABYTE / 10);
  const client = cluster.client({ settings: { maxAnswerBytes: 6 * MEGABYTE } });
  const read = { ...scatter, plan: compilePlan({ ...itemPage([ascending('id')]), columns: ['id', 'owner', 'text'] }), values: [20] }; // biome-ignore format: one line
  await client.read(read);
  client.releaseAnswers();
  cluster.move([0, 9], 'shard-7');
  expect((await client.read(read)).map((page) => (page as PageAnswer).rows.length)).toEqual([20]);
});

it('what is released does not count for later reads', async () => {
  const cluster = clusterWith(160, MEGABYTE / 10);
  const client = cluster.client({ settings: { maxAnswerBytes: 6 * MEGABYTE } });
  const read = { ...scatter, plan: compilePlan({ ...itemPage([ascending('id')]), columns: ['id', 'owner', 'text'] }), values: [20] }; // biome-ignore format: one line
  for (let batch = 0; batch < 4; batch++) {
    await client.read(read);
    client.releaseAnswers();
  }
  await client.read(read);
  await expect(client.read(read)).rejects.toEqual(TOO_LARGE);
});

describe('a budget of answer bytes', () => {
  const KIBIBYTE = 1024;
  const LIMIT = 4_096 * KIBIBYTE;
  const made = () => new AnswerBudget({ maxAnswerBytes: LIMIT, maxConcurrentCalls: 16 }, systemTimers);
  const taking = (bytes: number) => async (maxBytes: () => number) => [maxBytes(), bytes] as const;

  it('gives the calls of one time equal parts of half of what is left, and short answers their due', async () => {
    const budget = made();
    expect(await budget.oneOf(4, taking(0))).toBe(512 * KIBIBYTE);
    expect(await budget.oneOf(1, taking(1_024 * KIBIBYTE))).toBe(2_048 * KIBIBYTE);
    expect(await budget.oneOf(1, taking(0))).toBe(1_536 * KIBIBYTE);
    expect(await budget.oneOf(1_000, taking(0))).toBe(96 * KIBIBYTE);
    budget.release(1_024 * KIBIBYTE);
    expect(await budget.oneOf(1_000, taking(0))).toBe(128 * KIBIBYTE);
    expect(await budget.oneOf(1_000, taking(LIMIT - 10))).toBe(128 * KIBIBYTE);
    expect(await budget.oneOf(1_000, taking(10))).toBe(64 * KIBIBYTE);
    expect(await budget.oneOf(1, taking(0))).toBe(0);
  });

  it('reserves a share when the call is sent', async () => {
    const budget = made();
    const { promise, resolve } = Promise.withResolvers<void>();
    const queued = budget.oneOf(1, async (maxBytes) => {
      await promise;
      return [maxBytes(), 0] as const;
    });
    expect(await budget.oneOf(1, taking(2_048 * KIBIBYTE))).toBe(2_048 * KIBIBYTE);
    resolve();
    expect(await queued).toBe(1_024 * KIBIBYTE);
  });

  it('gives one call all that is left when no other is on its way, one after the other', async () => {
    const budget = made();
    const { promise, resolve } = Promise.withResolvers<void>();
    const given: number[] = [];
    const other = budget.oneOf(1, async (maxBytes) => {
      maxBytes();
      await promise;
      given.push(0);
      return [null, 96] as const;
    });
    const alone = [200, 300, 0].map((size) =>
      budget.alone(async (maxBytes) => {
        given.push(LIMIT - maxBytes());
        return [null, size] as const;
      }),
    );
    resolve();
    await Promise.all([other, ...alone]);
    expect(given).toEqual([0, 96, 296, 596]);
  });

  it('keeps nothing for a call that fails', async () => {
    const budget = made();
    const failing = async (maxBytes: () => number) => {
      throw new Error(`gone with ${maxBytes()}`);
    };
    await expect(budget.oneOf(1, failing)).rejects.toThrow('gone');
    await expect(budget.alone(failing)).rejects.toThrow('gone');
    expect(await budget.alone(taking(0))).toBe(LIMIT);
  });
});
