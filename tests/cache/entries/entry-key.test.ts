import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type EntryKey, EntryKeyMaker } from '../../../src/cache/entries/entry-key.ts';
import { compilePlan } from '../../../src/shards/plan/compiled-plan.ts';
import { exists } from '../../../src/shards/plan/filter.ts';
import type { Read } from '../../../src/shards/plan/read.ts';
import { rowBucket, valueBucket } from '../../../src/shards/stamps.ts';
import {
  allOrders,
  customerByEmail,
  customerById,
  model,
  node,
  ordersOfCustomer,
  ordersOfTenant,
  readOf,
} from '../../support/cache/reads.ts';
import { relatedOf } from '../../support/plans.ts';
import { seedOfRun } from '../../support/random.ts';

const keyOf = (read: Read): EntryKey =>
  new EntryKeyMaker(model, read.plan, read.values, read.shardKeys !== null).make(
    read.keys[0]!,
    read.shardKeys?.[0] ?? null,
  );

/** The same read of what a rule leaves of the rows. */
const restricted = (read: Read, value: string): Read => ({
  ...read,
  plan: compilePlan({ ...read.plan.node, access: { op: 'eq', column: 'name', value: read.values.length } }),
  values: [...read.values, value],
});

describe('an access rule', () => {
  it('does not decide what a read of a row is cached as', () => {
    const read = customerById('one', 'c1');
    expect(keyOf(restricted(read, 'a')).kind).toBe('row');
    expect(keyOf(restricted(read, 'a')).text).toBe(keyOf(read).text);
  });

  it('tells other entries apart, with its values', () => {
    for (const read of [customerByEmail('one', 'a@b'), ordersOfTenant('one')]) {
      const texts = [read, restricted(read, 'a'), restricted(read, 'b')].map((each) => keyOf(each).text);
      expect(new Set(texts).size).toBe(3);
    }
  });
});

describe('names of entries', () => {
  it('say what they are', async () => {
    const names = await Promise.all(
      [customerById('one', 'c1'), customerByEmail('one', 'a@b'), ordersOfTenant('one'), allOrders()].map((read) =>
        keyOf(read).kvKey(),
      ),
    );
    expect(names[0]).toMatch(/^t%3Aone\/t:Customer:id:one,c1@[0-9a-f]{16}$/);
    expect(names[1]).toMatch(/^t%3Aone\/idx:Customer:email:a%40b:[\w-]{43}@[0-9a-f]{16}$/);
    expect(names[2]).toMatch(/^t%3Aone\/q:Order:[\w-]{43}@[0-9a-f]{16}$/);
    expect(names[3]).toMatch(/^\*\/q:Order:[\w-]{43}@[0-9a-f]{16}$/);
  });

  it('have at most 512 bytes, however long the values are', async () => {
    const long = 'é'.repeat(5_000);
    for (const read of [customerById(long, long), customerByEmail(long, long), ordersOfTenant(long)]) {
      expect(new TextEncoder().encode(await keyOf(read).kvKey()).length).toBeLessThanOrEqual(512);
    }
  });

  it('of a row are the same for every selection of columns, and for every order of the key', async () => {
    const swapped = readOf(node({ table: 'Customer', match: ['id', 'tenantId'], columns: ['email'] }), 'one', [
      'c1',
      'one',
    ]);
    expect(keyOf(swapped).text).toBe(keyOf(customerById('one', 'c1')).text);
    expect(await keyOf(swapped).kvKey()).toBe(await keyOf(customerById('one', 'c1')).kvKey());
  });

  it('are equal if and only if the questions are (F26)', async () => {
    const text = fc.oneof(
      fc.string({ unit: fc.constantFrom('/', ':', ',', '~', '@', '%', '2C', '|', '"', '\\', 'a'), maxLength: 4 }),
      fc.constantFrom('a', 'b', 'null', ':null', 'a,b'),
    );
    const read = fc.oneof(
      fc.tuple(text, text).map(([tenant, id]) => customerById(tenant, id)),
      fc.tuple(text, text).map(([tenant, email]) => customerByEmail(tenant, email)),
      fc.tuple(text, text, fc.integer({ min: 1, max: 3 })).map(([t, c, limit]) => ordersOfCustomer(t, c, limit)),
      fc.tuple(text, fc.integer({ min: 1, max: 3 })).map(([tenant, limit]) => ordersOfTenant(tenant, limit)),
      fc.integer({ min: 1, max: 3 }).map((limit) => allOrders(limit)),
    );
    const meaning = ({ plan: { node: plan }, values, keys, shardKeys }: Read) =>
      JSON.stringify([plan.table, plan.match, plan.relations.length, values, keys, shardKeys]);
    await fc.assert(
      fc.asyncProperty(read, read, async (one, other) => {
        const isSame = meaning(one) === meaning(other);
        const [first, second] = [keyOf(one), keyOf(other)];
        expect(first.text === second.text).toBe(isSame);
        expect((await first.kvKey()) === (await second.kvKey())).toBe(isSame);
      }),
      { seed: seedOfRun(), numRuns: Number(process.env.PAIRS ?? 2_000) },
    );
  });
});

describe('what entries depend on', () => {
  it('is the bucket of the row, of the value, or all tables of the tree', () => {
    expect(keyOf(customerById('one', 'c1')).dependencies).toEqual([
      { table: 'Customer', bucket: rowBucket(['one', 'c1']) },
    ]);
    expect(keyOf(customerByEmail('one', 'a@b')).dependencies).toEqual([
      { table: 'Customer', bucket: valueBucket(['email'], ['a@b']) },
    ]);
    expect(keyOf(ordersOfCustomer('one', 'c1')).dependencies).toEqual([
      { table: 'Order', bucket: valueBucket(['customerId'], ['c1']) },
    ]);
    expect(keyOf(ordersOfTenant('one')).dependencies).toEqual([
      { table: 'Order', bucket: null },
      { table: 'OrderItem', bucket: null },
    ]);
  });

  it('is nothing that stamps tell where all shards are asked', () => {
    expect(keyOf(allOrders()).dependencies).toEqual([]);
    expect(keyOf(allOrders()).shardKey).toBeNull();
  });

  it('is all of a table that a filter looks at as well', () => {
    const reviews = relatedOf({ table: 'Review', from: ['tenantId', 'id'], match: ['tenantId', 'customerId'] });
    const read = customerByEmail('one', 'a@b');
    const key = keyOf({ ...read, plan: compilePlan({ ...read.plan.node, filter: exists(reviews) }) });
    expect(key.kind).toBe('plan');
    expect(key.dependencies.map(({ table }) => table)).toEqual(['Customer', 'Review']);
  });
});
