import { beforeAll, describe, expect, it } from 'vitest';
import { describeRuns, propertyRuns } from '../../support/property-runs.ts';
import { createRandom, pick } from '../../support/random.ts';
import { Cluster, SHOP } from '../support/cluster.ts';
import { summary } from '../support/run.ts';
import { shop } from '../support/shop.ts';

const cluster = new Cluster(shop, SHOP);

beforeAll(async () => {
  await cluster.data(`mutation {
    createTenant(data: { id: "u", name: "U", plan: FREE, settings: {} }) { id }
    createCustomer(data: { tenantId: "u", id: "c", name: "C", email: "c@x", attributes: {} }) { id }
  }`);
}, 60_000);

const CUSTOMER = 'name: "New", email: "EMAIL", attributes: {}';
const create = (email: string, more = '') => `create: { ${CUSTOMER.replace('EMAIL', email)} ${more} }`;
const upsert = (args: string) => cluster.run(`mutation { m: upsertCustomer(${args}) { id name phone version } }`);

describe('upsertX', () => {
  it('creates the row with the key that names it, then changes it', async () => {
    const args = `by: { id: "one" }, shardKey: "u", ${create('one@x')}, update: { name: "Changed" }`;
    const { data: first } = await upsert(args);
    expect(first.m).toMatchObject({ id: 'one', name: 'New' });
    const { data: second } = await upsert(args);
    expect(second.m).toMatchObject({ id: 'one', name: 'Changed' });
  });

  it('leaves a row that is there as it is without update', async () => {
    await upsert(`by: { id: "kept" }, shardKey: "u", ${create('kept@x')}`);
    const { data: before } = await upsert(`by: { id: "kept" }, shardKey: "u", ${create('kept@x', 'phone: "1"')}`);
    const { data: after } = await upsert(`by: { id: "kept" }, shardKey: "u", ${create('kept@x', 'phone: "2"')}`);
    expect(after).toEqual(before);
    expect(after.m.phone).toBeNull();
  });

  it('takes the shard key from the new row, and finds it by another key', async () => {
    const { data } = await upsert(`by: { email: "mail@x" }, ${create('mail@x', 'tenantId: "u"')}`);
    const { data: again } = await upsert(
      `by: { email: "mail@x" }, ${create('mail@x', 'tenantId: "u"')}, update: { phone: "3" }`,
    );
    expect(again.m).toMatchObject({ id: data.m.id, phone: '3' });
  });

  it('is CONFLICT for a row of another version', async () => {
    const args = `by: { id: "versioned" }, shardKey: "u", ${create('versioned@x')}, update: { name: "Changed" }`;
    const { data } = await upsert(args);
    await upsert(args);
    const { errors } = await upsert(`${args}, expectedVersion: "${data.m.version}"`);
    expect(summary(errors)).toEqual(['m CONFLICT']);
  });

  it.each([
    ['another key in create', `by: { id: "a" }, shardKey: "u", ${create('a@x', 'id: "b"')}`, 'BAD_USER_INPUT'],
    [
      'another shard key in create',
      `by: { id: "a" }, shardKey: "u", ${create('a@x', 'tenantId: "v"')}`,
      'BAD_USER_INPUT',
    ],
    ['another unique key in create', `by: { email: "a@x" }, shardKey: "u", ${create('b@x')}`, 'BAD_USER_INPUT'],
    ['no shard key at all', `by: { id: "a" }, ${create('a@x')}`, 'NOT_NULL_VIOLATION'],
    ['null for update', `by: { id: "a" }, shardKey: "u", ${create('a@x')}, update: null`, 'BAD_USER_INPUT'],
    ['null as the shard key', `by: { id: "a" }, shardKey: null, ${create('a@x')}`, 'BAD_USER_INPUT'],
    [
      'a key column in update',
      `by: { id: "a" }, shardKey: "u", ${create('a@x')}, update: { id: "b" }`,
      'BAD_USER_INPUT',
    ],
  ])('refuses %s', async (_, args, code) => {
    const { errors, trace } = await upsert(args);
    expect(summary(errors)).toEqual([`m ${code}`]);
    expect(trace.rpcs).toBe(0);
  });
});

const runs = propertyRuns(60);
/** New keys that are written at the same time. */
const KEYS_AT_ONCE = 30;
/** They share shards and nothing else, as isolates do. */
const isolates = [cluster, new Cluster(shop, SHOP)];

describe('upserts of one new key at the same time', () => {
  const valuesOf = (key: string, name: string) => `sku: "${key}", name: "${name}", priceCents: 1, stock: 1`;
  const upsertBy = (column: string) => (key: string, name: string) =>
    `upsertProduct(by: { ${column}: "${key}" }, shardKey: "u", create: { ${valuesOf(key, name)} }, atomic: { stock: { increment: 1 } }) { id stock }`;
  const [byPrimaryKey, byUniqueKey] = [upsertBy('id'), upsertBy('sku')];
  const ofMany = (key: string, name: string) =>
    `upsertProducts(data: [{ tenantId: "u", ${valuesOf(key, name)} }], conflictKey: SKU) { nodes { id } results { outcome } }`;

  it(`make one row, which one creates and the other changes (${describeRuns(runs)})`, {
    timeout: 60_000 + 50 * runs.numRuns,
  }, async () => {
    const random = createRandom(runs.seed);
    const race = async (key: string) => {
      const field = pick(random, [byPrimaryKey, byUniqueKey, ofMany]);
      const [a, b] = await Promise.all(
        isolates.map((isolate, n) => isolate.data(`mutation { m: ${field(key, `of ${n}`)} }`)),
      );
      if (field !== ofMany) {
        expect([a.m.id, [a.m.stock, b.m.stock].sort()]).toEqual([b.m.id, [1, 2]]);
        return;
      }
      const outcomes = [a, b].flatMap(({ m }) => m.results.map(({ outcome }: { outcome: string }) => outcome));
      expect([a.m.nodes, outcomes.sort()]).toEqual([b.m.nodes, ['INSERTED', 'UPDATED']]);
    };
    for (let first = 0; first < runs.numRuns; first += KEYS_AT_ONCE) {
      const keys = Array.from(
        { length: Math.min(KEYS_AT_ONCE, runs.numRuns - first) },
        (_, at) => `race-${first + at}`,
      );
      await Promise.all(keys.map(race));
    }
    const { products } = await cluster.data(
      '{ products(shardKey: "u", where: { sku: { startsWith: "race-" } }) { totalCount } }',
    );
    expect(products.totalCount).toBe(runs.numRuns);
  });

  it('count to fifty, if there are fifty', async () => {
    const upserts = Array.from({ length: 50 }, (_, n) =>
      isolates[n % 2]!.data(`mutation { m: ${byUniqueKey('fifty', 'P')} }`),
    );
    const counted: number[] = (await Promise.all(upserts)).map(({ m }) => m.stock);
    expect(counted.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, n) => n + 1));
  });
});
