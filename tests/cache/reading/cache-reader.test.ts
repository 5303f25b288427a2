import { describe, expect, it } from 'vitest';
import { openStore } from '../../../src/cache/isolate/isolate-cache.ts';
import { CacheReader } from '../../../src/cache/reading/cache-reader.ts';
import { compilePlan } from '../../../src/shards/plan/compiled-plan.ts';
import type { Filter } from '../../../src/shards/plan/filter.ts';
import { rowBucket } from '../../../src/shards/stamps.ts';
import { bounded, CACHED, cachedModel, LabCache, STRONG, session } from '../../support/cache/lab-cache.ts';
import { allOrders, customerById, ordersOfTenant, tenantKey } from '../../support/cache/reads.ts';
import { LAB_SHARD } from '../../support/cache/seen.ts';
import { sumOf } from '../../support/events/sum-of.ts';

const READ = ordersOfTenant('one');
const ONE = tenantKey('one');

describe('reading through the cache', () => {
  it('asks the shard once, then answers from memory without KV and without the shard', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate();
    expect(await isolate.read(READ, CACHED)).toMatchObject({ answer: ['one'], source: 'shard' });
    const before = { ...lab.kv.counts };
    lab.answer = ['two'];
    expect(await isolate.read(READ, CACHED)).toMatchObject({ answer: ['one'], source: 'memory' });
    expect(lab.asked).toHaveLength(1);
    expect(lab.kv.counts.gets).toBe(before.gets);
  });

  it('applies an access rule that a row decides to the entry, which holds the row for all readers', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate();
    const read = customerById('one', 'c1');
    lab.answer = ['c1', 'one', 'Ann', 'a@x', null, '{}', '2026-01-01T00:00:00.000Z', '1'];
    await isolate.read(read, CACHED);
    const of = (tenant: string) => {
      const access: Filter = { op: 'eq', column: 'tenantId', value: 0 };
      return { ...read, plan: compilePlan({ ...read.plan.node, access }), values: [tenant] };
    };
    expect(await isolate.read(of('one'), CACHED)).toMatchObject({ source: 'memory' });
    expect(await isolate.read(of('two'), CACHED)).toMatchObject({ source: 'memory', answer: null });
    expect(lab.asked).toHaveLength(1);
  });

  it('asks the shard for a row with an access rule that names more than equal values', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate();
    const read = customerById('one', 'c1');
    await isolate.read(read, CACHED);
    const access: Filter = { op: 'startsWith', column: 'name', value: 0 };
    const restricted = { ...read, plan: compilePlan({ ...read.plan.node, access }), values: ['x'] };
    for (const _ of [1, 2]) expect(await isolate.read(restricted, CACHED)).toMatchObject({ source: 'shard' });
    expect(await isolate.read(read, CACHED)).toMatchObject({ source: 'memory' });
  });

  it('finds in KV what another isolate has read, with one bulk get of two keys', async () => {
    const lab = new LabCache();
    await lab.isolate({ kvFillReads: 1 }).read(READ, CACHED);
    const other = lab.isolate();
    const before = { ...lab.kv.counts };
    expect(await other.read(READ, CACHED)).toMatchObject({ answer: ['one'], source: 'kv' });
    expect(lab.kv.counts.gets - before.gets).toBe(1);
    expect(lab.kv.counts.keys - before.keys).toBe(2);
    expect(lab.asked).toHaveLength(1);
  });

  it('puts into KV what is read for the second time, once', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate();
    await isolate.read(READ, CACHED);
    expect(lab.kv.counts.puts).toBe(0);
    for (let time = 0; time < 5; time++) await isolate.read(READ, CACHED);
    expect(lab.kv.counts.puts).toBe(1);
  });

  it('gathers the reads of a tick into one bulk get', async () => {
    const lab = new LabCache();
    const request = lab.isolate().request();
    await Promise.all(
      [READ, customerById('one', 'a'), customerById('one', 'b')].map((read) => request.read(read, CACHED)),
    );
    expect(lab.kv.counts).toMatchObject({ gets: 1, keys: 4 });
  });

  it('never answers STRONG reads from a store, nor says that they may be kept', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate({ kvFillReads: 1 });
    await isolate.read(READ, CACHED);
    lab.answer = ['two'];
    expect(await isolate.read(READ, STRONG)).toMatchObject({ answer: ['two'], source: 'shard' });
    expect(lab.asked.map((read) => (read as { cacheable?: boolean }).cacheable)).toEqual([true, false]);
  });

  it('works without KV, from memory alone', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate({}, null);
    await isolate.read(READ, CACHED);
    expect(await isolate.read(READ, CACHED)).toMatchObject({ source: 'memory' });
    await lab.clock.advance(91_000);
    expect(await isolate.read(READ, CACHED)).toMatchObject({ source: 'shard' });
  });

  it('keeps known absence (C3)', async () => {
    const lab = new LabCache();
    lab.answer = null;
    const isolate = lab.isolate();
    await isolate.read(customerById('one', 'nobody'), CACHED);
    expect(await isolate.read(customerById('one', 'nobody'), CACHED)).toMatchObject({ answer: null, source: 'memory' });
  });

  it('keeps nothing of an answer that failed, and fails as the shard does (C4, F25)', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate();
    lab.failure = new Error('shard is down');
    await expect(isolate.read(READ, CACHED)).rejects.toThrow('shard is down');
    lab.failure = null;
    expect(await isolate.read(READ, CACHED)).toMatchObject({ source: 'shard' });
  });

  it('keeps no ambiguous answer', async () => {
    const lab = new LabCache();
    lab.answer = 'ambiguous';
    const isolate = lab.isolate();
    await isolate.read(READ, CACHED);
    expect(isolate.cache.memory.size).toBe(0);
  });

  it('serves every selection of a row from one entry', async () => {
    const lab = new LabCache();
    const columns = lab.model.table('Customer').columns.map(({ name }) => name);
    lab.answer = [...columns.map((name) => `${name}!`), '7'];
    const isolate = lab.isolate();
    const first = await isolate.read(customerById('one', 'c', ['name', '#version']), CACHED);
    const second = await isolate.read(customerById('one', 'c', ['email', 'id']), CACHED);
    expect(first.answer).toEqual(['name!', '7']);
    expect(second).toMatchObject({ answer: ['email!', 'id!'], source: 'memory' });
  });
});

