import { beforeAll, describe, expect, it } from 'vitest';
import { below, createRandom, pick, seedOfRun } from '../support/random.ts';
import { isFound } from '../support/search-oracle.ts';
import { Cluster, SHOP } from './support/cluster.ts';
import { shop } from './support/shop.ts';

const cluster = new Cluster(shop, SHOP);
const TENANTS = ['t1', 't2', 't3', 't4', 't5', 't6'];
const WORDS = ['red', 'blue', 'Café', 'shoe', 'shoes', 'rain-coat', 'light', 'heavy', 'naïve', '42'];

interface Product {
  readonly tenantId: string;
  readonly id: string;
  readonly name: string;
  readonly description: string | null;
}
const products: Product[] = [];

beforeAll(async () => {
  const random = createRandom(seedOfRun());
  const words = (count: number) => Array.from({ length: count }, () => pick(random, WORDS)).join(' ');
  const fields = TENANTS.flatMap((tenantId) => [
    `${tenantId}: createTenant(data: { id: "${tenantId}", name: "Tenant", plan: PRO, settings: {} }) { id }`,
    `${tenantId}c: createCustomer(data: { tenantId: "${tenantId}", id: "c", name: "Zoë O'Neil", email: "zoe@${tenantId}.test", attributes: {} }) { id }`,
    ...Array.from({ length: 20 }, (_, at) => {
      const id = `p${at}`;
      const description = below(random, 3) === 0 ? null : words(6);
      const product = { tenantId, id, name: words(2), description };
      products.push(product);
      const data = `tenantId: "${tenantId}", id: "${id}", sku: "${id}", name: "${product.name}", priceCents: ${at}, description: ${JSON.stringify(description)}`;
      return `${tenantId}${id}: createProduct(data: { ${data} }) { id }`;
    }),
    ...['great red shoes', 'blue as the sea', 'red, but heavy'].map(
      (body, at) =>
        `${tenantId}r${at}: createReview(data: { tenantId: "${tenantId}", id: "r${at}", productId: "p${at % 2}", customerId: "c", rating: ${at + 1}, body: "${body}" }) { id }`,
    ),
  ]);
  await cluster.data(`mutation { ${fields.join('\n')} }`);
}, 60_000);

const found = (search: string, tenants: readonly string[] = TENANTS) =>
  products
    .filter((row) => tenants.includes(row.tenantId) && isFound(search, [row.name, row.description]))
    .map(({ tenantId, id }) => `${tenantId} ${id}`)
    .sort();

interface Edge {
  readonly cursor: string;
  readonly rank: number;
  readonly node: { readonly tenantId: string; readonly id: string };
}
const nameOf = ({ node: { tenantId, id } }: Edge): string => `${tenantId} ${id}`;

const bestFirst = (a: Edge, b: Edge): number => b.rank - a.rank || (nameOf(a) < nameOf(b) ? -1 : 1);

