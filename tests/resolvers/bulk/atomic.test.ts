import { beforeAll, describe, expect, it } from 'vitest';
import { Cluster, SHOP } from '../support/cluster.ts';
import { summary } from '../support/run.ts';
import { shop } from '../support/shop.ts';

const cluster = new Cluster(shop, SHOP);

beforeAll(async () => {
  await cluster.data(`mutation {
    createTenant(data: { id: "u", name: "U", plan: FREE, settings: {} }) { id }
    createCustomer(data: { tenantId: "u", id: "c", name: "C", email: "c@x", attributes: {} }) { id }
    createProduct(data: { tenantId: "u", id: "p", sku: "p", name: "P", priceCents: 10 }) { id }
  }`);
}, 60_000);

describe('atomic', () => {
  const product = (atomic: string, data = '') =>
    cluster.run(
      `mutation { m: updateProduct(by: { id: "p" }, shardKey: "u", ${data} atomic: ${atomic}) { priceCents name description } }`,
    );
  const tenant = (atomic: string) =>
    cluster.run(`mutation { m: updateTenant(by: { id: "u" }, atomic: ${atomic}) { settings } }`);

  it('changes numbers, in the order that the schema states', async () => {
    const prices: number[] = [];
    for (const change of [
      '{ increment: 5 }',
      '{ decrement: 3 }',
      '{ multiply: 2, increment: 1 }',
      '{ min: 20 }',
      '{ max: 100 }',
    ]) {
      const { data } = await product(`{ priceCents: ${change} }`);
      prices.push(data.m.priceCents);
    }
    expect(prices).toEqual([15, 12, 25, 20, 100]);
  });

  it('changes texts, and gives null a value first', async () => {
    const { data: still } = await product('{ description: { append: "!" } }');
    expect(still.m.description).toBeNull();
    const { data } = await product(
      '{ description: { setIfNull: "b", prepend: "a", append: "c" }, name: { append: "!" } }',
      'data: { priceCents: 1 },',
    );
    expect(data.m).toEqual({ description: 'abc', name: 'P!', priceCents: 1 });
  });

  it('changes parts of JSON values', async () => {
    const { data: merged } = await tenant('{ settings: { merge: { a: { b: 1, c: 2 }, list: [1] } } }');
    expect(merged.m.settings).toEqual({ a: { b: 1, c: 2 }, list: [1] });
    const { data } = await tenant(
      '{ settings: { merge: { a: { b: null } }, set: [{ path: "x.y", value: true }], unset: ["a.c"], append: [{ path: "list", value: 2 }, { path: "new", value: "n" }] } }',
    );
    expect(data.m.settings).toEqual({ a: {}, list: [1, 2], new: ['n'], x: { y: true } });
  });

  it('adds up what many do at once', async () => {
    await product('{ priceCents: { min: 0 } }');
    await Promise.all(Array.from({ length: 50 }, () => product('{ priceCents: { increment: 1 } }')));
    const { data } = await product('{ priceCents: { increment: 0 } }');
    expect(data.m.priceCents).toBe(50);
  });

  it.each([
    [
      'a column that is set too',
      'data: { priceCents: 1 }, atomic: { priceCents: { increment: 1 } }',
      /priceCents .* in data and in atomic/,
    ],
    ['null', 'atomic: null', /value at atomic, but got null/],
    ['null for a column', 'atomic: { priceCents: null }', /at atomic\.priceCents, but got null/],
    [
      'null for a change',
      'atomic: { priceCents: { increment: null } }',
      /at atomic\.priceCents\.increment, but got null/,
    ],
    ['no change of a column', 'atomic: { priceCents: {} }', /changes at atomic\.priceCents, but got none/],
  ])('refuses %s', async (_, args, message) => {
    const { errors, trace } = await cluster.run(
      `mutation { m: updateProduct(by: { id: "p" }, shardKey: "u", ${args}) { id } }`,
    );
    expect(summary(errors)).toEqual(['m BAD_USER_INPUT']);
    expect(errors[0]!.message).toMatch(message);
    expect(trace.rpcs).toBe(0);
  });

  it.each([
    ['what is no object to merge', '{ merge: [1] }', /Expected an object at atomic\.settings\.merge/],
    [
      'a path that is none',
      '{ set: [{ path: "a..b", value: 1 }] }',
      /atomic\.settings\.set\.0\.path to have no empty steps/,
    ],
    ['an empty list of changes', '{ unset: [] }', /changes at atomic\.settings, but got none/],
  ])('refuses %s', async (_, change, message) => {
    const { errors } = await tenant(`{ settings: ${change} }`);
    expect(errors[0]!.message).toMatch(message);
  });

  it('has no columns that name the row', () => {
    const type = shop.schema.getType('ProductAtomicInput') as unknown as { getFields(): object };
    expect(Object.keys(type.getFields())).toEqual(['sku', 'name', 'priceCents', 'description', 'stock']);
  });

  it('changes a row in place that an upsert finds', async () => {
    const args =
      'by: { id: "counted" }, shardKey: "u", create: { sku: "counted", name: "N", priceCents: 1 }, atomic: { priceCents: { increment: 5 } }';
    const product = () => cluster.data(`mutation { m: upsertProduct(${args}) { priceCents } }`);
    expect((await product()).m.priceCents).toBe(1);
    expect((await product()).m.priceCents).toBe(6);
    expect((await product()).m.priceCents).toBe(11);
  });
});
