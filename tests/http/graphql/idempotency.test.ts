import { evictDurableObject } from 'cloudflare:test';
import { env } from 'cloudflare:workers';
import { beforeAll, describe, expect, it } from 'vitest';
import { defineExtensions } from '../../../src/index.ts';
import shopModel from '../../../src/schema/model.ts';
import { parseOperationId } from '../../../src/shards/operation-id.ts';
import { errorSummary, type GraphQLAnswer, postGraphQL } from '../../support/graphql.ts';
import { shopWorker } from '../support.ts';

/** Lets the code of mutations be held up. */
const gate = { open: Promise.resolve() };

const extensions = defineExtensions(shopModel, ({ builder }) => {
  builder.mutationField('renameTwice', (t) =>
    t.string({
      args: { id: t.arg.id({ required: true }) },
      resolve: async (_root, { id }, context) => {
        const rename = (name: string) => context.update('Tenant', { by: { id }, data: { name } });
        const once = await rename(`Once ${crypto.randomUUID()}`);
        await gate.open;
        const twice = await rename(`Twice ${crypto.randomUUID()}`);
        return `${once.name}, ${twice.name}`;
      },
    }),
  );
  builder.mutationField('openTenant', (t) =>
    t.id({
      resolve: async (_root, _args, context) =>
        (await context.create('Tenant', { data: { name: 'Opened', plan: 'FREE', settings: {} } })).id,
    }),
  );
});
const send = shopWorker({ SHARDQL_DEVELOPMENT: 'true' }, { extensions });

type Variables = Readonly<Record<string, unknown>>;
const graphql = (query: string, variables: Variables = {}, headers: Readonly<Record<string, string>> = {}) =>
  postGraphQL('http://127.0.0.1/graphql', query, variables, headers, send);

const newKey = () => crypto.randomUUID();
const operationsOf = ({ extensions }: GraphQLAnswer): string[] =>
  (extensions?.operations ?? []).map(({ operationId }: { operationId: string }) => operationId);

const RENAME = `mutation ($key: String!, $id: ID!, $name: String!) {
  updateTenant(by: { id: $id }, data: { name: $name }) @idempotent(key: $key) { id name version }
}`;
const newTenant = async () => {
  const id = `tenant-${newKey()}`;
  const query = 'mutation ($id: ID!) { createTenant(data: { id: $id, name: "New", plan: FREE, settings: {} }) { id } }';
  expect(errorSummary(await graphql(query, { id }))).toEqual([]);
  return id;
};
const newCustomer = async (tenantId: string) => {
  const email = `${newKey()}@x.org`;
  const query = `mutation ($tenantId: ID!, $email: String!) {
    createCustomer(data: { tenantId: $tenantId, name: "Ada", email: $email, attributes: {} }) { id }
  }`;
  const { data } = await graphql(query, { tenantId, email });
  return { id: data.createCustomer.id as string, email };
};
const nameOf = async (id: string) =>
  (await graphql('query ($id: ID!) { tenant(by: { id: $id }) { name } }', { id })).data.tenant.name;