describe('stamps', () => {
  it('refuse what was read before a change, when memory looks again', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate({ recheckMs: 2_000 });
    await isolate.read(READ, CACHED);
    await lab.change(['two'], ONE, { Order: {} });
    expect(await isolate.read(READ, CACHED)).toMatchObject({ answer: ['one'], source: 'memory' });
    // The location has a copy of the stamps before (F17).
    await lab.clock.advance(2_000);
    expect(await isolate.read(READ, CACHED)).toMatchObject({ answer: ['one'], source: 'memory' });
    await lab.clock.advance(28_000);
    expect(await isolate.read(READ, CACHED)).toMatchObject({ answer: ['two'], source: 'shard' });
    expect(await isolate.read(READ, CACHED)).toMatchObject({ answer: ['two'], source: 'memory' });
  });

  it('of other rows, tables and tenants leave an entry as it is', async () => {
    const lab = new LabCache();
    const read = customerById('one', 'c1');
    const bucket = rowBucket(['one', 'c1']);
    const isolate = lab.isolate({ recheckMs: 0 });
    await isolate.read(read, CACHED);
    await lab.change(['x'], ONE, {
      Order: {},
      Customer: { buckets: new Map([[(bucket + 1) % 64, lab.version + 9_000]]) },
    });
    await lab.clock.advance(61_000 - 2);
    expect(await isolate.read(read, CACHED)).toMatchObject({ source: 'memory' });
  });

  it('invalidate an entry that a slow reader puts into KV after them (F16)', async () => {
    const lab = new LabCache();
    const slow = lab.isolate({ kvFillReads: 1 });
    lab.shardMs = 5_000;
    const reading = slow.read(READ, CACHED);
    await lab.clock.advance(1_000);
    lab.shardMs = 0;
    await lab.change(['two'], ONE, { Order: {} });
    expect((await lab.clock.run(reading)).answer).toEqual(['one']);
    expect(await lab.isolate().read(READ, CACHED)).toMatchObject({ answer: ['two'], source: 'shard' });
  });

  it('that cannot be understood refuse everything', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate({ recheckMs: 0 });
    await isolate.read(READ, CACHED);
    await lab.kv.location().put('s:t%3Aone', 'rubbish', { expirationTtl: 600 });
    await lab.clock.advance(61_000);
    expect(await isolate.read(READ, CACHED)).toMatchObject({ source: 'shard' });
  });

  it('concern no list over all shards: it lives by its time', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate({ recheckMs: 0 });
    await isolate.read(allOrders(), CACHED);
    await lab.change(['two'], ONE, { Order: {} });
    await lab.clock.advance(59_000);
    expect(await isolate.read(allOrders(), CACHED)).toMatchObject({ answer: ['one'], source: 'memory' });
  });
});