const LIST = `query ($search: String, $first: Int, $after: String, $last: Int, $before: String, $tenant: ID) {
  products(search: $search, first: $first, after: $after, last: $last, before: $before, shardKey: $tenant) {
    totalCount
    edges { cursor rank node { tenantId id } }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;
const list = async (variables: Record<string, unknown>, query = LIST) =>
  (await cluster.data(query, variables)).products;

describe('a search', () => {
  it.each([
    'red',
    'cafe',
    'RED shoe',
    'sho*',
    'red -blue',
    '"rain coat" OR 42',
    'rain-coat',
    '"red shoe',
    'naive OR OR',
  ])('finds the rows of all shards, or of one: %s', async (search) => {
    const all = await list({ search, first: 100 });
    expect(all.edges.map(nameOf).sort()).toEqual(found(search));
    expect(all.totalCount).toBe(found(search).length);
    const one = await list({ search, first: 100, tenant: 't2' });
    expect(one.edges.map(nameOf).sort()).toEqual(found(search, ['t2']));
  });

  it('puts the best row of all shards first, and pages exactly, both ways', async () => {
    const { edges } = (await list({ search: 'red OR light', first: 100 })) as { edges: Edge[] };
    expect(edges).toEqual(edges.toSorted(bestFirst));
    expect(new Set(edges.map(({ rank }) => rank)).size).toBeGreaterThan(5);
    const [forward, backward]: [Edge[], Edge[]] = [[], []];
    for (let after: string | null = null; ; ) {
      const page: Awaited<ReturnType<typeof list>> = await list({ search: 'red OR light', first: 7, after });
      forward.push(...page.edges);
      if (!page.pageInfo.hasNextPage) break;
      after = page.pageInfo.endCursor;
    }
    for (let before: string | null = null; ; ) {
      const page: Awaited<ReturnType<typeof list>> = await list({ search: 'red OR light', last: 7, before });
      backward.unshift(...page.edges);
      if (!page.pageInfo.hasPreviousPage) break;
      before = page.pageInfo.startCursor;
    }
    expect(forward).toEqual(edges);
    expect(backward).toEqual(edges);
  });

  it('follows orderBy where one is given, and knows ranks all the same', async () => {
    const query = `query ($first: Int, $after: String) {
      products(search: "red", where: { priceCents: { lt: 15 } }, orderBy: [{ priceCents: DESC }], first: $first, after: $after) {
        totalCount edges { cursor rank node { tenantId id priceCents } }
      }
    }`;
    const all = await list({ first: 100 }, query);
    const expected = found('red').filter((name) => Number(name.split(' p')[1]) < 15);
    expect(all.edges.map(nameOf).sort()).toEqual(expected);
    expect(all.totalCount).toBe(expected.length);
    const prices = all.edges.map((edge: { node: { priceCents: number } }) => edge.node.priceCents);
    expect(prices).toEqual(prices.toSorted((a: number, b: number) => b - a));
    for (const { rank } of all.edges) expect(rank).toBeGreaterThan(0);
    const rest = await list({ first: 100, after: all.edges[2].cursor }, query);
    expect(rest.edges).toEqual(all.edges.slice(3));
  });

  it('skips rows by offset, and counts without reading rows', async () => {
    const { edges } = await list({ search: 'red', first: 100 });
    const { products } = await cluster.data(
      `{ products(search: "red", offset: 5, first: 4) { nodes { tenantId id } } }`,
    );
    expect(products.nodes).toEqual(edges.slice(5, 9).map(({ node }: Edge) => node));
    const counted = await cluster.data(`{ products(search: "red") { totalCount } }`);
    expect(counted.products.totalCount).toBe(edges.length);
  });

  it('is what aggregates and groups are of', async () => {
    const rows = products.filter((row) => isFound('red', [row.name, row.description]));
    const { products: all } = await cluster.data(
      `{ products(search: "red", first: 1) { aggregate { count sum { priceCents } } groupBy(by: [{ field: TENANT_ID }, { field: CREATED_AT, trunc: YEAR, timeZone: "Europe/Berlin" }]) { keys { tenantId } count } nodes { id } } }`,
    );
    const sum = rows.reduce((total, { id }) => total + Number(id.slice(1)), 0);
    expect(all.aggregate).toEqual({ count: rows.length, sum: { priceCents: sum } });
    const expected = TENANTS.map((tenantId) => [tenantId, found('red', [tenantId]).length]).filter(
      ([, count]) => count,
    );
    const groups = all.groupBy as { keys: { tenantId: string }; count: number }[];
    expect(groups.map(({ keys, count }) => [keys.tenantId, count]).sort()).toEqual(expected);
  });

  it('works at every level, in one RPC to one shard', async () => {
    const { data, errors, trace } = await cluster.run(`{ tenant(by: { id: "t3" }) {
      products(search: "red", first: 100) { totalCount nodes { tenantId id } }
      customers(search: "o'neil") { nodes { reviews(search: "red", orderBy: [{ rating: DESC }]) { edges { rank node { body } highlights { column text } } } } }
    } }`);
    expect(errors).toEqual([]);
    expect(trace.rpcs).toBe(1);
    expect(data.tenant.products.nodes.map((node: Edge['node']) => nameOf({ node } as Edge)).sort()).toEqual(
      found('red', ['t3']),
    );
    expect(data.tenant.customers.nodes[0].reviews.edges).toEqual([
      {
        rank: expect.any(Number),
        node: { body: 'red, but heavy' },
        highlights: [{ column: 'body', text: '<mark>red</mark>, but heavy' }],
      },
      {
        rank: expect.any(Number),
        node: { body: 'great red shoes' },
        highlights: [{ column: 'body', text: 'great <mark>red</mark> shoes' }],
      },
    ]);
  });

  it('finds the rows of each of several parents, and pages them apart', async () => {
    const { tenants } = await cluster.data(
      `{ tenants(orderBy: [{ id: ASC }]) { nodes { id products(search: "red", first: 2) { totalCount nodes { tenantId id } } } } }`,
    );
    for (const tenant of tenants.nodes) {
      const alone = await list({ search: 'red', first: 2, tenant: tenant.id });
      expect(tenant.products.nodes).toEqual(alone.edges.map(({ node }: Edge) => node));
      expect(tenant.products.totalCount).toBe(found('red', [tenant.id]).length);
    }
    const { products } = await cluster.data(
      `{ products(where: { id: { in: ["p0", "p1"] } }, first: 100) { nodes { id reviews(search: "red", first: 1) { totalCount edges { rank highlights { text } node { body } } } } } }`,
    );
    expect(products.nodes).toHaveLength(12);
    for (const { id, reviews } of products.nodes) {
      expect(reviews.totalCount).toBe(id === 'p0' ? 2 : 0);
      if (id === 'p0') expect(reviews.edges[0].highlights[0].text).toContain('<mark>red</mark>');
    }
  });

  it('marks what it found as the client wishes, once per alias', async () => {
    const { customers } = await cluster.data(`{ customers(search: "zoe", shardKey: "t1") { edges {
      highlights { column text } stars: highlights(before: "*", after: "$&") { column text }
    } } }`);
    expect(customers.edges).toEqual([
      {
        highlights: [
          { column: 'name', text: "<mark>Zoë</mark> O'Neil" },
          { column: 'email', text: '<mark>zoe</mark>@t1.test' },
        ],
        stars: [
          { column: 'name', text: "*Zoë$& O'Neil" },
          { column: 'email', text: '*zoe$&@t1.test' },
        ],
      },
    ]);
  });

  it('has no ranks and highlights where nothing is searched', async () => {
    const { customers } = await cluster.data(`{ customers(shardKey: "t1") { edges { rank highlights { text } } } }`);
    expect(customers.edges).toEqual([{ rank: null, highlights: [] }]);
  });

  it('sees every write at once', async () => {
    const count = async (search: string) =>
      (
        await cluster.data(`query ($search: String) { customers(search: $search, shardKey: "t6") { totalCount } }`, {
          search,
        })
      ).customers.totalCount;
    await cluster.data(
      `mutation { createCustomer(data: { tenantId: "t6", id: "w", name: "Wilhelmina", email: "w@w.test", attributes: {} }) { id } }`,
    );
    expect(await count('wilhelm*')).toBe(1);
    await cluster.data(`mutation { updateCustomer(by: { id: "w" }, shardKey: "t6", data: { name: "Mina" }) { id } }`);
    expect([await count('wilhelmina'), await count('mina w.test')]).toEqual([0, 1]);
    await cluster.data(`mutation { deleteCustomer(by: { id: "w" }, shardKey: "t6") { id } }`);
    expect(await count('mina')).toBe(0);
  });
});

describe('a search is refused, alone,', () => {
  it.each([
    ['with nothing', '""', /at least one word with a letter or digit, but got none/],
    ['with signs only', '"* - !? 🎉 \\"\\""', /at least one word/],
    ['with OR only', '"OR"', /at least one word/],
    ['with exclusions only', '"-red -blue"', /but got excluded ones alone/],
    ['with exclusions only on one side', '"red OR -blue"', /but got excluded ones alone/],
    ['with too many words', `"${'a '.repeat(33)}"`, /at most 32 words and phrases/],
    ['with too long a text', `"${'a'.repeat(1_001)}"`, /at most 1000 characters, but got 1001/],
  ])('%s', async (_, search, message) => {
    const { data, errors } = await cluster.run(
      `{ tenants { totalCount } tenant(by: { id: "t1" }) { id products(search: ${search}) { totalCount } } products(search: ${search}) { totalCount } }`,
    );
    expect(errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([
      [['products'], 'BAD_USER_INPUT'],
      [['tenant', 'products'], 'BAD_USER_INPUT'],
    ]);
    for (const error of errors) expect(error.message).toMatch(message);
    expect(data).toEqual({ tenants: { totalCount: 6 }, tenant: { id: 't1', products: null }, products: null });
  });

  it('with a cursor of another search, or of no search', async () => {
    const { edges } = await list({ search: 'red', first: 1 });
    const plain = await list({ first: 1 });
    for (const variables of [
      { search: 'blue', after: edges[0].cursor },
      { search: 'red', after: plain.edges[0].cursor },
      { after: edges[0].cursor },
    ]) {
      const { errors } = await cluster.run(LIST, variables);
      expect(errors.map(({ message }) => message)).toEqual([
        expect.stringMatching(/in this order, but got one of another order/),
      ]);
    }
  });

  it('with marks that are too long', async () => {
    const { errors } = await cluster.run(
      `{ customers(search: "zoe") { edges { highlights(before: "${'x'.repeat(101)}") { text } } } }`,
    );
    expect(errors[0]!.message).toMatch(/Expected before to have at most 100 characters, but got 101/);
  });

  it('for tables without full-text columns', async () => {
    const { errors } = await cluster.run(`{ orders(search: "red") { edges { rank } } }`);
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringContaining('Unknown argument "search"'),
      expect.stringContaining('Cannot query field "rank"'),
    ]);
  });
});
