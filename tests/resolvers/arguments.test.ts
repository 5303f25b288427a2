/** Misuse of arguments: refused on the field's own path before anything is read; siblings keep their data. */
import { describe, expect, it } from 'vitest';
import { FakeShardClient } from './support/fake-shard-client.ts';
import { run, summary } from './support/run.ts';
import { shop } from './support/shop.ts';

async function refusal(query: string, variables: Record<string, unknown> = {}) {
  const client = new FakeShardClient(shop.model);
  const { data, errors } = await run(shop, client, query, variables);
  return {
    data,
    errors: summary(errors),
    reads: client.reads.length + client.writes.length,
    messages: errors.map(String),
  };
}

const list = (args: string) => `{ customers(${args}) { totalCount } }`;

describe('a list refuses', () => {
  it.each([
    'first: -1',
    'first: 101',
    'last: -1',
    'last: 101',
    'first: 1, last: 1',
    'first: 0, last: 0',
    'offset: -1',
    'offset: 10001',
    'offset: 1, after: "x"',
    'offset: 0, before: "x"',
    'offset: 1, last: 1',
    'after: "x"',
    'before: ""',
    'where: { name: null }',
    'where: { name: { eq: null } }',
    'where: { name: { in: null } }',
    'where: { phone: { isNull: null } }',
    'where: { AND: null }',
    'where: { OR: null }',
    'where: { NOT: null }',
    'where: { OR: [{ NOT: { AND: [{ name: { like: null } }] } }] }',
    'where: { name: { between: ["a"] } }',
    'where: { name: { between: ["a", "b", "c"] } }',
    'where: { orders: null }',
    'where: { orders: { some: null } }',
    'where: { orders: { every: { note: { eq: null } } } }',
    'where: { orders: { none: { customer: null } } }',
  ])('%s', async (args) => {
    const { data, errors, reads, messages } = await refusal(list(args));
    expect(errors).toEqual(['customers BAD_USER_INPUT']);
    expect(messages[0]).toMatch(/Expected .*, but got /);
    expect(data).toEqual({ customers: null });
    expect(reads).toBe(0);
  });

  it('null behind a variable', async () => {
    const query = 'query ($name: String) { a: customers(where: { name: { eq: $name } }) { totalCount } }';
    expect((await refusal(query, { name: null })).errors).toEqual(['a BAD_USER_INPUT']);
    expect((await refusal(query)).errors).toEqual([]);
  });

  it('lone surrogates in any value', async () => {
    const query = `query ($s: String!, $id: ID!) {
      a: customers(where: { name: { contains: $s } }) { totalCount }
      b: customers(where: { id: { in: ["x", $id] } }) { totalCount }
      c: customers(shardKey: $id) { totalCount }
      d: customer(by: { id: $id }) { id }
    }`;
    const { errors } = await refusal(query, { s: 'a\ud800', id: '\udc00' });
    expect(errors).toEqual(['a BAD_USER_INPUT', 'b BAD_USER_INPUT', 'c BAD_USER_INPUT', 'd BAD_USER_INPUT']);
  });

  it.each(['contains', 'icontains', 'like', 'ilike'])(
    'more than 1,000 characters to look for by %s',
    async (operator) => {
      const query = `query ($text: String!) {
      column: customers(where: { name: { ${operator}: $text } }) { totalCount }
      json: customers(where: { attributes: { path: "a", ${operator.startsWith('i') ? 'contains' : operator}: $text } }) { totalCount }
    }`;
      // New plans, and remembered ones.
      for (const length of [1_000, 1_001, 1_000, 1_001]) {
        const { errors } = await refusal(query, { text: 'x'.repeat(length) });
        expect(errors).toEqual(length === 1_000 ? [] : ['column BAD_USER_INPUT', 'json BAD_USER_INPUT']);
      }
    },
  );

  it('more than 10,000 values in one list, but takes 10,000', async () => {
    const query = 'query ($ids: [ID!]) { customers(where: { id: { in: $ids } }) { totalCount } }';
    const ids = Array.from({ length: 10_001 }, (_, index) => `${index}`);
    expect((await refusal(query, { ids })).errors).toEqual(['customers BAD_USER_INPUT']);
    expect((await refusal(query, { ids: ids.slice(1) })).errors).toEqual([]);
  });

  it('filters without measure', async () => {
    const query = 'query ($where: CustomerWhere) { customers(where: $where) { totalCount } }';
    const conditions = (count: number) => ({ OR: Array.from({ length: count }, () => ({ name: { eq: 'x' } })) });
    expect((await refusal(query, { where: conditions(251) })).errors).toEqual(['customers COST_LIMIT_EXCEEDED']);
    expect((await refusal(query, { where: conditions(250) })).errors).toEqual([]);
    const nested = (depth: number): object => (depth === 0 ? { name: { eq: 'x' } } : { NOT: nested(depth - 1) });
    expect((await refusal(query, { where: nested(16) })).errors).toEqual(['customers DEPTH_LIMIT_EXCEEDED']);
    expect((await refusal(query, { where: nested(15) })).errors).toEqual([]);
  });

  it('filters on related rows without measure', async () => {
    const query = 'query ($where: CustomerWhere) { customers(where: $where) { totalCount } }';
    const steps = (count: number) => ({ OR: Array.from({ length: count }, () => ({ orders: { some: {} } })) });
    expect((await refusal(query, { where: steps(251) })).errors).toEqual(['customers COST_LIMIT_EXCEEDED']);
    expect((await refusal(query, { where: steps(250) })).errors).toEqual([]);
    const nested = (depth: number): object =>
      depth === 0 ? { name: { eq: 'x' } } : { orders: { some: { customer: nested(depth - 2) } } };
    expect((await refusal(query, { where: nested(16) })).errors).toEqual(['customers DEPTH_LIMIT_EXCEEDED']);
    expect((await refusal(query, { where: nested(14) })).errors).toEqual([]);
  });
});

