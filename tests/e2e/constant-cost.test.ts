/**
 * What a request costs: one RPC per shard however deep and wide it is, one set of statements per level, never one per
 * row. Counted by the product itself (`x-shardql-trace`) and, so that the counter cannot lie for free, held against
 * the number of rows it says it read.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../support/random.ts';
import { type Server, startServer } from '../support/server.ts';
import { createRows, type Row, type Rows, randomRows } from '../support/shop/rows.ts';

interface Trace {
  readonly shards: readonly string[];
  readonly rpcs: number;
  readonly statements: number;
  readonly rowsRead: number;
  readonly rowsWritten: number;
}

let server: Server;
let rows: Rows;
/** A tenant whose ids need no escaping. */
const TENANT = 'acme';

beforeAll(async () => {
  rows = randomRows(createRandom(7), {
    perTenant: { Customer: 55, Product: 60, Order: 120, OrderItem: 240, Review: 60 },
  });
  server = await startServer({ shards: 4 });
  await createRows(rows, server.graphql);
});
afterAll(() => server?.stop());

async function trace(query: string, variables: Record<string, unknown> = {}): Promise<Trace & { data: unknown }> {
  const answer = await server.graphql(query, variables, { 'x-shardql-trace': '1' });
  expect(answer.errors).toEqual([]);
  return { ...answer.extensions.trace, data: answer.data };
}

/**
 * The cheapest of three: now and then a shard does other work with the write that it is due in, such as to forget old outcomes or to
 * set its alarm.
 */
async function leastOf(ask: () => ReturnType<typeof trace>): ReturnType<typeof trace> {
  let least = await ask();
  for (let again = 0; again < 2; again++) {
    const next = await ask();
    if (next.statements < least.statements) least = next;
  }
  return least;
}

/** `tenant → customers → orders → items → product → reviews`, cut after `depth` levels below the root. */
const LEVELS = [
  (inner: string, width: number) => `customers(first: ${width}) { nodes { id ${inner} } }`,
  (inner: string, width: number) => `orders(first: ${width}) { nodes { id ${inner} } }`,
  (inner: string, width: number) => `items(first: ${width}) { nodes { id ${inner} } }`,
  (inner: string) => `product { id ${inner} }`,
  (inner: string, width: number) => `reviews(first: ${width}) { nodes { id ${inner} } }`,
  (inner: string) => `customer { id ${inner} }`,
];

function tree(depth: number, width: number): string {
  const below = LEVELS.slice(0, depth).reduceRight((inner, level) => level(inner, width), '');
  return `{ tenant(by: { id: "${TENANT}" }) { id ${below} } }`;
}

describe('a tree of rows that live together', () => {
  it('takes one RPC at any depth from 1 to 6', async () => {
    for (let depth = 1; depth <= 6; depth++) {
      expect((await trace(tree(depth, 5))).rpcs, `depth ${depth}`).toBe(1);
    }
  });

  it('takes one RPC at any width from 1 to 50', async () => {
    for (const width of [1, 2, 10, 50]) expect((await trace(tree(3, width))).rpcs, `width ${width}`).toBe(1);
  });

  it('takes statements by level at most, and none by row', async () => {
    for (let depth = 0; depth <= 6; depth++) {
      const ofWidth = async (width: number) => (await trace(tree(depth, width))).statements;
      const [one, many, more] = [await ofWidth(1), await ofWidth(50), await ofWidth(60)];
      // Rows that are written as text are one statement; those of trees that may have very many rows are one or two for each level.
      expect(more, `depth ${depth}`).toBe(many);
      expect(one, `depth ${depth}`).toBeLessThanOrEqual(many);
      expect(more, `depth ${depth}`).toBeLessThanOrEqual(2 * (depth + 1));
    }
  });

  it('reads the rows it shows', async () => {
    const narrow = await trace(tree(1, 1));
    const wide = await trace(tree(1, 50));
    expect(wide.rowsRead - narrow.rowsRead).toBeGreaterThanOrEqual(49);
  });
});

