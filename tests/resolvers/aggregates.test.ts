import { beforeAll, describe, expect, it } from 'vitest';
import { Cluster, SHOP } from './support/cluster.ts';
import { summary } from './support/run.ts';
import { shop } from './support/shop.ts';

const cluster = new Cluster(shop, SHOP);
const TENANTS = ['t1', 't2', 't3', 't4', 't5', 't6'];
const TIMES = ['2026-03-28T00:30:00Z', '2026-03-28T23:30:00Z', '2026-03-29T22:30:00Z', '2026-04-01T05:00:00Z'];

beforeAll(async () => {
  const fields = TENANTS.flatMap((tenant, index) => [
    `${tenant}: createTenant(data: { id: "${tenant}", name: "Tenant ${index}", plan: PRO, settings: {} }) { id }`,
    ...[1, 2, 3].map(
      (n) =>
        `${tenant}c${n}: createCustomer(data: { tenantId: "${tenant}", id: "${tenant}-c${n}", name: "Customer ${n}", email: "c${n}@shop.test", attributes: {} }) { id }`,
    ),
    ...[1, 2, 3, 4].map(
      (n) =>
        `${tenant}o${n}: createOrder(data: { tenantId: "${tenant}", id: "${tenant}-o${n}", customerId: "${tenant}-c${1 + (n % 2)}", status: ${n % 2 ? 'PAID' : 'PENDING'}, totalCents: ${n * 10}, shipping: {}, note: ${n === 1 ? `"n${index % 2}"` : 'null'}, createdAt: "${TIMES[n - 1]}" }) { id }`,
    ),
  ]);
  await cluster.data(`mutation { ${fields.join('\n')} }`);
}, 60_000);

describe('aggregate', () => {
  it('computes over all rows that match, whatever the page, in one RPC per shard', async () => {
    const { data, errors, trace } =
      await cluster.run(`{ orders(where: { totalCents: { gt: 10 } }, first: 1, offset: 1) {
      totalCount
      nodes { id }
      aggregate {
        count
        countDistinct { customerId tenantId status note }
        sum { totalCents } avg { totalCents }
        min { totalCents createdAt status note } max { id createdAt }
      }
      groupBy(by: { field: STATUS }) { keys { status } count }
    } }`);
    expect(errors).toEqual([]);
    expect(data.orders).toEqual({
      totalCount: 18,
      nodes: [{ id: 't1-o3' }],
      aggregate: {
        count: 18,
        countDistinct: { customerId: 12, tenantId: 6, status: 2, note: 0 },
        sum: { totalCents: 540 },
        avg: { totalCents: 30 },
        min: { totalCents: 20, createdAt: '2026-03-28T23:30:00.000Z', status: 'PAID', note: null },
        max: { id: 't6-o4', createdAt: '2026-04-01T05:00:00.000Z' },
      },
      groupBy: [
        { keys: { status: 'PAID' }, count: 6 },
        { keys: { status: 'PENDING' }, count: 12 },
      ],
    });
    expect(trace.rpcs).toBe(trace.shards.size);
  });

  it('answers nested lists per level, not per row, with zero where there are no rows', async () => {
    const { data, errors, trace } = await cluster.run(`{ customers(shardKey: "t1") { nodes {
      id
      orders(where: { totalCents: { lt: 40 } }) {
        aggregate { count sum { totalCents } countDistinct { status } }
        groupBy(by: { field: STATUS }) { keys { status } count }
      }
    } } }`);
    expect(errors).toEqual([]);
    expect(data.customers.nodes).toEqual([
      {
        id: 't1-c1',
        orders: {
          aggregate: { count: 1, sum: { totalCents: 20 }, countDistinct: { status: 1 } },
          groupBy: [{ keys: { status: 'PENDING' }, count: 1 }],
        },
      },
      {
        id: 't1-c2',
        orders: {
          aggregate: { count: 2, sum: { totalCents: 40 }, countDistinct: { status: 1 } },
          groupBy: [{ keys: { status: 'PAID' }, count: 2 }],
        },
      },
      {
        id: 't1-c3',
        orders: { aggregate: { count: 0, sum: { totalCents: null }, countDistinct: { status: 0 } }, groupBy: [] },
      },
    ]);
    expect(trace.rpcs).toBe(1);
    const one = await cluster.run(`{ customers(shardKey: "t1", first: 1) { nodes {
      orders { aggregate { count sum { totalCents } } groupBy(by: { field: STATUS }) { count } }
    } } }`);
    const { trace: many } = await cluster.run(`{ customers(shardKey: "t1") { nodes {
      orders { aggregate { count sum { totalCents } } groupBy(by: { field: STATUS }) { count } }
    } } }`);
    expect(many.statements).toBe(one.trace.statements);
  });

  it('is confined to what a search and filters on related rows find', async () => {
    const { customers, orders } = await cluster.data(`{
      customers(search: "2", first: 1) {
        totalCount
        aggregate { count countDistinct { name tenantId } min { name } }
        groupBy(by: [{ field: TENANT_ID }, { field: CREATED_AT, trunc: YEAR, timeZone: "Asia/Tokyo" }]) { keys { tenantId } count }
      }
      orders(where: { customer: { name: { endsWith: "1" } } }, orderBy: [{ customer: { name: ASC } }]) {
        totalCount
        aggregate { count sum { totalCents } }
        groupBy(by: { field: STATUS }) { keys { status } sum { totalCents } }
      }
    }`);
    expect(customers).toEqual({
      totalCount: 6,
      aggregate: { count: 6, countDistinct: { name: 1, tenantId: 6 }, min: { name: 'Customer 2' } },
      groupBy: TENANTS.map((tenantId) => ({ keys: { tenantId }, count: 1 })),
    });
    expect(orders).toEqual({
      totalCount: 12,
      aggregate: { count: 12, sum: { totalCents: 360 } },
      groupBy: [{ keys: { status: 'PENDING' }, sum: { totalCents: 360 } }],
    });
  });

  it('takes aliases, fragments and directives', async () => {
    const { orders } = await cluster.data(
      `query ($yes: Boolean!) {
        orders(shardKey: "t1") {
          ...Both
          b: aggregate { sum { cents: totalCents } ... on OrderAggregate { rows: count } avg @skip(if: $yes) { totalCents } }
        }
      }
      fragment Both on OrderConnection { aggregate { count @include(if: $yes) __typename max { ...Max } } }
      fragment Max on OrderColumnValues { totalCents __typename }`,
      { yes: true },
    );
    expect(orders).toEqual({
      aggregate: { count: 4, __typename: 'OrderAggregate', max: { totalCents: 40, __typename: 'OrderColumnValues' } },
      b: { sum: { cents: 100 }, rows: 4 },
    });
  });
});

