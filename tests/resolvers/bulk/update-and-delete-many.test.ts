import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Cluster, SHOP } from '../support/cluster.ts';
import { shop } from '../support/shop.ts';

const cluster = new Cluster(shop, SHOP);

const ORDERS = 6;
let tenant = '';
let count = 0;

const read = (fields: string, first = 100) =>
  cluster
    .data(`query ($t: ID!) { orders(shardKey: $t, first: ${first}, orderBy: [{ id: ASC }]) { nodes { ${fields} } } }`, {
      t: tenant,
    })
    // biome-ignore lint/suspicious/noExplicitAny: as free as the query.
    .then(({ orders }) => orders.nodes as any[]);

/** A mutation with those of the variables that it uses. */
const write = (field: string, variables: Readonly<Record<string, unknown>> = {}) => {
  const types = { t: 'ID!', id: 'ID', where: 'OrderWhere! = {}' };
  const used = Object.entries(types).filter(([name]) => new RegExp(`\\$${name}\\b`).test(field));
  const declared = used.length === 0 ? '' : `(${used.map(([name, type]) => `$${name}: ${type}`).join(', ')})`;
  return cluster.run(`mutation ${declared} { m: ${field} }`, { t: tenant, ...variables });
};

const update = (args: string) =>
  write(
    `updateOrders(${args}) { affectedCount nodes { id note totalCents } results { index outcome } shards { affectedCount code } }`,
  );

const remove = (args: string) => write(`deleteOrders(${args}) { affectedCount nodes { id note } results { outcome } }`);

beforeAll(async () => {
  await cluster.data('{ tenants(first: 1) { totalCount } }');
}, 60_000);

beforeEach(async () => {
  tenant = `w${++count}`;
  await cluster.data(
    `mutation ($t: ID!, $orders: [OrderCreateInput!]!) {
      createTenant(data: { id: $t, name: "T", plan: FREE, settings: {} }) { id }
      createCustomer(data: { tenantId: $t, id: "c", name: "C", email: "c@x", attributes: {} }) { id }
      createOrders(data: $orders) { affectedCount }
    }`,
    {
      t: tenant,
      orders: Array.from({ length: ORDERS }, (_, at) => ({
        tenantId: tenant,
        id: `o${at}`,
        customerId: 'c',
        status: at % 2 ? 'PAID' : 'PENDING',
        totalCents: at * 10,
        shipping: {},
      })),
    },
  );
});

describe('updateXs', () => {
  it('sets columns of the rows that the conditions find, and shows them by primary key', async () => {
    const { data, errors, trace } = await update(
      'where: { status: { eq: PAID } }, data: { note: "n" }, atMost: 10, shardKey: $t',
    );
    expect(errors).toEqual([]);
    expect(data.m).toEqual({
      affectedCount: 3,
      nodes: [1, 3, 5].map((at) => ({ id: `o${at}`, note: 'n', totalCents: at * 10 })),
      results: [0, 1, 2].map((index) => ({ index, outcome: 'UPDATED' })),
      shards: [{ affectedCount: 3, code: null }],
    });
    expect(trace.rpcs).toBe(1);
    expect((await read('note')).map(({ note }) => note)).toEqual([null, 'n', null, 'n', null, 'n']);
  });

  it('takes the shard key from the conditions, and changes columns in place', async () => {
    const { data } = await update(
      'where: { tenantId: { eq: $t }, totalCents: { gte: 30 } }, atomic: { totalCents: { multiply: 2, increment: 1 } }, atMost: 10',
    );
    expect(data.m.nodes.map(({ totalCents }: { totalCents: number }) => totalCents)).toEqual([61, 81, 101]);
  });

  it('finds rows by related rows of the shard', async () => {
    const { data } = await update(
      'where: { customer: { email: { eq: "c@x" } }, id: { in: ["o1", "o2"] } }, data: { note: "c" }, atMost: 10, shardKey: $t',
    );
    expect(data.m.affectedCount).toBe(2);
  });

  it('does nothing where there are no such rows', async () => {
    const { data } = await update('where: { id: { eq: "none" } }, data: { note: "c" }, atMost: 1, shardKey: $t');
    expect(data.m).toMatchObject({ affectedCount: 0, nodes: [], results: [] });
  });

  it('answers what it would write in a dry run, and writes nothing', async () => {
    const before = await read('version note');
    const { data } = await update(
      'where: { status: { eq: PAID } }, data: { note: "n" }, atMost: 10, shardKey: $t, dryRun: true',
    );
    expect(data.m.nodes.map(({ note }: { note: string }) => note)).toEqual(['n', 'n', 'n']);
    expect(data.m.affectedCount).toBe(3);
    expect(await read('version note')).toEqual(before);
  });
});