describe('a list over all shards', () => {
  const list = (width: number, nested: string) => `{ customers(first: ${width}) { nodes { id ${nested} } } }`;

  it('takes one RPC per shard, with and without rows below', async () => {
    for (const width of [1, 50]) {
      for (const nested of ['', 'orders(first: 3) { nodes { id items(first: 2) { nodes { id } } } }']) {
        const { rpcs, shards } = await trace(list(width, nested));
        expect({ rpcs, shards: shards.length }).toEqual({ rpcs: 4, shards: 4 });
      }
    }
  });

  it('takes the same statements for one row and for fifty', async () => {
    const nested = 'orders(first: 3) { nodes { id } }';
    expect((await trace(list(50, nested))).statements).toBe((await trace(list(1, nested))).statements);
  });
});

describe('fifty aliases, half of them for rows that are not there', () => {
  const lookups = (keys: readonly { id: string; shardKey: string }[]) => {
    const fields = keys.map((_, index) => `c${index}: customer(by: { id: $i${index} }, shardKey: $s${index}) { id }`);
    const declared = keys.map((_, index) => `$i${index}: ID!, $s${index}: ID!`).join(', ');
    const variables = Object.fromEntries(
      keys.flatMap(({ id, shardKey }, index) => [
        [`i${index}`, id],
        [`s${index}`, shardKey],
      ]),
    );
    return trace(`query (${declared}) { ${fields.join('\n')} }`, variables);
  };

  const keysOf = (customers: readonly Row[]) =>
    Array.from({ length: 50 }, (_, index) => {
      const row = customers[index % customers.length]!;
      return { id: index % 2 === 0 ? String(row.id) : `missing-${index}`, shardKey: String(row.tenant_id) };
    });

  it('take one RPC and one statement more than a single lookup needs at most, for one tenant', async () => {
    const keys = keysOf(rows.Customer.filter((row) => row.tenant_id === TENANT));
    const one = await lookups(keys.slice(0, 1));
    const fifty = await lookups(keys);
    expect(fifty.rpcs).toBe(1);
    expect(fifty.statements).toBeLessThanOrEqual(one.statements + 1);
    const answers = Object.values(fifty.data as Record<string, { id: string } | null>);
    expect(answers).toEqual(keys.map(({ id }) => (id.startsWith('missing-') ? null : { id })));
  });

  it('take one RPC per shard, for all tenants', async () => {
    const { rpcs, shards } = await lookups(keysOf(rows.Customer.filter((_, index) => index % 11 === 0)));
    expect(shards.length).toBeGreaterThan(1);
    expect(rpcs).toBe(shards.length);
  });
});

describe('equal reads of one request', () => {
  const key = (column: 'id' | 'tenant_id') => String(rows.Customer.find((row) => row.tenant_id === TENANT)![column]);
  const row = (selection: string) => `customer(by: { id: "${key('id')}" }, shardKey: "${TENANT}") { ${selection} }`;
  const list = (selection: string) =>
    `orders(shardKey: "${TENANT}", where: { totalCents: { gt: 5 } }, orderBy: [{ createdAt: DESC }], first: 5) { ${selection} }`;
  const everywhere = 'orders(first: 3) { totalCount nodes { id } }';

  it.each([
    ['a row', () => row('id name')],
    [
      'a list with its total and related rows',
      () => list('totalCount nodes { id items(first: 2) { nodes { quantity } } }'),
    ],
    ['groups', () => list('groupBy(by: [{ field: STATUS }]) { keys { status } count }')],
    ['a list of all shards', () => everywhere],
  ])('run once, whatever they are called: %s', async (_, field) => {
    const one = await trace(`query @consistency(mode: STRONG) { ${field()} }`);
    const three = await trace(
      `query @consistency(mode: STRONG) { first: ${field()} second: ${field()} third: ${field()} }`,
    );
    expect([three.rpcs, three.statements, three.rowsRead]).toEqual([one.rpcs, one.statements, one.rowsRead]);
    const [shown] = Object.values(one.data as Record<string, unknown>);
    expect(three.data).toEqual({ first: shown, second: shown, third: shown });
  });

  it('run once, where they may be cached', async () => {
    const field = `products(shardKey: "${TENANT}", first: 7) @consistency(mode: CACHED) { nodes { id } }`;
    const three = await trace(`{ first: ${field} second: ${field} third: ${field} }`);
    expect([three.rpcs, three.statements]).toEqual([1, 1]);
    expect((await trace(`{ ${field} }`)).rpcs).toBe(0);
  });

  it('of a row share a call, where each selects something else', async () => {
    const one = await trace(`query @consistency(mode: STRONG) { ${row('id name')} }`);
    const two = await trace(`query @consistency(mode: STRONG) { a: ${row('id name')} b: ${row('id email')} }`);
    expect([two.rpcs, two.statements]).toEqual([one.rpcs, one.statements + 1]);
  });
});

