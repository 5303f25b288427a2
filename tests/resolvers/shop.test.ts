import { parse } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { Cluster, SHOP } from './support/cluster.ts';
import { summary } from './support/run.ts';
import { shop } from './support/shop.ts';

const cluster = new Cluster(shop, SHOP);

interface Page {
  readonly totalCount: number;
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
}

const TENANTS = ['t1', 't2', 't3', 't4', 't5', 't6'];

beforeAll(async () => {
  const fields = TENANTS.flatMap((tenant, index) => [
    `${tenant}: createTenant(data: { id: "${tenant}", name: "Tenant ${index}", plan: PRO, settings: { n: ${index} } }) { id }`,
    ...[1, 2, 3].flatMap((n) => [
      `${tenant}c${n}: createCustomer(data: { tenantId: "${tenant}", id: "${tenant}-c${n}", name: "Customer ${n}", email: "c${n}@shop.test", phone: ${n === 2 ? 'null' : `"${n}"`}, attributes: { n: ${n} } }) { id }`,
      `${tenant}p${n}: createProduct(data: { tenantId: "${tenant}", id: "${tenant}-p${n}", sku: "p${n}", name: "Product ${n}", priceCents: ${n * 100} }) { id }`,
    ]),
    ...[1, 2, 3, 4].flatMap((n) => [
      `${tenant}o${n}: createOrder(data: { tenantId: "${tenant}", id: "${tenant}-o${n}", customerId: "${tenant}-c${1 + (n % 2)}", status: ${n % 2 ? 'PAID' : 'PENDING'}, totalCents: ${n * 10}, shipping: {}, createdAt: "2026-01-0${n}T00:00:00Z" }) { id }`,
      `${tenant}i${n}: createOrderItem(data: { tenantId: "${tenant}", id: "${tenant}-i${n}", orderId: "${tenant}-o${n}", productId: "${tenant}-p${1 + (n % 3)}", quantity: ${n}, unitPriceCents: 5 }) { id }`,
    ]),
  ]);
  await cluster.data(`mutation { ${fields.join('\n')} }`);
}, 60_000);

