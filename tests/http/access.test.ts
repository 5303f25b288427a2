/** What callers of the demo's roles see, in a deployed Worker: each is known by a token. */
import { SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import { both, claim, defineModel, owner, readOnly, tenant, type WorkerOptions } from '../../src/index.ts';
import shop, { customers, orders, products, tenants } from '../../src/schema/model.ts';
import { graphql, type Send, shopWorker } from './support.ts';

const SECRET = 'a secret that both sides of these tests share';
const OPERATOR_TOKEN = '0123456789abcdef0123456789abcdef';
const ISSUED = { issuer: 'https://issuer.example', audience: 'shop' };
const authenticate = { jwt: { keys: { secret: SECRET }, algorithms: ['HS256'], ...ISSUED } };

const token = (claims: object): Promise<string> =>
  new SignJWT({ iss: ISSUED.issuer, aud: ISSUED.audience, exp: Math.floor(Date.now() / 1_000) + 600, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));

const run = Date.now().toString(36);
const ONE = `one-${run}`;
const TWO = `two-${run}`;

type Ask = (
  query: string,
  headers?: Record<string, string>,
) => Promise<{ readonly body: Body; readonly response: Response }>;

interface Body {
  // biome-ignore lint/suspicious/noExplicitAny: answers of many shapes.
  readonly data?: any;
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[];
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  readonly extensions?: any;
}

const deployed = (options: Partial<WorkerOptions> = {}): Send =>
  shopWorker({ SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN }, { authenticate, ...options });

/** Asks as somebody; null: without a credential. */
const asking = (send: Send, claims: object | null): Ask => {
  const credential = claims && token(claims);
  return async (query, headers = {}) => {
    const authorization: Record<string, string> = credential ? { authorization: `Bearer ${await credential}` } : {};
    const response = await send('/graphql', graphql(query, { ...authorization, ...headers }));
    return { response, body: (await response.json()) as Body };
  };
};

const asOperator = async (send: Send, query: string): Promise<Body> =>
  (await (await send('/graphql', graphql(query, { authorization: `Bearer ${OPERATOR_TOKEN}` }))).json()) as Body;

const customer = (tenantId: string, id: string) =>
  `{ tenantId: "${tenantId}", id: "${id}", name: "N ${id}", email: "${id}@x.example", phone: "1", attributes: {} }`;
const order = (tenantId: string, id: string, customerId: string) =>
  `{ tenantId: "${tenantId}", id: "${id}", customerId: "${customerId}", totalCents: 5, shipping: {} }`;

const send = deployed();
const CUSTOMER = { role: 'customer', shardKey: ONE, customerId: 'c1' };

beforeAll(async () => {
  const filled = await asOperator(
    send,
    `mutation {
      t: createTenants(data: [{ id: "${ONE}", name: "One", plan: FREE, settings: {} }, { id: "${TWO}", name: "Two", plan: PRO, settings: {} }]) { affectedCount }
      c: createCustomers(data: [${customer(ONE, 'c1')}, ${customer(ONE, 'c2')}, ${customer(TWO, 'c3')}]) { affectedCount }
      p: createProducts(data: [{ tenantId: "${ONE}", id: "p1", sku: "s", name: "P", priceCents: 3, stock: 7 }]) { affectedCount }
      o: createOrders(data: [${order(ONE, 'o1', 'c1')}, ${order(ONE, 'o2', 'c2')}, ${order(TWO, 'o3', 'c3')}]) { affectedCount }
    }`,
  );
  expect(filled.errors).toBeUndefined();
});

describe('callers with rules', () => {
  it('see the rows that are theirs, and no others, by whatever way', async () => {
    const ask = asking(send, CUSTOMER);
    const { body } = await ask(
      `{ orders { totalCount nodes { id customer { name orders { totalCount } } } }
         customers { nodes { id } } one: customer(by: { id: "c1" }) { name } other: customer(by: { id: "c2" }) { name }
         elsewhere: order(by: { id: "o3" }, shardKey: "${TWO}") { id } all: orders(shardKey: "${TWO}") { totalCount } }`,
    );
    expect(body.errors).toBeUndefined();
    expect(body.data).toEqual({
      orders: { totalCount: 1, nodes: [{ id: 'o1', customer: { name: 'N c1', orders: { totalCount: 1 } } }] },
      customers: { nodes: [{ id: 'c1' }] },
      one: { name: 'N c1' },
      other: null,
      elsewhere: null,
      all: { totalCount: 0 },
    });
  });

  it('ask the shard of their tenant alone', async () => {
    const asked: string[] = [];
    const { env } = await import('cloudflare:workers');
    const counting = new Proxy(env.SHOP_SHARD, {
      get: (target, name) => {
        const value = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          if (name === 'getByName' || name === 'idFromName') asked.push(String(args[0]));
          return value.apply(target, args);
        };
      },
    });
    const counted = shopWorker({ SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN, SHARD: counting }, { authenticate });
    await asking(counted, CUSTOMER)('{ orders { nodes { id } } customer(by: { email: "c1@x.example" }) { id } }');
    expect(asked.length).toBeGreaterThan(0);
    expect(new Set(asked).size).toBe(1);
  });

  it.each([
    ['without its claims', { role: 'customer' }],
    ['with claims of other types', { role: 'customer', shardKey: { a: 1 }, customerId: [ONE] }],
    ['with claims that are null', { role: 'customer', shardKey: null, customerId: null }],
  ])('see nothing %s', async (_, claims) => {
    const { body } = await asking(send, claims)('{ orders { totalCount nodes { id } } customers { totalCount } }');
    expect(body).toMatchObject({ data: { orders: { totalCount: 0, nodes: [] }, customers: { totalCount: 0 } } });
  });

  it('have a schema of what they see: hidden names are unknown, and never suggested', async () => {
    const ask = asking(send, null);
    for (const query of [
      '{ orders { totalCount } }',
      '{ products { nodes { stock } } }',
      '{ products(where: { stock: { gt: 1 } }) { nodes { id } } }',
      '{ products(orderBy: [{ stock: ASC }]) { nodes { id } } }',
      '{ products { aggregate { max { stock } } } }',
      '{ tenants { totalCount } }',
      '{ reviews { nodes { customer { name } } } }',
    ]) {
      const { body } = await ask(query);
      expect(body.errors, query).toMatchObject([{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }]);
      expect(JSON.stringify(body), query).not.toMatch(/did you mean/i);
    }
    expect(
      (await ask(`{ products(shardKey: "${ONE}") { totalCount nodes { name } } }`)).body.data.products.totalCount,
    ).toBe(1);
  });

  it('see neither versions, ages nor sources, and carry a sealed token, which works', async () => {
    const ask = asking(send, CUSTOMER);
    const { body, response } = await ask('{ orders { nodes { id } } customers { nodes { id } } }');
    const { consistency } = body.extensions;
    expect(consistency.fields).toEqual([
      { path: ['customers'], mode: 'STRONG' },
      { path: ['orders'], mode: 'STRONG' },
    ]);
    const sealed = response.headers.get('x-shardql-token')!;
    expect(consistency.token).toBe(sealed);
    expect(sealed).toMatch(/^s1\.[\w-]+$/);
    expect(Buffer.from(sealed.slice(3), 'base64url').toString()).not.toContain('shard');
    const again = await ask('{ products { nodes { id } } }', { 'x-shardql-token': sealed });
    expect(again.body).toMatchObject({ data: { products: { nodes: [{ id: 'p1' }] } } });
    // Of another isolate with another secret, or damaged: it can only cost freshness.
    for (const wrong of [`${sealed.slice(0, -4)}AAAA`, 's1.', 's1.%%%']) {
      expect(
        (await ask('{ products { nodes { id } } }', { 'x-shardql-token': wrong })).body.errors,
        wrong,
      ).toBeUndefined();
    }
  });

  it('get neither plans nor traces', async () => {
    const { body } = await asking(send, CUSTOMER)('{ orders { nodes { id } } }', { 'x-shardql-trace': '1' });
    expect(body.extensions.trace).toBeUndefined();
  });

  it('of a role that no rule names are refused, with or without a credential', async () => {
    const { body } = await asking(send, { role: 'constructor' })('{ __typename }');
    expect(body.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    const closed = deployed({ model: { ...shop, roles: new Map() } });
    expect((await asking(closed, null)('{ __typename }')).body.errors).toMatchObject([
      { extensions: { code: 'UNAUTHENTICATED' } },
    ]);
  });
});

describe('rules', () => {
  it('that change hold for the next request (F27)', async () => {
    const model = defineModel({
      Tenant: { table: tenants, shardKey: 'id' },
      Customer: { table: customers, shardKey: 'tenantId', access: { customer: { read: { id: { eq: 'c2' } } } } },
      Product: { table: products, shardKey: 'tenantId' },
      Order: { table: orders, shardKey: 'tenantId' },
    });
    const query = `{ customers(shardKey: "${ONE}") @consistency(mode: CACHED) { nodes { id } } }`;
    expect((await asking(send, CUSTOMER)(query)).body.data.customers.nodes).toEqual([{ id: 'c1' }]);
    const changed = deployed({ model });
    expect((await asking(changed, CUSTOMER)(query)).body.data?.customers.nodes ?? []).toEqual([{ id: 'c2' }]);
  });

  it('of the shorthands compile, and combine', () => {
    const model = defineModel({
      Tenant: { table: tenants, shardKey: 'id', access: { guest: readOnly } },
      Customer: { table: customers, shardKey: 'tenantId', access: { boss: tenant('tenantId') } },
      Product: { table: products, shardKey: 'tenantId' },
      Order: {
        table: orders,
        shardKey: 'tenantId',
        access: { guest: { ...both(tenant('tenantId'), owner('customerId')), delete: false, maxPageRows: 5 } },
      },
    });
    const rules = model.roles.get('guest')!.get('Order')!;
    expect(rules.read).toEqual({ tenantId: { eq: claim('shardKey') }, customerId: { eq: claim('customerId') } });
    expect([...rules.create!.set.keys()]).toEqual(['tenantId', 'customerId']);
    expect(rules).toMatchObject({ delete: null, maxPageRows: 5 });
  });
});