describe('a list takes', () => {
  it.each([
    'first: null, after: null, last: null, before: null, offset: null',
    'shardKey: null',
    'where: null',
    'orderBy: null',
    'search: null',
    'first: 0',
    'first: 100',
    'last: 100',
    'offset: 10000',
    'orderBy: []',
    'where: {}',
    'where: { name: {}, AND: [], NOT: {} }',
    'where: { orders: {}, reviews: { none: {}, every: {} } }',
  ])('%s', async (args) => {
    expect((await refusal(list(args))).errors).toEqual([]);
  });
});

describe('a nested list', () => {
  it('fails alone, at its own path, at any depth', async () => {
    const { data, errors, reads } = await refusal(`{ tenant(by: { id: "t" }) {
      name
      bad: customers(first: 101) { totalCount }
      good: customers(first: 1) { nodes { id worse: orders(where: { note: { eq: null } }) { totalCount } reviews { totalCount } } }
    } }`);
    expect(errors.sort()).toEqual([
      'tenant.bad BAD_USER_INPUT',
      'tenant.good.nodes.0.worse BAD_USER_INPUT',
      'tenant.good.nodes.1.worse BAD_USER_INPUT',
    ]);
    expect(data.tenant).toMatchObject({ name: 'x', bad: null });
    expect(data.tenant.good.nodes[0]).toMatchObject({ worse: null, reviews: { totalCount: 2 } });
    expect(reads).toBe(1);
  });

  it('refuses the cursor of another list', async () => {
    const client = new FakeShardClient(shop.model);
    const { data } = await run(shop, client, '{ orders { pageInfo { endCursor } } }');
    const after = data.orders.pageInfo.endCursor;
    const query = `query ($after: String!) {
      orders(after: $after) { totalCount }
      customers(after: $after) { totalCount }
      tenant(by: { id: "t" }) { orders(after: $after) { totalCount } }
      other: orders(after: $after, orderBy: [{ note: ASC }]) { totalCount }
    }`;
    expect((await refusal(query, { after })).errors.sort()).toEqual([
      'customers BAD_USER_INPUT',
      'other BAD_USER_INPUT',
      'tenant.orders BAD_USER_INPUT',
    ]);
  });
});

describe('a lookup', () => {
  it('refuses a shard key that is not the one of the key', async () => {
    expect((await refusal('{ tenant(by: { id: "a" }, shardKey: "b") { id } }')).errors).toEqual([
      'tenant BAD_USER_INPUT',
    ]);
    expect((await refusal('{ tenant(by: { id: "a" }, shardKey: "a") { id } }')).errors).toEqual([]);
  });

  it('takes null as a shard key that is left out', async () => {
    expect((await refusal('{ customer(by: { id: "a" }, shardKey: null) { id } }')).errors).toEqual([]);
  });
});