describe('a mutation with @idempotent', () => {
  it('that is sent again gives the first data and operation, and changes nothing', async () => {
    const [id, key] = [await newTenant(), newKey()];
    const first = await graphql(RENAME, { id, key, name: 'First' });
    await graphql(RENAME, { id, key: newKey(), name: 'Since' });
    const again = await graphql(RENAME, { id, key, name: 'First' });
    expect(JSON.stringify(again.data)).toBe(JSON.stringify(first.data));
    expect(operationsOf(again)).toEqual(operationsOf(first));
    expect(operationsOf(first)).toHaveLength(1);
    expect(await nameOf(id)).toBe('Since');
  });

  it('with other arguments, or another selection, is refused', async () => {
    const [id, key] = [await newTenant(), newKey()];
    await graphql(RENAME, { id, key, name: 'First' });
    const other = await graphql(RENAME, { id, key, name: 'Second' });
    expect(errorSummary(other)).toEqual(['updateTenant IDEMPOTENCY_KEY_PARAMETER_MISMATCH']);
    const selection = await graphql(RENAME.replace('version', 'plan'), { id, key, name: 'First' });
    expect(errorSummary(selection)).toEqual(['updateTenant IDEMPOTENCY_KEY_PARAMETER_MISMATCH']);
    expect(await nameOf(id)).toBe('First');
  });

  it('that is refused for its key blames no part of the arguments', async () => {
    const [id, key] = [await newTenant(), newKey()];
    const create = (sku: string) =>
      graphql(
        `mutation ($id: ID!, $key: String!, $sku: String!) {
          createProduct(data: { tenantId: $id, sku: $sku, name: "Pen", priceCents: 1 }) @idempotent(key: $key) { id }
        }`,
        { id, key, sku },
      );
    await create('pen');
    const { errors } = await create('pencil');
    expect(errors?.[0]?.extensions).toMatchObject({ code: 'IDEMPOTENCY_KEY_PARAMETER_MISMATCH' });
    expect(errors?.[0]?.extensions).not.toHaveProperty('inputPath');
  });

  it('is another one at another response key', async () => {
    const [id, key] = [await newTenant(), newKey()];
    const query = (name: string) => `mutation ($id: ID!, $key: String!) {
      ${name}: updateTenant(by: { id: $id }, data: { name: "${name}" }) @idempotent(key: $key) { name }
    }`;
    for (const name of ['a', 'b', 'a']) await graphql(query(name), { id, key });
    expect(await nameOf(id)).toBe('b');
  });

  it('that failed is run again', async () => {
    const [tenantId, key] = [await newTenant(), newKey()];
    const query = `mutation ($tenantId: ID!, $key: String!) {
      createOrder(data: { tenantId: $tenantId, customerId: "later", totalCents: 1, shipping: {} }) @idempotent(key: $key) { id }
    }`;
    expect(errorSummary(await graphql(query, { tenantId, key }))).toEqual(['createOrder FOREIGN_KEY_VIOLATION']);
    const create = `mutation ($tenantId: ID!) {
      createCustomer(data: { tenantId: $tenantId, id: "later", name: "L", email: "l", attributes: {} }) { id }
    }`;
    await graphql(create, { tenantId });
    const made = await graphql(query, { tenantId, key });
    expect(errorSummary(made)).toEqual([]);
    expect((await graphql(query, { tenantId, key })).data).toEqual(made.data);
  });

  it('gives generated values as they were first', async () => {
    const [tenantId, key] = [await newTenant(), newKey()];
    const query = `mutation ($tenantId: ID!, $key: String!) {
      createCustomer(data: { tenantId: $tenantId, name: "A", email: "a", attributes: {} }) @idempotent(key: $key) { id createdAt }
    }`;
    const first = await graphql(query, { tenantId, key });
    expect((await graphql(query, { tenantId, key })).data).toEqual(first.data);
  });

  it('goes to the same shard though its shard key is generated', async () => {
    const query = `mutation ($key: String!, $name: String!) {
      createTenant(data: { name: $name, plan: FREE, settings: {} }) @idempotent(key: $key) { id createdAt }
    }`;
    const ids = new Set<string>();
    for (let count = 0; count < 8; count++) {
      const variables = { key: newKey(), name: newKey() };
      const first = await graphql(query, variables);
      expect((await graphql(query, variables)).data).toEqual(first.data);
      ids.add(first.data.createTenant.id);
      const named = await graphql(
        'query ($name: String!) { tenants(where: { name: { eq: $name } }) { totalCount } }',
        variables,
      );
      expect(named.data.tenants.totalCount).toBe(1);
    }
    expect(ids.size).toBe(8);
    for (const id of ids) expect(id).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/);
  });

  it('finds what it deleted, though nothing but the row said where it was', async () => {
    const key = newKey();
    const { email } = await newCustomer(await newTenant());
    const query = `mutation ($email: String!, $key: String!) {
      deleteCustomer(by: { email: $email }) @idempotent(key: $key) { email version }
    }`;
    const first = await graphql(query, { email, key });
    expect(first.data.deleteCustomer.email).toBe(email);
    const again = await graphql(query, { email, key });
    expect([again.data, operationsOf(again)]).toEqual([first.data, operationsOf(first)]);
    // Another row that has this email by now, under another shard key, is not taken for the first.
    const create = `mutation ($tenantId: ID!, $email: String!) {
      createCustomer(data: { tenantId: $tenantId, name: "B", email: $email, attributes: {} }) { id }
    }`;
    await graphql(create, { tenantId: await newTenant(), email });
    expect((await graphql(query, { email, key })).data).toEqual(first.data);
    expect(errorSummary(await graphql(query, { email, key: newKey() }))).toEqual([]);
    expect(errorSummary(await graphql(query, { email, key: newKey() }))).toEqual(['deleteCustomer NOT_FOUND']);
  });

  it('sent fifty times at once has one effect, and equal answers', async () => {
    const [id, key] = [await newTenant(), newKey()];
    const answers = await Promise.all(Array.from({ length: 50 }, () => graphql(RENAME, { id, key, name: 'Once' })));
    expect(new Set(answers.map(({ data }) => JSON.stringify(data))).size).toBe(1);
    expect(new Set(answers.flatMap(operationsOf)).size).toBe(1);
    const { email } = await newCustomer(id);
    const query =
      'mutation ($email: String!, $key: String!) { deleteCustomer(by: { email: $email }) @idempotent(key: $key) { id } }';
    const deletions = await Promise.all(Array.from({ length: 50 }, () => graphql(query, { email, key })));
    expect(deletions.flatMap(errorSummary)).toEqual([]);
    expect(new Set(deletions.map(({ data }) => JSON.stringify(data))).size).toBe(1);
  });

  it('is remembered by a shard that has restarted', async () => {
    const [id, key] = [await newTenant(), newKey()];
    const first = await graphql(RENAME, { id, key, name: 'First' });
    const { commits } = parseOperationId(operationsOf(first)[0]!);
    await evictDurableObject(env.SHOP_SHARD.getByName(commits[0]!.shard));
    const again = await graphql(RENAME, { id, key, name: 'First' });
    expect([again.data, operationsOf(again)]).toEqual([first.data, operationsOf(first)]);
  });
});