describe('one look at the stamps of a shard key', () => {
  it('serves all entries that depend on them, for as long as it would serve one', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate({ recheckMs: 2_000 });
    const reads = [READ, customerById('one', 'a'), customerById('one', 'b')];
    for (const read of reads) await isolate.read(read, CACHED);
    await lab.clock.advance(2_000);
    const before = lab.kv.counts.keys;
    for (const read of reads) {
      expect(await isolate.read(read, CACHED)).toMatchObject({ source: 'memory' });
      await lab.clock.advance(600);
    }
    expect(lab.kv.counts.keys - before).toBe(1);
    await lab.clock.advance(200);
    await isolate.read(READ, CACHED);
    expect(lab.kv.counts.keys - before).toBe(2);
  });

  it('tells each of them of a change', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate({ recheckMs: 2_000 });
    const other = customerById('one', 'a');
    for (const read of [READ, other]) await isolate.read(read, CACHED);
    await lab.change(['two'], ONE, { Order: {}, Customer: { all: lab.version + 9_000 } });
    await lab.clock.advance(31_000);
    for (const read of [READ, other]) expect(await isolate.read(read, CACHED)).toMatchObject({ source: 'shard' });
  });

  it('that finds none is not repeated for a minute, in which a location remembers that', async () => {
    const lab = new LabCache({ hasStamps: false });
    lab.coveredMs = 0;
    const isolate = lab.isolate({ recheckMs: 2_000 });
    for (let second = 0; second < 60; second += 5) {
      await isolate.read(READ, CACHED);
      await lab.clock.advance(5_000);
    }
    // The entry each time, the stamps once.
    expect(lab.kv.counts.keys).toBe(13);
    await isolate.read(READ, CACHED);
    expect(lab.kv.counts.keys).toBe(15);
  });

  it('is made all the same for an entry that somebody has put there meanwhile', async () => {
    const lab = new LabCache({ hasStamps: false });
    lab.coveredMs = 0;
    const isolate = lab.isolate();
    await isolate.read(customerById('one', 'a'), CACHED);
    lab.coveredMs = Number.POSITIVE_INFINITY;
    await lab.change(['one'], ONE, { Tenant: {} });
    const other = lab.isolate({ kvFillReads: 1 });
    await other.read(READ, CACHED);
    // Another location would find both; this one remembers that there were no stamps.
    expect(await isolate.read(READ, CACHED)).toMatchObject({ source: 'shard' });
    expect(await lab.isolate().read(READ, CACHED)).toMatchObject({ source: 'kv' });
  });
});