describe('groupBy', () => {
  it('groups by several keys, nulls together, in the order of the keys', async () => {
    const { orders } = await cluster.data(`{ orders {
      groupBy(by: [{ field: NOTE }, { field: STATUS }]) { keys { note status } count min { totalCents } avg { totalCents } }
    } }`);
    expect(orders.groupBy).toEqual([
      { keys: { note: null, status: 'PAID' }, count: 6, min: { totalCents: 30 }, avg: { totalCents: 30 } },
      { keys: { note: null, status: 'PENDING' }, count: 12, min: { totalCents: 20 }, avg: { totalCents: 30 } },
      { keys: { note: 'n0', status: 'PAID' }, count: 3, min: { totalCents: 10 }, avg: { totalCents: 10 } },
      { keys: { note: 'n1', status: 'PAID' }, count: 3, min: { totalCents: 10 }, avg: { totalCents: 10 } },
    ]);
  });

  it('groups by periods of a time zone, across a change of its offset', async () => {
    const days = (zone: string) => `groupBy(by: { field: CREATED_AT, trunc: DAY${zone} }) { keys { createdAt } count }`;
    const { orders } = await cluster.data(`{ orders {
      utc: ${days('')}
      berlin: ${days(', timeZone: "Europe/Berlin"')}
      kolkata: ${days(', timeZone: "Asia/Kolkata"')}
    } }`);
    const keys = (groups: { keys: { createdAt: string }; count: number }[]) =>
      groups.map((group) => group.keys.createdAt);
    expect(keys(orders.utc)).toEqual([
      '2026-03-28T00:00:00.000Z',
      '2026-03-29T00:00:00.000Z',
      '2026-04-01T00:00:00.000Z',
    ]);
    expect(keys(orders.berlin)).toEqual([
      '2026-03-27T23:00:00.000Z',
      '2026-03-28T23:00:00.000Z',
      '2026-03-29T22:00:00.000Z',
      '2026-03-31T22:00:00.000Z',
    ]);
    expect(keys(orders.kolkata)).toEqual([
      '2026-03-27T18:30:00.000Z',
      '2026-03-28T18:30:00.000Z',
      '2026-03-29T18:30:00.000Z',
      '2026-03-31T18:30:00.000Z',
    ]);
  });

  it('filters groups by keys and measures, orders them, and cuts them last', async () => {
    const { orders } = await cluster.data(`{ orders {
      having: groupBy(
        by: [{ field: CUSTOMER_ID }]
        having: { sum: { totalCents: { gte: 60 } }, NOT: { keys: { customerId: { endsWith: "3-c1" } } }, OR: [{ count: { gt: 2 } }, { countDistinct: { note: { eq: 0 } } }] }
        orderBy: [{ max: { totalCents: DESC } }, { keys: { customerId: DESC } }]
        first: 2
      ) { keys { customerId } sum { totalCents } }
      nulls: groupBy(by: [{ field: NOTE }], orderBy: [{ keys: { note: DESC_NULLS_FIRST } }]) { keys { note } }
      unknown: groupBy(by: [{ field: NOTE }], having: { NOT: { keys: { note: { eq: "n0" } } } }) { keys { note } }
      isNull: groupBy(by: [{ field: NOTE }], having: { keys: { note: { isNull: true } } }) { count }
      none: groupBy(by: [{ field: NOTE }], first: 0) { count }
    } }`);
    expect(orders).toEqual({
      having: [
        { keys: { customerId: 't6-c1' }, sum: { totalCents: 60 } },
        { keys: { customerId: 't5-c1' }, sum: { totalCents: 60 } },
      ],
      nulls: [{ keys: { note: null } }, { keys: { note: 'n1' } }, { keys: { note: 'n0' } }],
      unknown: [{ keys: { note: 'n1' } }],
      isNull: [{ count: 18 }],
      none: [],
    });
  });
});

