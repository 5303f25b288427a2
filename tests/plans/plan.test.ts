/** What is read for a query: plans as the shard client gets them. */

import { describe, expect, it } from 'vitest';
import type { PlanNode } from '../../src/shards/plan/node.ts';
import { FakeShardClient } from '../resolvers/support/fake-shard-client.ts';
import { run } from '../resolvers/support/run.ts';
import { shop } from '../resolvers/support/shop.ts';

async function readsOf(query: string, variables: Record<string, unknown> = {}, width = 2) {
  const client = new FakeShardClient(shop.model, width);
  const outcome = await run(shop, client, query, variables);
  expect(outcome.errors).toEqual([]);
  return { reads: client.reads, data: outcome.data };
}

const planOf = async (query: string, variables: Record<string, unknown> = {}): Promise<PlanNode> => {
  const { reads } = await readsOf(query, variables);
  expect(reads).toHaveLength(1);
  return reads[0]!.plan.node;
};

const LEVELS = [
  (width: number, inner: string) => `customers(first: ${width}) { nodes { id ${inner} } }`,
  (width: number, inner: string) => `orders(first: ${width}) { edges { node { id ${inner} } } }`,
  (width: number, inner: string) => `items(first: ${width}) { nodes { id ${inner} } }`,
  (_width: number, inner: string) => `product { id ${inner} }`,
  (width: number, inner: string) => `reviews(first: ${width}) { nodes { id ${inner} } }`,
  (_width: number, inner: string) => `customer { id ${inner} }`,
];

const tree = (depth: number, width: number): string => {
  const inner = LEVELS.slice(0, depth).reduceRight((below, level) => level(width, below), '');
  return `{ tenant(by: { id: "t" }) { id ${inner} } }`;
};

describe('the number of reads', () => {
  it('is one for co-located trees of any depth', async () => {
    for (let depth = 1; depth <= 6; depth++) expect((await readsOf(tree(depth, 3))).reads).toHaveLength(1);
  });

  it('is one for co-located trees of any width', async () => {
    for (const width of [1, 10, 50]) expect((await readsOf(tree(2, width), {}, width)).reads).toHaveLength(1);
  });

  it('is one per type for nodes', async () => {
    const { data } = await readsOf(
      '{ customers(first: 3) { nodes { nodeId } } orders(first: 3) { nodes { nodeId } } }',
    );
    const nodeIds = [...data.customers.nodes, ...data.orders.nodes].map(({ nodeId }) => nodeId);
    const { reads } = await readsOf('query ($nodeIds: [ID!]!) { nodes(nodeIds: $nodeIds) { nodeId __typename } }', {
      nodeIds,
    });
    expect(reads.map(({ plan, keys }) => [plan.node.table, keys.length])).toEqual([
      ['Customer', 2],
      ['Order', 2],
    ]);
  });
});

describe('equal shapes', () => {
  const text = async (query: string, variables = {}) => JSON.stringify(await planOf(query, variables));

  it('make equal plans, whatever the values and the order of selections', async () => {
    const one = await text(
      '{ customers(where: { name: { eq: "a" }, phone: { ne: "1" } }, first: 1) { nodes { id name } } }',
    );
    const other = await text('query ($w: CustomerWhere) { x: customers(where: $w, first: 50) { nodes { name id } } }', {
      w: { phone: { ne: '2' }, name: { eq: 'b' } },
    });
    expect(other).toBe(one);
  });

  it('make equal plans for aliases of a lookup', async () => {
    const { reads } = await readsOf('{ a: customer(by: { id: "1" }) { name } b: customer(by: { id: "2" }) { name } }');
    expect(reads).toHaveLength(2);
    expect(reads[0]!.plan.text).toBe(reads[1]!.plan.text);
  });

  it('hold no value of the request', async () => {
    const secret = 'find-me-nowhere';
    const plan = await text(
      `query ($s: String!) { customers(where: { OR: [{ name: { contains: $s } }, { email: { in: [$s] } }] }) {
        nodes { orders(where: { note: { eq: $s } }) { nodes { id } } }
      } }`,
      { s: secret },
    );
    expect(plan).not.toContain(secret);
  });
});

describe('columns', () => {
  it('are those that are selected, through fragments, aliases and interfaces', async () => {
    const plan = await planOf(
      `query ($no: Boolean = false) { customers {
        nodes { ...Name alias: email ... on Node { version: __typename } ... on Node { ... on Customer { phone } } }
        nodes { createdAt @include(if: $no) attributes @skip(if: true) ...Gone @include(if: $no) }
      } }
      fragment Name on Customer { name }
      fragment Gone on Customer { tenantId attributes }`,
    );
    expect(plan.columns).toEqual(['id', 'tenantId', 'name', 'email', 'phone']);
  });

  it('are few for a count', async () => {
    const plan = await planOf('{ customers { totalCount } }');
    expect(plan).toMatchObject({ columns: ['id', 'tenantId'], page: { rows: false, totalCount: true } });
  });

  it('hold the order where only page info is asked for', async () => {
    const plan = await planOf('{ customers(orderBy: [{ name: DESC }]) { pageInfo { endCursor } } }');
    expect(plan).toMatchObject({ columns: ['id', 'tenantId', 'name'], page: { rows: true, totalCount: false } });
  });

  it('tell whether there is a row when nothing but __typename is selected', async () => {
    const { data } = await readsOf('{ customer(by: { id: "1" }) { __typename } customers { __typename } }');
    expect(data).toEqual({ customer: { __typename: 'Customer' }, customers: { __typename: 'CustomerConnection' } });
  });
});