describe('deleteXs', () => {
  it('gives the rows as they were before', async () => {
    const { data } = await remove('where: { status: { eq: PENDING } }, atMost: 3, shardKey: $t');
    expect(data.m).toEqual({
      affectedCount: 3,
      nodes: ['o0', 'o2', 'o4'].map((id) => ({ id, note: null })),
      results: [0, 1, 2].map(() => ({ outcome: 'DELETED' })),
    });
    expect((await read('id')).map(({ id }) => id)).toEqual(['o1', 'o3', 'o5']);
  });

  it('deletes nothing in a dry run, for one row or for several', async () => {
    const { data } = await remove('where: { status: { eq: PENDING } }, atMost: 3, shardKey: $t, dryRun: true');
    expect(data.m.affectedCount).toBe(3);
    const one = await cluster.data(
      'mutation ($t: ID!) { m: deleteOrder(by: { id: "o0" }, shardKey: $t, dryRun: true) { id totalCents } }',
      { t: tenant },
    );
    expect(one.m).toEqual({ id: 'o0', totalCents: 0 });
    expect(await read('id')).toHaveLength(ORDERS);
  });
});

describe('Writes of the rows that conditions find', () => {
  const WRITES = [
    ['updateOrders', 'data: { note: "n" },'],
    ['deleteOrders', ''],
  ] as const;

  const REFUSED: readonly (readonly [name: string, args: string, variables?: Readonly<Record<string, unknown>>])[] = [
    ['an empty filter', 'where: {}, atMost: 100, shardKey: $t'],
    ['an empty AND', 'where: { AND: [] }, atMost: 100, shardKey: $t'],
    ['an empty NOT', 'where: { NOT: {} }, atMost: 100, shardKey: $t'],
    ['a column without operators', 'where: { note: {} }, atMost: 100, shardKey: $t'],
    ['an operator whose variable is left out', 'where: { id: { eq: $id } }, atMost: 100, shardKey: $t'],
    ['an operator whose variable is null', 'where: { id: { eq: $id } }, atMost: 100, shardKey: $t', { id: null }],
    ['a filter whose variable is empty', 'where: $where, atMost: 100, shardKey: $t'],
    ['conditions that hold for every row', 'where: { id: { notIn: [] } }, atMost: 100, shardKey: $t'],
    ['no shard key', 'where: { id: { eq: "o1" } }, atMost: 1'],
    ['several shard keys', 'where: { tenantId: { in: [$t, "other"] } }, atMost: 100'],
    ['null as the shard key', 'where: { id: { eq: "o1" } }, atMost: 1, shardKey: null'],
    ['null for dryRun', 'where: { id: { eq: "o1" } }, atMost: 1, shardKey: $t, dryRun: null'],
    ['less than one row', 'where: { id: { eq: "o1" } }, atMost: 0, shardKey: $t'],
    ['more rows than are ever written', 'where: { id: { eq: "o1" } }, atMost: 10001, shardKey: $t'],
    ['more rows than atMost', 'where: { id: { ne: "o1" } }, atMost: 4, shardKey: $t'],
  ];

  for (const [field, data] of WRITES) {
    it(`as ${field} write nothing where a column is in an empty list`, async () => {
      const before = await read('id version');
      const where = 'where: { id: { in: [] } }, atMost: 100, shardKey: $t';
      const { data: answer, errors } = await write(`${field}(${data} ${where}) { affectedCount }`);
      expect(errors).toEqual([]);
      expect(answer.m).toEqual({ affectedCount: 0 });
      expect(await read('id version')).toEqual(before);
    });

    for (const [name, args, variables] of REFUSED) {
      it(`as ${field} refuse ${name}, and write nothing`, async () => {
        const before = await read('id version');
        const { data: answer, errors } = await write(`${field}(${data} ${args}) { affectedCount }`, variables);
        expect(errors.map(({ path, extensions }) => `${path} ${extensions.code}`)).toEqual(['m BAD_USER_INPUT']);
        expect(answer.m).toBeNull();
        expect(await read('id version')).toEqual(before);
      });
    }
  }

  it('say how to name the shard key', async () => {
    const { errors } = await remove('where: { id: { eq: "o1" } }, atMost: 1');
    expect(errors[0]!.message).toContain('Name it in the argument shardKey, or in where with tenantId: { eq: … }.');
  });

  it('refuse to change nothing, and null', async () => {
    for (const changes of ['', 'data: {},', 'data: null,', 'data: { items: { create: [] } },']) {
      const { errors } = await update(`${changes} where: { id: { eq: "o1" } }, atMost: 1, shardKey: $t`);
      expect(errors[0]!.extensions.code, changes).toBe('BAD_USER_INPUT');
    }
  });
});