describe('groups', () => {
  it('are found by one of many values, in any order', async () => {
    const groups = async (having: string, type = 'Float', values: unknown = []) => {
      const query = `query ($in: [${type}!]) { orders {
        groupBy(by: [{ field: CUSTOMER_ID }], having: ${having}) { keys { customerId } sum { totalCents } }
      } }`;
      const { orders } = await cluster.data(query, { in: values });
      return orders.groupBy as { keys: { customerId: string }; sum: { totalCents: number } }[];
    };
    const all = await groups('{ NOT: { sum: { totalCents: { in: $in } } } }');
    const sums = [...new Set(all.map(({ sum }) => sum.totalCents))];
    const ids = all.map(({ keys }) => keys.customerId);
    expect(sums.length).toBeGreaterThan(1);
    const others = Array.from({ length: 1_000 }, (_, at) => (at * 7_919) % 1_000).filter(
      (each) => !sums.includes(each),
    );
    for (const wanted of sums) {
      const values = [...others.slice(0, 500), wanted, ...others.slice(500), wanted];
      const found = await groups('{ sum: { totalCents: { in: $in } } }', 'Float', values);
      expect(found).toEqual(all.filter(({ sum }) => sum.totalCents === wanted));
      const left = await groups('{ sum: { totalCents: { notIn: $in } } }', 'Float', values);
      expect(left).toEqual(all.filter(({ sum }) => sum.totalCents !== wanted));
    }
    for (const id of [ids[0]!, ids.at(-1)!, ids[ids.length >> 1]!]) {
      const found = await groups('{ keys: { customerId: { in: $in } } }', 'ID', ['x', id, 'a', 'zz', '']);
      expect(found.map(({ keys }) => keys.customerId)).toEqual([id]);
    }
  });
});