describe('relations', () => {
  it('may appear under several response keys, with merged selections', async () => {
    const { data, reads } = await readsOf(`{ customer(by: { id: "1" }) {
      few: orders(first: 1) { nodes { id } }
      many: orders(first: 9, where: { status: { eq: PAID } }) { nodes { id customer { name } } }
      few: orders(first: 1) { nodes { note } totalCount }
    } }`);
    expect(reads[0]!.plan.node.relations.map(({ key }) => key)).toEqual(['few', 'many']);
    expect(Object.keys(data.customer.few.nodes[0])).toEqual(['id', 'note']);
    expect(data.customer.many.nodes[0].customer.name).toBe('x');
  });

  it('may differ between nodes, edges and aliases of them under one response key', async () => {
    const { data, reads } = await readsOf(`{ customers {
      nodes { list: orders(first: 1) { nodes { id } } }
      again: nodes { list: reviews { nodes { rating } } }
      edges { node { list: orders(first: 2) { totalCount } } }
      e2: edges { n2: node { id list: reviews { totalCount } } cursor }
    } }`);
    expect(reads).toHaveLength(1);
    expect(new Set(reads[0]!.plan.node.relations.map(({ key }) => key)).size).toBe(4);
    expect(Object.keys(data.customers.nodes[0].list.nodes[0])).toEqual(['id']);
    expect(Object.keys(data.customers.again[0].list.nodes[0])).toEqual(['rating']);
    expect(data.customers.edges[0].node.list).toEqual({ totalCount: 2 });
    expect(data.customers.e2[0].n2.list).toEqual({ totalCount: 2 });
  });

  it('keep their page and order inside the plan', async () => {
    const plan = await planOf(
      '{ tenant(by: { id: "t" }) { orders(last: 3, orderBy: [{ createdAt: DESC }]) { nodes { id } } } }',
    );
    expect(plan.relations[0]!.node.page).toMatchObject({
      fromEnd: true,
      orderBy: [
        { column: 'createdAt', descending: true, nullsFirst: false },
        { column: 'tenantId', descending: false },
        { column: 'id', descending: false },
      ],
    });
  });
});

describe('routing', () => {
  const shardKeysOf = async (query: string) => (await readsOf(query)).reads.map(({ shardKeys }) => shardKeys);

  it.each([
    ['the shardKey argument', '{ customers(shardKey: "t") { totalCount } }'],
    ['a filter on the shard key', '{ customers(where: { tenantId: { eq: "t" } }) { totalCount } }'],
    ['a filter with one value', '{ customers(where: { tenantId: { in: ["t"] } }) { totalCount } }'],
    ['a filter under AND', '{ customers(where: { AND: [{}, { AND: [{ tenantId: { eq: "t" } }] }] }) { totalCount } }'],
    ['a key that is the shard key', '{ tenant(by: { id: "t" }) { id } }'],
    ['a lookup with shardKey', '{ customer(by: { email: "e" }, shardKey: "t") { id } }'],
  ])('asks one shard for %s', async (_, query) => {
    expect(await shardKeysOf(query)).toEqual([['t:t']]);
  });

  it.each([
    ['nothing', '{ customers { totalCount } }'],
    ['another operator', '{ customers(where: { tenantId: { gte: "t" } }) { totalCount } }'],
    ['OR', '{ customers(where: { OR: [{ tenantId: { eq: "t" } }] }) { totalCount } }'],
    ['NOT', '{ customers(where: { NOT: { tenantId: { eq: "t" } } }) { totalCount } }'],
    ['several values', '{ customers(where: { tenantId: { in: ["t", "u"] } }) { totalCount } }'],
    ['a lookup by id alone', '{ customer(by: { id: "1" }) { id } }'],
  ])('asks all shards for %s', async (_, query) => {
    expect(await shardKeysOf(query)).toEqual([null]);
  });

  it('compares the whole key where the shard is known', async () => {
    const { reads } = await readsOf('{ customer(by: { email: "e" }, shardKey: "t") { id } }');
    const [
      {
        plan: { node },
        keys,
      },
    ] = reads as [(typeof reads)[0]];
    expect(Object.fromEntries(node.match.map((column, index) => [column, keys[0]![index]]))).toEqual({
      tenantId: 't',
      email: 'e',
    });
  });
});