describe('a write', () => {
  // Else it would depend on time whether a commit looks for cached answers: it does for a while after a shard has started, and after
  // any answer that may be cached.
  beforeAll(() => trace(`{ products(shardKey: "${TENANT}", first: 1) @consistency(mode: CACHED) { nodes { id } } }`));

  const customer = () => String(rows.Customer.find((row) => row.tenant_id === TENANT)!.id);
  const itemsOf = (count: number) => {
    const product = String(rows.Product.find((row) => row.tenant_id === TENANT)!.id);
    return Array.from({ length: count }, () => ({ productId: product, quantity: 1, unitPriceCents: 1 }));
  };

  const createOrder = (items: number) =>
    leastOf(() =>
      trace(
        `mutation ($items: [OrderItemCreateInput!]!, $customer: ID!) {
          createOrder(data: {
            tenantId: "${TENANT}", totalCents: 1, shipping: {}, customer: { connect: { id: $customer } }, items: { create: $items }
          }) { id items { totalCount } }
        }`,
        { items: itemsOf(items), customer: customer() },
      ),
    );

  const createItems = (count: number, orderId: string) =>
    leastOf(() =>
      trace('mutation ($data: [OrderItemCreateInput!]!) { createOrderItems(data: $data) { affectedCount } }', {
        data: itemsOf(count).map((item) => ({ ...item, tenantId: TENANT, orderId })),
      }),
    );

  /** The row, its primary key, two indexes, and its row of the log. */
  const WRITTEN_PER_ITEM = 5;
  /** The clock, and the outcome. */
  const WRITTEN_PER_COMMIT = 2;

  it('of an order with its items takes one RPC, and is billed by the row', async () => {
    /** The row, its primary key, three indexes, and its row of the log. */
    const ofOrder = 6;
    for (const items of [0, 1, 5, 50]) {
      const { rpcs, rowsWritten } = await createOrder(items);
      expect({ items, rpcs, rowsWritten }).toEqual({
        items,
        rpcs: 1,
        rowsWritten: WRITTEN_PER_COMMIT + ofOrder + WRITTEN_PER_ITEM * items,
      });
    }
  });

  it('of many rows takes one RPC and as many statements as one of two, and is billed by the row', async () => {
    const order = (await createOrder(0)).data as { createOrder: { id: string } };
    const { statements } = await createItems(2, order.createOrder.id);
    for (const items of [2, 20]) {
      const { data, shards: _, ...counts } = await createItems(items, order.createOrder.id);
      expect(data).toEqual({ createOrderItems: { affectedCount: items } });
      const rowsWritten = WRITTEN_PER_COMMIT + WRITTEN_PER_ITEM * items;
      expect(counts, `${items} items`).toMatchObject({ rpcs: 1, statements, rowsWritten });
    }
  });

  it('of one row is billed alike, whether it sets a value, changes it in place, or is an upsert', async () => {
    const changes = [
      'updateCustomer(by: { id: $id }, shardKey: $tenant, data: { phone: "1" }) { phone }',
      'updateCustomer(by: { id: $id }, shardKey: $tenant, atomic: { phone: { append: "2" } }) { phone }',
      'upsertCustomer(by: { id: $id }, shardKey: $tenant, create: { name: "", email: "", attributes: {} }, update: { phone: "3" }) { phone }',
    ];
    const write = (change: string) =>
      trace(`mutation ($id: ID!, $tenant: ID!) { row: ${change} }`, { id: customer(), tenant: TENANT });
    const all: unknown[] = [];
    for (const [at, change] of changes.entries()) {
      const { data, statements, rowsRead, rowsWritten } = await leastOf(async () => {
        // What is changed in place goes on from there.
        if (at > 0) await write(changes[at - 1]!);
        return await write(change);
      });
      all.push({ ...(data as object), statements, rowsRead, rowsWritten });
    }
    const [first] = all as { readonly rowsWritten: number }[];
    // The clock, the row, and its row of the log, which has the outcome too.
    expect(first!.rowsWritten).toBe(3);
    expect(all).toEqual([
      { ...first, row: { phone: '1' } },
      { ...first, row: { phone: '12' } },
      { ...first, row: { phone: '3' } },
    ]);
  });
});