describe('wrong arguments', () => {
  it.each([
    ['by: []', 'Expected 1 to 8 columns in by, but got 0. Use aggregate for all rows together.'],
    [`by: [${'{ field: ID }'.repeat(9)}]`, 'Expected 1 to 8 columns in by, but got 9.'],
    ['by: [{ field: STATUS }, { field: STATUS }]', 'Expected each column once in by, but got status again.'],
    ['by: { field: STATUS, trunc: DAY }', 'Expected trunc on a DateTime column, but got it on status (by.0).'],
    [
      'by: { field: CREATED_AT, timeZone: "UTC" }',
      'Expected timeZone together with trunc, but got it alone (by.0). Add trunc.',
    ],
    [
      'by: { field: CREATED_AT, trunc: DAY, timeZone: "Mars/Olympus" }',
      'Expected timeZone to be an IANA name, such as "Europe/Berlin", but got "Mars/Olympus".',
    ],
    [
      'by: { field: CREATED_AT, trunc: DAY, timeZone: "+01:00" }',
      'Expected timeZone to be an IANA name, such as "Europe/Berlin", but got "+01:00".',
    ],
    ['by: { field: STATUS }, first: -1', 'Expected first to be from 0 to 1000, but got -1.'],
    ['by: { field: STATUS }, first: 1001', 'Expected first to be from 0 to 1000, but got 1001.'],
    [
      'by: { field: STATUS }, having: { keys: { note: { eq: "x" } } }',
      'Expected having.keys.note to be one of the columns in by, but got note. Add it to by.',
    ],
    [
      'by: { field: STATUS }, orderBy: { keys: { note: ASC } }',
      'Expected orderBy.0.keys to be one of the columns in by, but got note. Add it to by.',
    ],
    [
      'by: { field: STATUS }, orderBy: [{ count: ASC }, { keys: { status: ASC } }, { count: DESC }]',
      'Expected each value once in orderBy, but got count again. Name it once.',
    ],
    [
      'by: { field: STATUS }, orderBy: [{ keys: { status: ASC } }, { keys: { status: ASC } }]',
      'Expected each value once in orderBy, but got keys.status again. Name it once.',
    ],
    [
      'by: { field: STATUS }, orderBy: [{ sum: { totalCents: ASC } }, { avg: { totalCents: ASC } }, { sum: { totalCents: DESC } }]',
      'Expected each value once in orderBy, but got sum.totalCents again. Name it once.',
    ],
    [
      'by: { field: STATUS }, having: { sum: { totalCents: { between: [1] } } }',
      'Expected having.sum.totalCents.between to be [low, high], but got 1 values.',
    ],
    [
      'by: { field: STATUS }, having: { sum: { totalCents: { gt: null } } }',
      'Expected a value at having.sum.totalCents.gt, but got null. Leave it out; isNull finds rows without a value, and none rows without related rows.',
    ],
  ])('%s', async (args, message) => {
    const { data, errors } = await cluster.run(`{ orders(shardKey: "t1") { totalCount groupBy(${args}) { count } } }`);
    expect(summary(errors)).toEqual(['orders.groupBy BAD_USER_INPUT']);
    expect(errors[0]!.message).toBe(message);
    // Siblings keep their data.
    expect(data.orders).toEqual({ totalCount: 4, groupBy: null });
  });

  it('refuse keys that are not grouped by', async () => {
    const { errors } = await cluster.run('{ orders { groupBy(by: { field: STATUS }) { keys { status note } } } }');
    expect(errors[0]!.message).toBe('Expected keys to be one of the columns in by, but got note. Add it to by.');
  });

  it('refuse too many groupings of one list', async () => {
    const fields = Array.from({ length: 21 }, (_, n) => `g${n}: groupBy(by: { field: STATUS }) { count }`);
    const { data, errors } = await cluster.run(`{ orders { ${fields.join(' ')} } }`);
    expect(summary(errors)).toEqual(['orders.g20 BAD_USER_INPUT']);
    expect(data.orders.g19).toHaveLength(2);
  });

  it('refuse conditions nested too deeply or too many', async () => {
    const deep = `${'{ NOT: '.repeat(17)}{ count: { gt: 1 } }${' }'.repeat(17)}`;
    const many = `{ OR: [${'{ count: { gt: 1 } }'.repeat(251)}] }`;
    const { errors } = await cluster.run(`{ orders {
      deep: groupBy(by: { field: STATUS }, having: ${deep}) { count }
      many: groupBy(by: { field: STATUS }, having: ${many}) { count }
    } }`);
    expect(summary(errors)).toEqual(['orders.deep DEPTH_LIMIT_EXCEEDED', 'orders.many COST_LIMIT_EXCEEDED']);
  });
});