describe('node and nodes', () => {
  it('refuse what is no node id, each in its own place', async () => {
    const { data } = await run(shop, new FakeShardClient(shop.model), '{ customers(first: 1) { nodes { nodeId } } }');
    const { nodeId } = data.customers.nodes[0];
    const outcome = await refusal(
      'query ($ids: [ID!]!, $id: ID!) { node(nodeId: "x") { nodeId } nodes(nodeIds: $ids) { nodeId } one: node(nodeId: $id) { __typename } }',
      { ids: [nodeId, 'nonsense', nodeId, nodeId.slice(1)], id: nodeId },
    );
    expect(outcome.errors.sort()).toEqual(['node BAD_USER_INPUT', 'nodes.1 BAD_USER_INPUT', 'nodes.3 BAD_USER_INPUT']);
    expect(outcome.data.nodes[2]).toEqual({ nodeId: expect.any(String) });
    expect(outcome.data.one).toEqual({ __typename: 'Customer' });
  });

  it('refuse more than 1,000 ids', async () => {
    const query = 'query ($ids: [ID!]!) { nodes(nodeIds: $ids) { nodeId } }';
    const { errors } = await refusal(query, { ids: Array.from({ length: 1_001 }, () => 'x') });
    expect(errors).toEqual(['nodes BAD_USER_INPUT']);
  });
});

describe('a mutation refuses', () => {
  it.each([
    [
      'a missing reference',
      'createOrder(data: { tenantId: "t", totalCents: 1, shipping: {} }) { id }',
      'NOT_NULL_VIOLATION',
    ],
    [
      'a missing shard key',
      'createCustomer(data: { name: "n", email: "e", attributes: {} }) { id }',
      'NOT_NULL_VIOLATION',
    ],
    [
      'null for a required column',
      'createCustomer(data: { tenantId: null, name: "n", email: "e", attributes: {} }) { id }',
      'NOT_NULL_VIOLATION',
    ],
    [
      'null for a column with a default',
      'createCustomer(data: { id: null, tenantId: "t", name: "n", email: "e", attributes: {} }) { id }',
      'NOT_NULL_VIOLATION',
    ],
    [
      'null in an update',
      'updateCustomer(by: { id: "c" }, shardKey: "t", data: { name: null }) { id }',
      'NOT_NULL_VIOLATION',
    ],
    [
      'null for the columns to set',
      'updateCustomer(by: { id: "c" }, shardKey: "t", data: null) { id }',
      'BAD_USER_INPUT',
    ],
    [
      'a forged version',
      'updateCustomer(by: { id: "c" }, shardKey: "t", expectedVersion: "1e3") { id }',
      'BAD_USER_INPUT',
    ],
    [
      'a version beyond any',
      'deleteCustomer(by: { id: "c" }, shardKey: "t", expectedVersion: "9999999999999999") { id }',
      'BAD_USER_INPUT',
    ],
    [
      'null as a version',
      'deleteCustomer(by: { id: "c" }, shardKey: "t", expectedVersion: null) { id }',
      'BAD_USER_INPUT',
    ],
    ['null as a shard key', 'deleteCustomer(by: { id: "c" }, shardKey: null) { id }', 'BAD_USER_INPUT'],
  ])('%s', async (_, field, code) => {
    const { data, errors, reads } = await refusal(`mutation { m: ${field} }`);
    expect(errors).toEqual([`m ${code}`]);
    expect(data).toEqual({ m: null });
    expect(reads).toBe(0);
  });

  it('naming type and field of what is missing', async () => {
    const client = new FakeShardClient(shop.model);
    const { errors } = await run(
      shop,
      client,
      'mutation { createOrder(data: { tenantId: "t", totalCents: 1, shipping: {} }) { id } }',
    );
    expect(errors[0]!.extensions).toEqual({
      code: 'NOT_NULL_VIOLATION',
      table: 'Order',
      field: 'customerId',
      inputPath: ['data'],
      requestId: 'request-1',
      retryable: false,
    });
  });
});