describe('KV', () => {
  const near = async (lab: LabCache) => {
    const isolate = lab.isolate({ kvFillReads: 1, kvDistanceMs: 50 });
    for (let time = 0; time < 3; time++) await isolate.read(READ, STRONG);
    lab.asked.splice(0);
    return isolate;
  };

  it('is neither asked nor filled for a shard that is near, which leaves no trace', async () => {
    const lab = new LabCache();
    lab.shardMs = 5;
    const reading = near(lab);
    const isolate = await lab.clock.run(reading);
    for (let time = 0; time < 4; time++) {
      await lab.clock.run(isolate.read(READ, CACHED));
      await lab.clock.run(isolate.read(READ, CACHED));
      await lab.clock.advance(2_000);
    }
    expect(lab.kv.counts).toMatchObject({ gets: 0, puts: 0 });
    expect(lab.asked).toHaveLength(4);
    expect(lab.asked).toMatchObject(lab.asked.map(() => ({ cacheable: false })));
  });

  it('is asked and filled for one that takes long', async () => {
    const lab = new LabCache();
    lab.shardMs = 50;
    const isolate = await lab.clock.run(near(lab));
    await lab.clock.run(isolate.read(READ, CACHED));
    expect(lab.kv.counts).toMatchObject({ gets: 1, puts: 1 });
    expect(lab.asked).toMatchObject([{ cacheable: true }]);
  });

  it('is asked and filled for lists over all shards, however near they are', async () => {
    const lab = new LabCache();
    const isolate = await near(lab);
    await isolate.read(allOrders(), CACHED);
    expect(lab.kv.counts).toMatchObject({ gets: 1, keys: 1, puts: 1 });
  });
});

describe('an answer that nobody has read', () => {
  const MINE = customerById('one', 'mine');

  /** An isolate that has found nothing in KV so far, far from a shard that leaves traces for what is cacheable alone. */
  const unlucky = async (lab: LabCache) => {
    lab.answer = null;
    lab.coveredMs = 0;
    const isolate = lab.isolate({ kvFillReads: 2 });
    for (let read = 0; read < 60; read++) await isolate.read(customerById('one', `other ${read}`), CACHED);
    lab.asked.splice(0);
    return { isolate, before: { ...lab.kv.counts } };
  };

  it('is neither looked up in KV nor put there, and leaves no trace', async () => {
    const lab = new LabCache();
    const { isolate, before } = await unlucky(lab);
    expect(before.gets).toBeGreaterThan(30);
    expect(await isolate.read(MINE, CACHED)).toMatchObject({ source: 'shard' });
    expect(lab.asked).toMatchObject([{ cacheable: false }]);
    expect(lab.kv.counts).toEqual(before);
  });

  it('is, once it is read again within its life', async () => {
    const lab = new LabCache();
    const { isolate, before } = await unlucky(lab);
    await isolate.read(MINE, CACHED);
    await lab.clock.advance(89_000);
    lab.coveredMs = 90_000;
    expect(await isolate.read(MINE, CACHED)).toMatchObject({ source: 'shard' });
    expect(lab.asked).toMatchObject([{ cacheable: false }, { cacheable: true }]);
    expect(lab.kv.counts).toMatchObject({ gets: before.gets + 1, puts: before.puts + 1 });
    expect(await lab.isolate({ kvFillReads: 2 }).read(MINE, CACHED)).toMatchObject({ source: 'kv' });
  });

  it('is not, if it is read again later than that', async () => {
    const lab = new LabCache();
    const { isolate, before } = await unlucky(lab);
    for (let read = 0; read < 3; read++) {
      await isolate.read(MINE, CACHED);
      await lab.clock.advance(92_000);
    }
    expect(lab.asked).toMatchObject([{ cacheable: false }, { cacheable: false }, { cacheable: false }]);
    expect(lab.kv.counts).toEqual(before);
  });

  it('is looked up where others put such answers', async () => {
    const lab = new LabCache();
    lab.answer = null;
    const ids = Array.from({ length: 40 }, (_, index) => `row ${index}`);
    const filling = lab.isolate({ kvFillReads: 1 });
    for (const id of ids) await filling.read(customerById('one', id), CACHED);
    const isolate = lab.isolate({ kvFillReads: 2 });
    const sources = new Set<string>();
    for (const id of ids) sources.add((await isolate.read(customerById('one', id), CACHED)).source);
    expect([...sources]).toEqual(['kv']);
  });
});