describe('a mutation of several rows with @idempotent', () => {
  it('has one effect in each shard that it writes to, and one operation that names them all', async () => {
    const [key, name] = [newKey(), newKey()];
    const query = `mutation ($key: String!, $data: [TenantCreateInput!]!) {
      createTenants(data: $data) @idempotent(key: $key) { affectedCount nodes { id createdAt } }
    }`;
    const data = Array.from({ length: 20 }, () => ({ name, plan: 'FREE', settings: {} }));
    const first = await graphql(query, { key, data });
    expect(first.data.createTenants.affectedCount).toBe(20);
    expect(operationsOf(first)).toHaveLength(1);
    expect(parseOperationId(operationsOf(first)[0]!).commits.length).toBeGreaterThan(1);
    const again = await graphql(query, { key, data });
    expect([again.data, operationsOf(again)]).toEqual([first.data, operationsOf(first)]);
    const found = await graphql('query ($name: String!) { tenants(where: { name: { eq: $name } }) { totalCount } }', {
      name,
    });
    expect(found.data.tenants.totalCount).toBe(20);
    const fewer = await graphql(query, { key, data: data.slice(1) });
    expect(errorSummary(fewer)).toEqual(['createTenants IDEMPOTENCY_KEY_PARAMETER_MISMATCH']);
  });

  it('with other rows is refused as a whole, where it would write to a shard that wrote nothing the first time too', async () => {
    const key = newKey();
    const [a, b, c] = await tenantsOfThreeShards();
    const query = `mutation ($key: String!, $data: [ProductCreateInput!]!) {
      createProducts(data: $data) @idempotent(key: $key) { affectedCount }
    }`;
    const create = (...tenants: readonly string[]) =>
      graphql(query, { key, data: tenants.map((tenantId) => ({ tenantId, sku: key, name: 'P', priceCents: 1 })) });
    expect((await create(a, b)).data.createProducts.affectedCount).toBe(2);
    for (const tenants of [
      [a, c],
      [c, b],
      [c, a, b],
    ]) {
      expect(errorSummary(await create(...tenants))).toEqual(['createProducts IDEMPOTENCY_KEY_PARAMETER_MISMATCH']);
    }
    const found = await graphql(`{ products(shardKey: "${c}") { totalCount } }`);
    expect(found.data.products.totalCount).toBe(0);
    expect((await create(a, b)).data.createProducts.affectedCount).toBe(2);
  });
});

async function tenantsOfThreeShards(): Promise<[string, string, string]> {
  const tenantByShard = new Map<string, string>();
  while (tenantByShard.size < 3) {
    const query = 'mutation { createTenant(data: { name: "T", plan: FREE, settings: {} }) { id } }';
    const made = await graphql(query);
    tenantByShard.set(parseOperationId(operationsOf(made)[0]!).commits[0]!.shard, made.data.createTenant.id);
  }
  return [...tenantByShard.values()] as [string, string, string];
}

