/** Orders by related rows: what they refuse, what cursors of them are good for, and what pages cost. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Model, WireValue } from '../../src/model/types.ts';
import { buildSchema } from '../../src/schema/build-schema.ts';
import type { ShardKey } from '../../src/shards/shard-key.ts';
import allTypes from '../models/all-types/model.ts';
import crossShard from '../models/cross-shard/model.ts';
import { Cluster, SHOP } from './support/cluster.ts';
import { FakeShardClient } from './support/fake-shard-client.ts';
import { run, summary } from './support/run.ts';
import { shop } from './support/shop.ts';

/** What a document is refused with, before anything is read. */
async function refusal(model: Model, query: string, variables: Record<string, unknown> = {}) {
  const client = new FakeShardClient(model);
  const { errors } = await run({ model, schema: buildSchema(model) }, client, query, variables);
  expect(client.reads).toEqual([]);
  return { errors: summary(errors), message: errors[0]?.message };
}

describe('an order refuses', () => {
  it.each([
    ['routes', '{ source: { name: ASC } }', 'Route.source', 'Route'],
    ['airports', '{ departuresAggregate: { count: DESC } }', 'Airport.departures', 'Airport'],
    ['routes', '{ planesAggregate: { min: { name: ASC } } }', 'Route.planes', 'Route'],
    ['routePlanes', '{ route: { destination: { name: ASC } } }', 'Route.destination', 'Route'],
  ])('relations across shards: %s by %s', async (list, entry, relation, table) => {
    expect(await refusal(crossShard, `{ ${list}(orderBy: [${entry}]) { totalCount } }`)).toEqual({
      errors: [`${list} BAD_USER_INPUT`],
      message: `Expected orderBy to name relations within a shard, but got ${relation}, whose rows lie on other shards. Name columns of ${table}.`,
    });
  });

  it('more than 8 relations within each other', async () => {
    const order = (depth: number) => `${'{ parent: '.repeat(depth)}{ name: ASC }${' }'.repeat(depth)}`;
    expect(await refusal(allTypes, `{ categories(orderBy: [${order(9)}]) { totalCount } }`)).toEqual({
      errors: ['categories DEPTH_LIMIT_EXCEEDED'],
      message: 'Expected at most 8 relations within each other in orderBy, but got more.',
    });
  });

  it('more than 8 values of related rows', async () => {
    const columns = ['id', 'tenantId', 'name', 'email', 'phone', 'createdAt'];
    const entries = [
      ...columns.map((name) => `{ customer: { ${name}: ASC } }`),
      ...['id', 'orderId', 'quantity'].map((name) => `{ itemsAggregate: { max: { ${name}: ASC } } }`),
    ];
    expect(entries).toHaveLength(9);
    expect(await refusal(shop.model, `{ orders(orderBy: [${entries}]) { totalCount } }`)).toEqual({
      errors: ['orders BAD_USER_INPUT'],
      message: 'Expected at most 8 entries of orderBy that name a relation, but got 9.',
    });
  });

  it.each([
    ['{ totalCents: ASC }, { totalCents: ASC }', 'totalCents'],
    ['{ totalCents: ASC }, { createdAt: ASC }, { totalCents: DESC_NULLS_LAST }', 'totalCents'],
    ['{ id: DESC }, { id: ASC }', 'id'],
    ['{ customer: { name: ASC } }, { customer: { name: DESC } }', 'customer.name'],
    ['{ itemsAggregate: { count: DESC } }, { itemsAggregate: { count: ASC } }', 'itemsAggregate.count'],
    [
      '{ itemsAggregate: { max: { quantity: ASC } } }, { itemsAggregate: { max: { quantity: ASC } } }',
      'itemsAggregate.max.quantity',
    ],
  ])('a value that is named twice: %s', async (entries, value) => {
    expect(await refusal(shop.model, `{ orders(orderBy: [${entries}]) { totalCount } }`)).toEqual({
      errors: ['orders BAD_USER_INPUT'],
      message: `Expected each value once in orderBy, but got ${value} again. Name it once.`,
    });
  });

  it.each([
    '{ customer: { name: ASC, id: ASC } }',
    '{ customer: {} }',
    '{ customer: null }',
    '{ customer: ASC }',
    '{ itemsAggregate: { count: ASC, sum: { quantity: ASC } } }',
    '{ itemsAggregate: { sum: { id: ASC } } }',
    '{ itemsAggregate: { sum: {} } }',
    '{ itemsAggregate: { count: { id: ASC } } }',
    '{ items: { quantity: ASC } }',
    '{ customerAggregate: { count: ASC } }',
    '{ shipping: ASC }',
    '{ customer: { attributes: ASC } }',
  ])('what names not exactly one value: %s', async (entry) => {
    const { errors } = await run(
      shop,
      new FakeShardClient(shop.model),
      `{ orders(orderBy: [${entry}]) { totalCount } }`,
    );
    expect(errors.length).toBeGreaterThan(0);
  });

  it('the same behind variables', async () => {
    const query = 'query ($orderBy: [OrderOrderBy!]) { orders(orderBy: $orderBy) { totalCount } }';
    for (const entry of [{ customer: { name: 'ASC', id: 'ASC' } }, { customer: {} }, { customer: null }, {}]) {
      const { errors } = await run(shop, new FakeShardClient(shop.model), query, { orderBy: [entry] });
      expect(errors.length, JSON.stringify(entry)).toBeGreaterThan(0);
    }
  });
});