describe('answers of which changes may not be published', () => {
  it('are in memory until stamps would be looked at, and not in KV', async () => {
    const lab = new LabCache();
    // A little less than the life of an entry.
    lab.coveredMs = 89_999;
    const isolate = lab.isolate({ kvFillReads: 1, recheckMs: 2_000 });
    await isolate.read(READ, CACHED);
    await lab.clock.advance(1_999);
    expect(await isolate.read(READ, CACHED)).toMatchObject({ source: 'memory' });
    await lab.clock.advance(1);
    expect(await isolate.read(READ, CACHED)).toMatchObject({ source: 'shard' });
    expect(lab.kv.counts.puts).toBe(0);
    lab.coveredMs = 90_000;
    await lab.clock.advance(2_000);
    await isolate.read(READ, CACHED);
    expect(lab.kv.counts.puts).toBe(1);
    await lab.clock.advance(2_000);
    expect(await isolate.read(READ, CACHED)).toMatchObject({ source: 'memory' });
  });

  it('are asked for again by who warms KV, until their shard has put the stamps', async () => {
    const lab = new LabCache();
    lab.coveredMs = 0;
    const { cache } = lab.isolate();
    const puts: Promise<unknown>[] = [];
    const store = openStore(cache, lab.kv.location() as never);
    const waitUntil = (work: Promise<unknown>) => puts.push(work);
    const warming = new CacheReader({ cache, store, askShards: lab.ask, waitUntil, isWarming: true });
    const read = warming.read(READ, CACHED);
    await lab.clock.advance(1_000);
    lab.coveredMs = 90_000;
    await lab.clock.run(read);
    expect(lab.asked).toHaveLength(3);
    await Promise.all(puts);
    expect(lab.kv.counts.puts).toBe(1);
  });
});

describe('BOUNDED reads', () => {
  it('hold without stamps: KV at another location may be a minute behind (F04, F17)', async () => {
    const lab = new LabCache();
    const far = lab.isolate();
    await lab.isolate({ kvFillReads: 1 }).read(READ, CACHED);
    await far.read(READ, CACHED);
    lab.answer = ['two'];
    await lab.clock.advance(20_000);
    expect(await far.read(READ, CACHED)).toMatchObject({ answer: ['one'] });
    expect(await far.read(READ, bounded(20_000))).toMatchObject({ answer: ['two'], source: 'shard' });
  });

  it('take an answer of this isolate up to the bound, and of others with the uncertainty of clocks off', async () => {
    const lab = new LabCache();
    const mine = lab.isolate({ kvFillReads: 1 });
    await mine.read(READ, CACHED);
    await lab.clock.advance(500);
    mine.cache.clock.now();
    await lab.clock.advance(500);
    expect(await mine.read(READ, bounded(1_100))).toMatchObject({ source: 'memory' });
    await lab.clock.advance(60_000);
    expect(await lab.isolate().read(READ, bounded(61_600))).toMatchObject({ source: 'kv' });
    expect(await lab.isolate().read(READ, bounded(61_400))).toMatchObject({ source: 'shard' });
  });

  it('below a minute neither ask KV nor fill it, and leave no trace', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate({ kvFillReads: 1 });
    for (let time = 0; time < 4; time++) {
      expect(await isolate.read(READ, bounded(59_999))).toMatchObject({ source: time % 2 === 0 ? 'shard' : 'memory' });
      await lab.clock.advance(40_000);
    }
    expect(lab.kv.counts).toMatchObject({ gets: 0, puts: 0 });
    expect(lab.asked).toMatchObject([{ cacheable: false }, { cacheable: false }]);
  });

  it('trust no age across a step of the clock (F22)', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate();
    await isolate.read(READ, CACHED);
    await lab.clock.advance(400);
    expect(await isolate.read(READ, bounded(500))).toMatchObject({ source: 'memory' });
    lab.clock.stepBack(300);
    expect(await isolate.read(READ, bounded(200))).toMatchObject({ source: 'shard' });
  });

  it('trust no age across a time in which the clock might have stepped back unseen (F22)', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate({}, null);
    await isolate.read(READ, CACHED);
    await lab.clock.advance(10_000);
    lab.clock.stepBack(400);
    // It says to be 9,600 ms old.
    expect(await isolate.read(READ, bounded(9_900))).toMatchObject({ source: 'shard' });
    await lab.clock.advance(10_000);
    expect(await isolate.read(READ, bounded(10_600))).toMatchObject({ source: 'memory' });
  });
});