describe('the header Idempotency-Key', () => {
  const TWO = `mutation ($id: ID!) {
    a: updateTenant(by: { id: $id }, data: { name: "A" }) { name version }
    b: updateTenant(by: { id: $id }, data: { name: "B" }) @idempotent(key: "own") { name version }
  }`;

  it('holds for each field, and a directive wins', async () => {
    const [id, key] = [await newTenant(), newKey()];
    const first = await graphql(TWO, { id }, { 'idempotency-key': key });
    expect((await graphql(TWO, { id }, { 'idempotency-key': key })).data).toEqual(first.data);
    const other = await graphql(TWO, { id }, { 'idempotency-key': newKey() });
    expect(other.data.a.version).not.toBe(first.data.a.version);
    expect(other.data.b).toEqual(first.data.b);
  });

  it('is nothing to queries', async () => {
    const answer = await graphql('{ tenants { totalCount } }', {}, { 'idempotency-key': 'x'.repeat(300) });
    expect(answer.errors).toEqual([]);
  });

  it('is refused where it is no key, at each field', async () => {
    const id = await newTenant();
    const answer = await graphql(TWO, { id }, { 'idempotency-key': 'x'.repeat(256) });
    expect(errorSummary(answer)).toEqual(['a BAD_USER_INPUT']);
    expect(answer.data.b).toMatchObject({ name: 'B' });
  });
});

describe('@idempotent', () => {
  it.each(['', 'x'.repeat(256), 'tab\there', 'käse'])('is refused with the key %j', async (key) => {
    const id = await newTenant();
    expect(errorSummary(await graphql(RENAME, { id, key, name: 'x' }))).toEqual(['updateTenant BAD_USER_INPUT']);
    expect(await nameOf(id)).toBe('New');
  });

  it.each([
    '{ tenants @idempotent(key: "k") { totalCount } }',
    'mutation { updateTenant(by: { id: "x" }, data: {}) { id @idempotent(key: "k") } }',
    'fragment F on Tenant { name @idempotent(key: "k") } mutation { updateTenant(by: { id: "x" }, data: {}) { ...F } }',
  ])('is refused where it would do nothing: %s', async (query) => {
    const { data, errors } = await graphql(query);
    expect(data).toBeUndefined();
    expect(errors).toMatchObject([
      {
        message: expect.stringContaining('Move it to the field of the mutation'),
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });

  it('may stand in a fragment of mutations, but not twice with several keys', async () => {
    const id = await newTenant();
    const renaming = (key: string) =>
      `updateTenant(by: { id: "${id}" }, data: { name: "F" }) @idempotent(key: "${key}") { id }`;
    const query = (key: string) => `fragment F on Mutation { ${renaming('k')} } mutation { ...F ${renaming(key)} }`;
    expect(errorSummary(await graphql(query('k')))).toEqual([]);
    expect(errorSummary(await graphql(query('l')))).toEqual(['updateTenant BAD_USER_INPUT']);
  });
});

describe("a user's own mutation with a key", () => {
  let id: string;
  beforeAll(async () => {
    id = await newTenant();
  });
  const TWICE = 'mutation ($id: ID!, $key: String!) { renameTwice(id: $id) @idempotent(key: $key) }';

  it('makes each of its commits once', async () => {
    const key = newKey();
    const first = await graphql(TWICE, { id, key });
    const again = await graphql(TWICE, { id, key });
    expect(again.data).toEqual(first.data);
    expect(operationsOf(again)).toEqual(operationsOf(first));
    expect(new Set(operationsOf(first)).size).toBe(2);
  });

  it('goes on where it was cut off', async () => {
    const key = newKey();
    gate.open = Promise.reject(new Error('cut off'));
    gate.open.catch(() => {});
    const first = await graphql(TWICE, { id, key });
    expect(errorSummary(first)).toEqual(['renameTwice INTERNAL_SERVER_ERROR']);
    gate.open = Promise.resolve();
    const again = await graphql(TWICE, { id, key });
    expect(operationsOf(again)[0]).toBe(operationsOf(first)[0]);
    expect(operationsOf(again)).toHaveLength(2);
  });

  it('does not run while the same request runs', async () => {
    const key = newKey();
    const { promise, resolve } = Promise.withResolvers<void>();
    gate.open = promise;
    const first = graphql(TWICE, { id, key });
    await expect
      .poll(() => graphql(TWICE, { id, key }))
      .toMatchObject({
        errors: [{ extensions: { code: 'IDEMPOTENCY_CONCURRENT_REQUEST', retryable: true, retryAfterMs: 250 } }],
      });
    resolve();
    expect((await first).errors).toEqual([]);
    expect((await graphql(TWICE, { id, key })).data).toEqual((await first).data);
  });

  it('creates a row with a generated shard key once', async () => {
    const query = 'mutation ($key: String!) { openTenant @idempotent(key: $key) }';
    const key = newKey();
    const first = await graphql(query, { key });
    expect((await graphql(query, { key })).data).toEqual(first.data);
  });
});