describe('queries', () => {
  it('answer trees in one RPC to one shard', async () => {
    const { data, errors, trace } = await cluster.run(`{ customer(by: { email: "c1@shop.test" }, shardKey: "t2") {
      id name attributes createdAt
      orders(orderBy: [{ createdAt: DESC }]) {
        totalCount
        nodes { id status totalCents createdAt items { nodes { quantity product { sku priceCents } order { customer { name } } } } }
      }
    } }`);
    expect(errors).toEqual([]);
    expect(data.customer).toMatchObject({
      id: 't2-c1',
      name: 'Customer 1',
      attributes: { n: 1 },
      orders: {
        totalCount: 2,
        nodes: [
          {
            id: 't2-o4',
            status: 'PENDING',
            totalCents: 40,
            createdAt: '2026-01-04T00:00:00.000Z',
            items: {
              nodes: [
                { quantity: 4, product: { sku: 'p2', priceCents: 200 }, order: { customer: { name: 'Customer 1' } } },
              ],
            },
          },
          { id: 't2-o2', items: { nodes: [{ product: { sku: 'p3' } }] } },
        ],
      },
    });
    expect(trace.rpcs).toBe(1);
  });

  it('ask each shard once for fifty aliases, half of which name nothing', async () => {
    const fields = Array.from({ length: 50 }, (_, n) => {
      const tenant = TENANTS[n % TENANTS.length];
      return `a${n}: customer(by: { id: "${tenant}-c${n % 2 ? 9 : 1}" }, shardKey: "${tenant}") { id name }`;
    });
    const { data, errors, trace } = await cluster.run(`{ ${fields.join('\n')} }`);
    expect(errors).toEqual([]);
    expect(trace.rpcs).toBe(trace.shards.size);
    for (let n = 0; n < 50; n++) {
      expect(data[`a${n}`]).toEqual(n % 2 ? null : { id: `${TENANTS[n % TENANTS.length]}-c1`, name: 'Customer 1' });
    }
  });

  it('page over all shards, forth and back, in one global order', async () => {
    const query = `query ($first: Int, $after: String, $last: Int, $before: String) {
      orders(orderBy: [{ note: ASC }, { totalCents: DESC }], first: $first, after: $after, last: $last, before: $before) {
        totalCount
        edges { cursor node { id totalCents } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
      }
    }`;
    const all: Page = (await cluster.data(query, { first: 100 })).orders;
    const ids = all.edges.map(({ node }) => node.id);
    expect(ids).toHaveLength(24);
    expect(ids.slice(0, 6)).toEqual(TENANTS.map((tenant) => `${tenant}-o4`));
    const forth: string[] = [];
    for (let after: string | null = null, pages = 0; pages < 20; pages++) {
      const { edges, pageInfo, totalCount }: Page = (await cluster.data(query, { first: 5, after })).orders;
      expect(totalCount).toBe(24);
      expect(pageInfo.hasPreviousPage).toBe(after !== null);
      expect(pageInfo).toMatchObject({ startCursor: edges[0]!.cursor, endCursor: edges.at(-1)!.cursor });
      forth.push(...edges.map(({ node }) => node.id));
      after = pageInfo.endCursor;
      if (!pageInfo.hasNextPage) break;
    }
    expect(forth).toEqual(ids);
    const back: string[] = [];
    for (let before: string | null = null, pages = 0; pages < 20; pages++) {
      const { edges, pageInfo }: Page = (await cluster.data(query, { last: 7, before })).orders;
      expect(pageInfo.hasNextPage).toBe(before !== null);
      back.unshift(...edges.map(({ node }) => node.id));
      before = pageInfo.startCursor;
      if (!pageInfo.hasPreviousPage) break;
    }
    expect(back).toEqual(ids);
  });

  it.each<[string, object, number]>([
    ['all rows before a cursor', { first: 20, before: 15 }, 15],
    ['all rows before a cursor, the size left out', { before: 15 }, 15],
    ['some rows before a cursor', { first: 5, before: 15 }, 5],
    ['all rows after a cursor, from the end', { last: 30, after: 3 }, 20],
    ['some rows after a cursor, from the end', { last: 5, after: 3 }, 5],
    ['all rows between cursors', { first: 11, after: 3, before: 15 }, 11],
    ['some rows between cursors', { first: 10, after: 3, before: 15 }, 10],
    ['all rows between cursors, from the end', { last: 11, after: 3, before: 15 }, 11],
    ['some rows between cursors, from the end', { last: 10, after: 3, before: 15 }, 10],
  ])('tell as Relay does whether there are more than %s', async (_, page, count) => {
    const query = `query ($first: Int, $after: String, $last: Int, $before: String) {
      orders(first: $first, after: $after, last: $last, before: $before) {
        edges { cursor } pageInfo { hasNextPage hasPreviousPage }
      }
    }`;
    const all = (await cluster.data(query, { first: 100 })).orders.edges.map(
      ({ cursor }: { cursor: string }) => cursor,
    );
    const {
      first,
      last,
      after = -1,
      before = all.length,
    } = page as Record<'first' | 'last' | 'after' | 'before', number>;
    const { edges, pageInfo } = (await cluster.data(query, { first, last, after: all[after], before: all[before] }))
      .orders;
    const between = all.slice(after + 1, before);
    expect(edges.map(({ cursor }: { cursor: string }) => cursor)).toEqual(
      last === undefined ? between.slice(0, count) : between.slice(-count),
    );
    // The side that the page is counted to ends at the cursor; on the other one it is told what lies beyond it.
    expect(pageInfo).toEqual(
      last === undefined
        ? { hasNextPage: between.length > count, hasPreviousPage: after >= 0 }
        : { hasNextPage: before < all.length, hasPreviousPage: between.length > count },
    );
  });

  /** Relations within each other: orders of a customer, the customer of an order, and so on. */
  const nested = (levels: number): string =>
    levels === 0 ? '{ id }' : `{ orders(first: 1) { nodes { customer ${nested(levels - 2)} } } }`;
  const chain = (levels: number) => `{ customer(by: { id: "t1-c1" }, shardKey: "t1") ${nested(levels)} }`;

  it('nest a hundred relations within each other, by one call', async () => {
    const { data, errors, trace } = await cluster.run(chain(100));
    expect(errors).toEqual([]);
    expect(trace.rpcs).toBe(1);
    const innermost = Array.from({ length: 50 }).reduce(
      // biome-ignore lint/suspicious/noExplicitAny: rows are as deep as the query.
      (row: any) => row.orders.nodes[0].customer,
      data.customer,
    );
    expect(innermost).toEqual({ id: 't1-c1' });
  });

  it.each([102, 400, 900])('refuse %i, however often they are asked', async (levels) => {
    const document = parse(chain(levels));
    for (let time = 0; time < 3; time++) {
      const { errors } = await cluster.run(document);
      expect(errors.map(({ extensions }) => extensions.code)).toEqual(['DEPTH_LIMIT_EXCEEDED']);
      expect(errors[0]!.path).toHaveLength(1 + 50 * 4 + 1);
      expect(errors[0]!.message).toBe(
        'Expected at most 100 relations within each other, but got more. Ask for the inner ones by themselves.',
      );
    }
  });

  it('filter with every kind of operator', async () => {
    const found = async (where: string) =>
      (await cluster.data(`{ customers(where: ${where}, shardKey: "t3") { nodes { id } } }`)).customers.nodes.map(
        ({ id }: { id: string }) => id.slice(3),
      );
    expect(await found('{ phone: { isNull: true } }')).toEqual(['c2']);
    expect(await found('{ NOT: { phone: { eq: "1" } } }')).toEqual(['c3']);
    expect(await found('{ OR: [{ name: { endsWith: "1" } }, { email: { icontains: "C3@" } }] }')).toEqual(['c1', 'c3']);
    expect(await found('{ id: { between: ["t3-c2", "t3-c3"] }, name: { notIn: ["Customer 3"] } }')).toEqual(['c2']);
    expect(await found('{ id: { in: [] } }')).toEqual([]);
    expect(await found('{ id: { notIn: [] }, createdAt: { gt: "2020-01-01" } }')).toEqual(['c1', 'c2', 'c3']);
    expect(await found('{ tenantId: { eq: "t1" } }')).toEqual([]);
  });

  it('take fragments, interfaces, aliases and conditions as what they stand for', async () => {
    const { data, errors } = await cluster.run(
      `query ($yes: Boolean!, $no: Boolean!, $first: Int) {
        customers(shardKey: "t2", first: $first, offset: 1, orderBy: [{ id: ASC }]) {
          ...Page
          nodes { ... on Node { nodeId @skip(if: $yes) ... on Customer { key: id } } }
          totalCount @include(if: $no)
        }
      }
      fragment Page on CustomerConnection { nodes { ...Orders ... @include(if: $no) { email } ... @skip(if: $no) { phone } } }
      fragment Orders on Customer {
        newest: orders(first: 1, orderBy: [{ createdAt: DESC }]) { nodes { id } }
        paid: orders(where: { status: { eq: PAID } }, offset: 1) { nodes { id items(last: 1) { nodes { quantity } } } totalCount }
      }`,
      { yes: true, no: false, first: 1 },
    );
    expect(errors).toEqual([]);
    expect(data).toEqual({
      customers: {
        nodes: [
          {
            newest: { nodes: [{ id: 't2-o3' }] },
            paid: { nodes: [{ id: 't2-o3', items: { nodes: [{ quantity: 3 }] } }], totalCount: 2 },
            phone: null,
            key: 't2-c2',
          },
        ],
      },
    });
  });

  it('look rows up by every unique key', async () => {
    const { data } = await cluster.run(`{
      a: customer(by: { id: "t3-c2" }, shardKey: "t3") { id }
      b: customer(by: { email: "c2@shop.test" }, shardKey: "t3") { id }
      c: product(by: { sku: "p3" }, shardKey: "t3") { id }
      d: tenant(by: { id: "t3" }) { id }
      e: product(by: { sku: "p9" }, shardKey: "t3") { id }
    }`);
    const ids = ['a', 'b', 'c', 'd', 'e'].map((name) => data[name]?.id ?? null);
    expect(ids).toEqual(['t3-c2', 't3-c2', 't3-p3', 't3', null]);
  });

  it('find rows by node id, of several types at once', async () => {
    const { customers, orders } = await cluster.data(`{
      customers(first: 2, shardKey: "t1") { nodes { nodeId id } }
      orders(first: 2, shardKey: "t4") { nodes { nodeId id } }
    }`);
    const rows = [...customers.nodes, ...orders.nodes];
    const gone = (
      await cluster.data(
        'mutation { c: createCustomer(data: { tenantId: "t5", name: "x", email: "x", attributes: {} }) { id nodeId } }',
      )
    ).c;
    await cluster.data('mutation ($id: ID!) { deleteCustomer(by: { id: $id }, shardKey: "t5") { id } }', {
      id: gone.id,
    });
    const { nodes, node } = await cluster.data(
      'query ($ids: [ID!]!, $id: ID!) { nodes(nodeIds: $ids) { nodeId __typename ... on Customer { id } ... on Order { id customer { id } } } node(nodeId: $id) { nodeId } }',
      { ids: [...rows.map(({ nodeId }) => nodeId), gone.nodeId], id: gone.nodeId },
    );
    expect(nodes.slice(0, 4)).toMatchObject(rows);
    expect(nodes[4]).toBeNull();
    expect(nodes[2]).toMatchObject({ __typename: 'Order', customer: { id: expect.stringMatching(/^t4-c/) } });
    expect(node).toBeNull();
  });

  it('refuse a key that rows of several tenants have', async () => {
    const { data, errors } = await cluster.run(
      '{ customer(by: { email: "c1@shop.test" }) { id } tenant(by: { id: "t1" }) { id } }',
    );
    expect(summary(errors)).toEqual(['customer BAD_USER_INPUT']);
    expect(data).toEqual({ customer: null, tenant: { id: 't1' } });
  });
});