describe('SESSION reads', () => {
  it('see what the session wrote, and what it was shown (F23)', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate();
    await isolate.read(READ, CACHED);
    await lab.clock.advance(10);
    lab.answer = ['mine'];
    const token = lab.version;
    await lab.clock.advance(1);
    expect(await isolate.read(READ, session(token))).toMatchObject({ answer: ['mine'], source: 'shard' });
    expect(await isolate.read(READ, session(token))).toMatchObject({ answer: ['mine'], source: 'memory' });
    expect(await isolate.read(READ, session(0))).toMatchObject({ source: 'memory' });
  });
});

describe('stale while revalidate', () => {
  it('serves the stale answer and replaces it once', async () => {
    const lab = new LabCache({ model: cachedModel(10, 30) });
    const isolate = lab.isolate();
    await isolate.read(READ, CACHED);
    await lab.clock.advance(11_000);
    lab.answer = ['two'];
    lab.shardMs = 50;
    const stale = await Promise.all([1, 2, 3].map(() => isolate.request().read(READ, CACHED)));
    expect(stale.map(([each]) => each!.answer)).toEqual([['one'], ['one'], ['one']]);
    await isolate.settle();
    expect(lab.asked).toHaveLength(2);
    expect(await isolate.read(READ, CACHED)).toMatchObject({ answer: ['two'], source: 'memory' });
  });

  it('goes on with the stale answer while refreshing fails, and not beyond (F21)', async () => {
    const lab = new LabCache({ model: cachedModel(10, 30) });
    const isolate = lab.isolate();
    await isolate.read(READ, CACHED);
    lab.failure = new Error('shard is down');
    await lab.clock.advance(11_000);
    expect(await isolate.read(READ, CACHED)).toMatchObject({ answer: ['one'] });
    expect(isolate.count('refresh-failed')).toBe(1);
    await lab.clock.advance(30_000);
    await expect(isolate.read(READ, CACHED)).rejects.toThrow('shard is down');
  });
});

describe('many readers of one cold key (F20)', () => {
  it('are served by one call of the isolate', async () => {
    const lab = new LabCache();
    lab.shardMs = 30;
    const isolate = lab.isolate();
    const answers = await lab.clock.run(
      Promise.all(Array.from({ length: 10_000 }, () => isolate.request().read(READ, CACHED))),
    );
    expect(answers.every(([each]) => (each!.answer as string[])[0] === 'one')).toBe(true);
    expect(lab.asked).toHaveLength(1);
  });

  it('ask for themselves if the one that fetches does not come back', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate({ fillPatienceMs: 500 });
    lab.shardMs = 1_000_000;
    void isolate.request().read(READ, CACHED);
    await lab.clock.advance(10);
    lab.shardMs = 0;
    const before = lab.clock.now();
    const [answer] = await lab.clock.run(isolate.request().read(READ, CACHED));
    expect(answer).toMatchObject({ source: 'shard' });
    expect(lab.clock.now() - before).toBeLessThan(700);
  });

  it('fail each with the error of the shard, and wait no longer', async () => {
    const lab = new LabCache();
    lab.shardMs = 20;
    lab.failure = new Error('shard is down');
    const isolate = lab.isolate();
    const outcomes = await lab.clock.run(
      Promise.allSettled(Array.from({ length: 20 }, () => isolate.request().read(READ, CACHED))),
    );
    expect(outcomes.map(({ status }) => status)).toEqual(new Array(20).fill('rejected'));
  });
});