describe('equal orders', () => {
  it('make equal plans, wherever their values are', async () => {
    const plans = await Promise.all(
      [
        '{ itemsAggregate: { count: DESC } }, { customer: { name: ASC } }',
        '{ itemsAggregate: { count: DESC } }, { customer: { name: ASC } }, { tenantId: ASC }, { id: ASC }',
      ].map(async (entries) => {
        const client = new FakeShardClient(shop.model);
        await run(shop, client, `{ orders(orderBy: [${entries}]) { totalCount } }`);
        return JSON.stringify(client.reads[0]!.plan.node);
      }),
    );
    expect(plans[0]).toBe(plans[1]);
    expect(JSON.parse(plans[0]!).computed.map(({ name }: { name: string }) => name)).toEqual([
      '#customer.name',
      '#itemsAggregate.count',
    ]);
  });
});

describe('a long list', () => {
  const cluster = new Cluster(shop, SHOP);
  const createdAt = (at: number) => new Date(Date.UTC(2026, 0, 1) + (at % 977) * 1000).toISOString();

  beforeAll(async () => {
    const rows = (cells: readonly WireValue[]) => ({ shardKey: 't:order-a' as ShardKey, cells });
    await cluster.importRows(
      'Tenant',
      ['id', 'name', 'plan', 'settings', 'createdAt'],
      [rows(['order-a', 'A', 'free', '{}', createdAt(0)])],
    );
    const customers = Array.from({ length: 1_100 }, (_, at) => {
      const id = `c${String(at).padStart(4, '0')}`;
      return rows(['order-a', id, `Name ${at % 7}`, `${id}@x.test`, null, '{}', createdAt(at)]);
    });
    await cluster.importRows(
      'Customer',
      ['tenantId', 'id', 'name', 'email', 'phone', 'attributes', 'createdAt'],
      customers,
    );
  }, 60_000);

  const pageOf = async (args: string) => {
    const { errors, data, trace } = await cluster.run(
      `{ customers(${args}) { nodes { id } pageInfo { startCursor endCursor hasNextPage } } }`,
    );
    expect(errors).toEqual([]);
    return { ...data.customers, rowsRead: trace.rowsRead, rpcs: trace.rpcs };
  };

  it.each(['', 'orderBy: [{ createdAt: DESC }], ', 'orderBy: [{ createdAt: ASC }], '])(
    'page 1,000 costs what page 1 costs (%s)',
    async (order) => {
      const list = `shardKey: "order-a", ${order}`;
      const first = await pageOf(`${list}first: 1`);
      const { pageInfo } = await pageOf(`${list}first: 1, offset: 998`);
      const thousandth = await pageOf(`${list}first: 1, after: "${pageInfo.endCursor}"`);
      expect(thousandth.nodes).toEqual((await pageOf(`${list}first: 1, offset: 999`)).nodes);
      // Rows of the same moment as the position's are looked at; there are two.
      expect(thousandth.rowsRead).toBeLessThanOrEqual(first.rowsRead + 5);
      const back = await pageOf(`${list}last: 1, before: "${thousandth.pageInfo.startCursor}"`);
      expect(back.rowsRead).toBeLessThanOrEqual(first.rowsRead + 5);
    },
  );
});