describe('mutations', () => {
  it.each(['id', 'tenantId'])('refuse another %s, and say how to move the row', async (column) => {
    const { data, errors } = await cluster.run(
      `mutation { updateCustomer(by: { id: "t1-c1" }, shardKey: "t1", data: { name: "Moved", ${column}: "t2" }) { id } }`,
    );
    expect(data).toEqual({ updateCustomer: null });
    expect(errors).toMatchObject([
      { message: expect.stringContaining('create it anew'), extensions: { code: 'BAD_USER_INPUT', field: column } },
    ]);
    const { customer } = await cluster.data('{ customer(by: { id: "t1-c1" }, shardKey: "t1") { name } }');
    expect(customer).toEqual({ name: 'Customer 1' });
  });

  it('return the written row with what hangs on it, in one RPC', async () => {
    const { data, errors, trace } = await cluster.run(`mutation {
      updateOrder(by: { id: "t6-o1" }, shardKey: "t6", data: { note: "soon", status: SHIPPED }) {
        status note version customer { name orders { totalCount } } items { nodes { product { sku } } }
      }
    }`);
    expect(errors).toEqual([]);
    expect(data.updateOrder).toMatchObject({
      status: 'SHIPPED',
      note: 'soon',
      customer: { name: 'Customer 2', orders: { totalCount: 2 } },
      items: { nodes: [{ product: { sku: 'p2' } }] },
    });
    expect(trace.rpcs).toBe(1);
  });

  it('find the shard of a row that is named without one', async () => {
    const { updateOrder } = await cluster.data(
      'mutation { updateOrder(by: { id: "t4-o2" }, data: { note: "found" }) { id tenantId note } }',
    );
    expect(updateOrder).toEqual({ id: 't4-o2', tenantId: 't4', note: 'found' });
    const { errors } = await cluster.run(`mutation {
      a: updateOrder(by: { id: "nowhere" }, data: { note: "x" }) { id }
      b: deleteCustomer(by: { email: "c1@shop.test" }) { id }
      c: deleteOrder(by: { id: "nowhere" }, shardKey: "t1") { id }
    }`);
    expect(summary(errors)).toEqual(['a NOT_FOUND', 'b BAD_USER_INPUT', 'c NOT_FOUND']);
  });

  it('run one after the other and see each other’s writes', async () => {
    const data = await cluster.data(`mutation {
      a: createCustomer(data: { tenantId: "t1", id: "serial", name: "1", email: "serial", attributes: {} }) { name version }
      b: updateCustomer(by: { id: "serial" }, shardKey: "t1", data: { name: "2" }) { name version }
      c: deleteCustomer(by: { id: "serial" }, shardKey: "t1") { name orders { totalCount } }
    }`);
    expect([data.a.name, data.b.name, data.c.name]).toEqual(['1', '2', '2']);
    expect(data.c.orders.totalCount).toBe(0);
    expect(Number(data.b.version)).toBeGreaterThan(Number(data.a.version));
    expect((await cluster.data('{ customer(by: { id: "serial" }, shardKey: "t1") { id } }')).customer).toBeNull();
  });

  it('write only the expected version', async () => {
    const { customer } = await cluster.data('{ customer(by: { id: "t2-c3" }, shardKey: "t2") { version } }');
    const update = `mutation ($v: Version!, $name: String!) {
      updateCustomer(by: { id: "t2-c3" }, shardKey: "t2", expectedVersion: $v, data: { name: $name }) { version }
    }`;
    const first = await cluster.data(update, { v: customer.version, name: 'first' });
    const { errors } = await cluster.run(update, { v: customer.version, name: 'second' });
    expect(summary(errors)).toEqual(['updateCustomer CONFLICT']);
    expect(errors[0]!.extensions.currentVersion).toBe(first.updateCustomer.version);
    expect((await cluster.data('{ customer(by: { id: "t2-c3" }, shardKey: "t2") { name } }')).customer.name).toBe(
      'first',
    );
  });

  it('report violations on their own path and write nothing', async () => {
    const { data, errors } = await cluster.run(`mutation {
      unique: createProduct(data: { tenantId: "t1", sku: "p1", name: "n", priceCents: 1 }) { id }
      foreign: createOrder(data: { tenantId: "t1", customerId: "t2-c1", totalCents: 1, shipping: {} }) { id }
      check: createReview(data: { tenantId: "t1", productId: "t1-p1", customerId: "t1-c1", rating: 6, body: "" }) { id }
      fine: createReview(data: { tenantId: "t1", productId: "t1-p1", customerId: "t1-c1", rating: 5, body: "" }) { rating product { sku } }
    }`);
    expect(summary(errors)).toEqual([
      'unique UNIQUE_VIOLATION',
      'foreign FOREIGN_KEY_VIOLATION',
      'check CHECK_VIOLATION',
    ]);
    expect(data).toEqual({ unique: null, foreign: null, check: null, fine: { rating: 5, product: { sku: 'p1' } } });
    expect(
      await cluster.data('{ products(shardKey: "t1") { totalCount } reviews(shardKey: "t1") { totalCount } }'),
    ).toEqual({
      products: { totalCount: 3 },
      reviews: { totalCount: 1 },
    });
  });
});