describe('KV that is down or slow (F30)', () => {
  it('costs reads the cache, never the answer', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate({ recheckMs: 0 });
    await isolate.read(READ, CACHED);
    lab.kv.isDown = true;
    expect(await isolate.read(READ, CACHED)).toMatchObject({ source: 'shard' });
    expect(sumOf(isolate.cache.counters.cacheKvOperations, { operation: 'failed' })).toBeGreaterThan(0);
  });

  it('is not waited for', async () => {
    const lab = new LabCache({ readingMs: () => 10_000 });
    const before = lab.clock.now();
    const [answer] = await lab.clock.run(lab.isolate({ kvPatienceMs: 100 }).request().read(READ, CACHED));
    expect(answer).toMatchObject({ source: 'shard' });
    expect(lab.clock.now() - before).toBeLessThan(200);
  });
});

describe('writes through the cache', () => {
  const ROW = customerById('one', 'a');
  const OTHER = customerById('one', 'b');

  /** What a shard does: reads the whole row back, if it is asked to. */
  async function writing(lab: LabCache, isolate: ReturnType<LabCache['isolate']>, read = ROW): Promise<void> {
    const reader = isolate.request();
    const held = reader.heldRow(read);
    if (held) reader.adopt(held, await lab.ask({ ...held, shardKeys: [ONE] }));
  }

  it('put the new state of a row that memory holds in its place, to be read without a miss', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate({ kvFillReads: 1 });
    lab.answer = wholeRow('first');
    await isolate.read(ROW, CACHED);
    await lab.clock.advance(10);
    lab.answer = wholeRow('second');
    await writing(lab, isolate);
    expect(lab.asked.at(-1)).toMatchObject({ cacheable: true, keys: [['one', 'a']] });
    const touched = [['Customer', [rowBucket(['one', 'a'])]]] as const;
    isolate.cache.localWrites.record({ shard: LAB_SHARD, shardKeys: [ONE], version: lab.version, touched });
    expect(await isolate.read(ROW, CACHED)).toMatchObject({ source: 'memory', answer: ['second'], ageMs: 0 });
    expect(await isolate.read(customerById('one', 'a', ['email', 'name']), CACHED)).toMatchObject({
      source: 'memory',
      answer: ['a@x', 'second'],
    });
  });

  it('ask for nothing of rows that memory does not hold, nor of what is no row', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate();
    lab.answer = wholeRow('first');
    await isolate.read(ROW, CACHED);
    await isolate.read(READ, CACHED);
    lab.asked.length = 0;
    await writing(lab, isolate, OTHER);
    await writing(lab, isolate, READ);
    expect(lab.asked).toEqual([]);
    expect(await isolate.read(OTHER, CACHED)).toMatchObject({ source: 'shard' });
  });

  it('keep the absence of a row that was deleted', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate();
    lab.answer = wholeRow('first');
    await isolate.read(ROW, CACHED);
    lab.answer = null;
    await writing(lab, isolate);
    expect(await isolate.read(ROW, CACHED)).toMatchObject({ source: 'memory', answer: null });
  });

  it('leave what a later one has left, and what was not read back', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate();
    lab.answer = wholeRow('first');
    await isolate.read(ROW, CACHED);
    const earlier = await lab.ask({ ...ROW, cacheable: true });
    await lab.clock.advance(10);
    lab.answer = wholeRow('second');
    await writing(lab, isolate);
    const reader = isolate.request();
    for (const readBack of [earlier, []]) reader.adopt(reader.heldRow(ROW)!, readBack);
    expect(await isolate.read(ROW, CACHED)).toMatchObject({ source: 'memory', answer: ['second'] });
  });

  it('count the age of what was read back from the sending of the write', async () => {
    const lab = new LabCache();
    const isolate = lab.isolate();
    lab.answer = wholeRow('first');
    await isolate.read(ROW, CACHED);
    lab.shardMs = 300;
    await lab.clock.run(writing(lab, isolate));
    lab.shardMs = 0;
    expect(await isolate.read(ROW, bounded(300))).toMatchObject({ source: 'memory' });
    expect(await isolate.read(ROW, bounded(299))).toMatchObject({ source: 'shard' });
  });
});

/** A customer, with all columns that its row entry has. */
const wholeRow = (name: string) => {
  const columns = cachedModel().table('Customer').columns;
  return [...columns.map((column) => ({ name, email: 'a@x' })[column.name] ?? column.name), '1'];
};
