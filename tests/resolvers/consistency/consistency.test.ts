import { execute, type GraphQLError, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { CacheReader } from '../../../src/cache/reading/cache-reader.ts';
import type { Requirement } from '../../../src/cache/requirement.ts';
import { type CachePolicy, DEFAULT_CACHE_POLICY, type Model } from '../../../src/model/types.ts';
import { FULL_ACCESS } from '../../../src/plans/access/access-rules.ts';
import { encodeNodeId } from '../../../src/plans/tokens/node-id.ts';
import { RequestReader } from '../../../src/resolvers/consistency/request-reader.ts';
import { toGraphQLError } from '../../../src/resolvers/graphql-error.ts';
import { buildSchema } from '../../../src/schema/build-schema.ts';
import shop from '../../../src/schema/model.ts';
import type { ShardClient } from '../../../src/shards/client/shard-client.ts';
import type { Read } from '../../../src/shards/plan/read.ts';
import { DEVELOPER } from '../../../src/shards/protocol/envelope.ts';
import { addSeen, mergeSeen, NOTHING_SEEN, stateOfCommit } from '../../../src/shards/seen-versions.ts';
import crossShard from '../../models/cross-shard/model.ts';
import { labState, seenOf } from '../../support/cache/seen.ts';
import { FakeShardClient } from '../support/fake-shard-client.ts';

const withPolicies = (model: Model, policies: Readonly<Record<string, Partial<CachePolicy>>>): Model => {
  const tables = model.tables.map((table) => ({
    ...table,
    cache: { ...DEFAULT_CACHE_POLICY, ...policies[table.typeName] },
  }));
  return { ...model, tables, tableByType: new Map(tables.map((table) => [table.typeName, table])) };
};

interface Seen extends Requirement {
  readonly table: string;
}

/** Runs a document and tells what was required of each read. */
async function requirementsOf(
  model: Model,
  query: string,
  variables: Record<string, unknown> = {},
  seen = NOTHING_SEEN,
): Promise<{ reads: Seen[]; errors: readonly GraphQLError[]; reader: RequestReader }> {
  const schema = buildSchema(model);
  const shards = new FakeShardClient(model);
  const reads: Seen[] = [];
  const cache = {
    async read(read: Read, requirement: Requirement) {
      reads.push({ table: read.plan.node.table, ...requirement });
      const answers = await shards.read(read as never);
      return answers.map((answer) => ({
        answer,
        source: 'shard',
        ...labState(90, 80),
        ageMs: 5,
      }));
    },
    heldRow: () => null,
  };
  const reader = new RequestReader(cache as unknown as CacheReader, seen, false);
  const document = parse(query);
  const invalid = validate(schema, document);
  if (invalid.length > 0) return { reads, errors: invalid, reader };
  const contextValue = {
    model,
    shards: shards as unknown as ShardClient,
    reader,
    caller: DEVELOPER,
    access: FULL_ACCESS,
    requestId: 'r',
  };
  const result = await execute({ schema, document, variableValues: variables, contextValue });
  return { reads, errors: (result.errors ?? []).map((error) => toGraphQLError(error, 'r')), reader };
}

async function modesOf(model: Model, query: string, variables?: Record<string, unknown>): Promise<string[]> {
  const { reads, errors } = await requirementsOf(model, query, variables);
  expect(errors).toEqual([]);
  return reads.map(({ mode, maxStalenessMs }) => (maxStalenessMs === null ? mode : `${mode} ${maxStalenessMs}`));
}

const PLAIN = withPolicies(shop, {});
const ONE = 'customer(by: { id: "c" }, shardKey: "t")';

describe('how fresh a field is read', () => {
  it('is STRONG unless somebody says otherwise', async () => {
    expect(await modesOf(PLAIN, `{ ${ONE} { name } }`)).toEqual(['STRONG']);
  });

  it.each([
    ['the operation', `query @consistency(mode: CACHED) { ${ONE} { name } }`, ['CACHED']],
    ['the field', `{ ${ONE} @consistency(mode: SESSION) { name } }`, ['SESSION']],
    ['an inline fragment', `{ ... @consistency(mode: CACHED) { ${ONE} { name } } }`, ['CACHED']],
    ['a fragment spread', `{ ...F @consistency(mode: CACHED) } fragment F on Query { ${ONE} { name } }`, ['CACHED']],
    ['a fragment inside', `{ ${ONE} { ... @consistency(mode: CACHED) { name } } }`, ['CACHED']],
    ['a column', `{ ${ONE} { name @consistency(mode: CACHED) } }`, ['CACHED']],
    [
      'a list',
      `{ customers(shardKey: "t") @consistency(mode: BOUNDED, maxStalenessMs: 300) { nodes { id } } }`,
      ['BOUNDED 300'],
    ],
    ['a count', `{ customers(shardKey: "t") { totalCount @consistency(mode: CACHED) } }`, ['CACHED']],
    ['page info', `{ customers(shardKey: "t") { pageInfo { hasNextPage @consistency(mode: CACHED) } } }`, ['CACHED']],
    ['the nodes of a list', `{ customers(shardKey: "t") { nodes @consistency(mode: CACHED) { id } } }`, ['CACHED']],
    ['no bound', `{ ${ONE} @consistency(mode: BOUNDED) { name } }`, ['BOUNDED 5000']],
  ])('is said by %s', async (_, query, modes) => expect(await modesOf(PLAIN, query)).toEqual(modes));

  it('is said by the innermost', async () => {
    const query = `query @consistency(mode: STRONG) {
      a: ${ONE} { name }
      b: ${ONE} @consistency(mode: SESSION) { ... @consistency(mode: CACHED) { name } }
      ... @consistency(mode: BOUNDED, maxStalenessMs: 9) { c: ${ONE} { name } d: ${ONE} @consistency(mode: CACHED) { id } }
    }`;
    expect(await modesOf(PLAIN, query)).toEqual(['STRONG', 'CACHED', 'BOUNDED 9', 'CACHED']);
  });

  it('is one for all that is read together: as the strictest asks', async () => {
    const query = `{ ${ONE} @consistency(mode: CACHED) {
      name
      email @consistency(mode: BOUNDED, maxStalenessMs: 700)
      orders { nodes { id items @consistency(mode: BOUNDED, maxStalenessMs: 200) { nodes { id } } } }
    } }`;
    expect(await modesOf(PLAIN, query)).toEqual(['BOUNDED 200']);
    expect(await modesOf(PLAIN, query.replace('name', 'name @consistency(mode: STRONG)'))).toEqual(['STRONG']);
  });

  it('holds a bound and a session together', async () => {
    const query = `{ ${ONE} { name @consistency(mode: SESSION) email @consistency(mode: BOUNDED, maxStalenessMs: 5) } }`;
    const { reads } = await requirementsOf(PLAIN, query, {}, seenOf(77));
    expect(reads).toEqual([{ table: 'Customer', mode: 'BOUNDED', maxStalenessMs: 5, seen: seenOf(77) }]);
  });

  it('is told apart where one fragment is spread in two ways', async () => {
    const spread = `{ ${ONE} { ...F @consistency(mode: CACHED) ...F @consistency(mode: STRONG) } } fragment F on Customer { name }`;
    expect(await modesOf(PLAIN, spread)).toEqual(['STRONG']);
    const two = `{ a: ${ONE} { ...F @consistency(mode: CACHED) } b: ${ONE} { ...F } } fragment F on Customer { name }`;
    expect(await modesOf(PLAIN, two)).toEqual(['CACHED', 'STRONG']);
  });

  it('takes its bound from a variable', async () => {
    const query = `query ($ms: Int) { ${ONE} @consistency(mode: BOUNDED, maxStalenessMs: $ms) { name } }`;
    expect(await modesOf(PLAIN, query, { ms: 1_234 })).toEqual(['BOUNDED 1234']);
    expect(await modesOf(PLAIN, query, {})).toEqual(['BOUNDED 5000']);
  });

  it('is that of the tables where nobody asks', async () => {
    const model = withPolicies(shop, {
      Customer: { mode: 'CACHED' },
      Order: { mode: 'BOUNDED', maxStalenessMs: 800 },
      OrderItem: { mode: 'CACHED' },
    });
    expect(await modesOf(model, `{ ${ONE} { name } }`)).toEqual(['CACHED']);
    expect(await modesOf(model, `{ ${ONE} { name orders { nodes { id items { nodes { id } } } } } }`)).toEqual([
      'BOUNDED 800',
    ]);
    expect(await modesOf(model, `{ ${ONE} { name reviews { totalCount } } }`)).toEqual(['STRONG']);
  });

  it('is always STRONG where a strong column is selected, filtered or ordered by', async () => {
    const model = withPolicies(shop, { Product: { mode: 'CACHED', strongColumns: ['priceCents'] } });
    const products = (args: string, fields: string) => `{ products(shardKey: "t" ${args}) { nodes { ${fields} } } }`;
    expect(await modesOf(model, products('', 'name'))).toEqual(['CACHED']);
    expect(await modesOf(model, products('', 'name priceCents'))).toEqual(['STRONG']);
    expect(await modesOf(model, products('where: { priceCents: { gt: 5 } }', 'name'))).toEqual(['STRONG']);
    expect(await modesOf(model, products('orderBy: [{ priceCents: ASC }]', 'name'))).toEqual(['STRONG']);
    expect(await modesOf(model, products('', 'name priceCents @consistency(mode: CACHED)'))).toEqual(['STRONG']);
  });

  it.each([
    [
      'an order by a related row',
      'orderItems(shardKey: "t", orderBy: [{ product: { priceCents: ASC } }]) { totalCount }',
    ],
    [
      'an order by an aggregate',
      'tenants(orderBy: [{ productsAggregate: { max: { priceCents: ASC } } }]) { totalCount }',
    ],
    [
      'a filter on an aggregate',
      'tenants(where: { productsAggregate: { max: { priceCents: { gt: 5 } } } }) { totalCount }',
    ],
    ['a filter on related rows', 'orderItems(where: { product: { priceCents: { gt: 5 } } }) { totalCount }'],
    ['a key', 'product(shardKey: "t", by: { sku: "s" }) { name }'],
    ['a search', 'products(shardKey: "t", search: "s") { totalCount }'],
    ['groups', 'products(shardKey: "t") { groupBy(by: [{ field: PRICE_CENTS }]) { count } }'],
    ['a relation', 'products(shardKey: "t") { nodes { orderItems { totalCount } } }'],
  ])('is always STRONG where a strong column is part of %s', async (_, field) => {
    const model = withPolicies(shop, {
      Product: { mode: 'CACHED', strongColumns: ['priceCents', 'sku', 'description'] },
      OrderItem: { strongColumns: ['productId'] },
    });
    expect(await modesOf(model, `query @consistency(mode: CACHED) { ${field} }`)).toEqual(['STRONG']);
  });

  it.each([
    ['an order by other columns', 'orderItems(shardKey: "t", orderBy: [{ product: { name: ASC } }]) { totalCount }'],
    [
      'an outer column of the same name',
      'orderItems(shardKey: "t", orderBy: [{ product: { id: ASC } }]) { totalCount }',
    ],
    ['a search of other columns', 'customers(shardKey: "t", search: "s") { totalCount }'],
  ])('is not STRONG for %s', async (_, field) => {
    const model = withPolicies(shop, {
      Product: { strongColumns: ['priceCents', 'sku', 'description'] },
      Customer: { strongColumns: ['phone'] },
    });
    expect(await modesOf(model, `query @consistency(mode: CACHED) { ${field} }`)).toEqual(['CACHED']);
  });

  it('is STRONG for filters that look at a strong column on other shards', async () => {
    const model = withPolicies(crossShard, { Airport: { strongColumns: ['name'] } });
    const modes = async (where: string) => {
      const query = `query @consistency(mode: CACHED) { routes(where: ${where}) { totalCount } }`;
      return (await requirementsOf(model, query)).reads.map(({ table, mode }) => `${table} ${mode}`);
    };
    expect(await modes('{ source: { iata: { eq: "x" } } }')).toEqual(['Airport CACHED', 'Route CACHED']);
    expect(await modes('{ source: { name: { eq: "x" } } }')).toEqual(['Airport STRONG', 'Route STRONG']);
  });

  it('is told as the weakest where rows of several types are read, each in its own', async () => {
    const model = withPolicies(shop, { Order: { mode: 'CACHED' }, Product: { mode: 'SESSION' } });
    const ids = ['Product', 'Order', 'Customer'].map((type) => encodeNodeId(model.table(type), ['t', 'x']));
    const query = 'query ($ids: [ID!]!) { nodes(nodeIds: $ids) { nodeId } }';
    for (const nodeIds of [ids, ids.toReversed()]) {
      const { reads, reader } = await requirementsOf(model, query, { ids: nodeIds });
      expect(new Set(reads.map(({ mode }) => mode))).toEqual(new Set(['STRONG', 'SESSION', 'CACHED']));
      expect(reader.fields.map(({ mode }) => mode)).toEqual(['CACHED']);
    }
  });

  it('is chosen separately where rows lie on other shards', async () => {
    const model = withPolicies(crossShard, {});
    const { reads, errors, reader } = await requirementsOf(model, CROSS_SHARD_QUERY);
    expect(errors).toEqual([]);
    expect(reads.map(({ table, mode }) => [table, mode])).toEqual([
      ['Route', 'CACHED'],
      ['Airport', 'SESSION'],
    ]);
    expect(reader.fields.map(({ path }) => path.join('.'))).toEqual(['routes', 'routes.nodes.source']);
  });
});

const CROSS_SHARD_QUERY = `{
  routes(shardKey: "1") @consistency(mode: CACHED) { nodes { id source @consistency(mode: SESSION) { name } } }
}`;

describe('what tables allow', () => {
  const model = withPolicies(shop, {
    Customer: { mode: 'SESSION', strongest: 'BOUNDED', weakest: 'SESSION' },
    Order: { mode: 'STRONG', weakest: 'STRONG' },
  });

  it.each([
    [
      'weaker',
      `{ ${ONE} @consistency(mode: CACHED) { name } }`,
      'Expected @consistency of Customer to be from BOUNDED to SESSION',
    ],
    ['stronger', `{ ${ONE} @consistency(mode: STRONG) { name } }`, 'but got STRONG'],
    ['weaker, at a column', `{ ${ONE} { name @consistency(mode: CACHED) } }`, 'but got CACHED'],
    [
      'another than the only one',
      `{ orders(shardKey: "t") @consistency(mode: CACHED) { totalCount } }`,
      'the only mode that it allows',
    ],
  ])('is asked for: a mode that is %s is refused', async (_, query, message) => {
    const { reads, errors } = await requirementsOf(model, query);
    expect(reads).toEqual([]);
    expect(errors[0]!.extensions.code).toBe('BAD_USER_INPUT');
    expect(errors[0]!.message).toContain(message);
  });

  it.each([
    ['a filter', `orders(where: { customer: { name: { eq: "x" } } }) { totalCount }`],
    ['an order', `orders(orderBy: [{ customer: { name: ASC } }]) { totalCount }`],
    ['an order by an aggregate', `tenants(orderBy: [{ customersAggregate: { count: ASC } }]) { totalCount }`],
  ])('holds for tables that only %s looks at', async (_, field) => {
    const ask = (weakest: CachePolicy['weakest'], asked: string) =>
      modesOf(
        withPolicies(shop, { Customer: { weakest, maxStalenessMs: 700 } }),
        `query @consistency(mode: ${asked}) { ${field} }`,
      );
    expect(await ask('CACHED', 'CACHED')).toEqual(['CACHED']);
    expect(await ask('SESSION', 'CACHED')).toEqual(['SESSION']);
    expect(await ask('BOUNDED', 'CACHED')).toEqual(['BOUNDED 700']);
    expect(await ask('BOUNDED', 'BOUNDED, maxStalenessMs: 900')).toEqual(['BOUNDED 900']);
    expect(await ask('STRONG', 'CACHED')).toEqual(['STRONG']);
  });

  it('is all that holds for them: their own mode is for what is selected of them', async () => {
    const own = withPolicies(shop, { Customer: { mode: 'STRONG' }, Order: { mode: 'CACHED' } });
    const filter = 'where: { customer: { name: { eq: "x" } } }';
    expect(await modesOf(own, `{ orders(${filter}) { totalCount } }`)).toEqual(['CACHED']);
    expect(await modesOf(own, `{ orders(${filter}) { nodes { customer { name } } } }`)).toEqual(['STRONG']);
  });

  it('is taken where more is asked for many tables at once', async () => {
    expect(await modesOf(model, `query @consistency(mode: CACHED) { ${ONE} { name } }`)).toEqual(['SESSION']);
    expect(await modesOf(model, `query @consistency(mode: STRONG) { ${ONE} { name } }`)).toEqual(['BOUNDED 5000']);
    expect(await modesOf(model, `query @consistency(mode: CACHED) { ${ONE} { name orders { totalCount } } }`)).toEqual([
      'STRONG',
    ]);
  });

  it('leaves the siblings of a refused field alone', async () => {
    const { reads, errors } = await requirementsOf(
      PLAIN,
      `{ ${ONE} { name orders @consistency(mode: CACHED, maxStalenessMs: 1) { totalCount } } }`,
    );
    expect(errors.map(({ path }) => path?.join('.'))).toEqual(['customer.orders']);
    expect(reads).toHaveLength(1);
  });
});

describe('wrong arguments of @consistency', () => {
  it.each([
    [
      'a bound without BOUNDED',
      '@consistency(mode: CACHED, maxStalenessMs: 5)',
      'Expected maxStalenessMs with the mode BOUNDED alone, but got it with CACHED',
    ],
    [
      'a negative bound',
      '@consistency(mode: BOUNDED, maxStalenessMs: -1)',
      'from 1 to 3600000 milliseconds, but got -1',
    ],
    ['no time at all', '@consistency(mode: BOUNDED, maxStalenessMs: 0)', 'but got 0'],
    ['an absurd bound', '@consistency(mode: BOUNDED, maxStalenessMs: 2147483647)', 'but got 2147483647'],
  ])('are refused: %s', async (_, directive, message) => {
    for (const query of [`{ ${ONE} ${directive} { name } }`, `query ${directive} { ${ONE} { name } }`]) {
      const { reads, errors } = await requirementsOf(PLAIN, query);
      expect(reads).toEqual([]);
      expect(errors[0]!.extensions.code).toBe('BAD_USER_INPUT');
      expect(errors[0]!.message).toContain(message);
    }
  });

  it.each(['@consistency', '@consistency(mode: FRESH)', '@consistency(mode: CACHED) @consistency(mode: STRONG)'])(
    'do not validate: %s',
    async (directive) => {
      const { errors } = await requirementsOf(PLAIN, `{ ${ONE} ${directive} { name } }`);
      expect(errors).not.toEqual([]);
    },
  );
});

/** By the fake client. */
const WRITTEN = addSeen(NOTHING_SEEN, stateOfCommit('shard-0', 1, 1));

describe('sessions', () => {
  const mutation = (below: string) => `mutation {
    updateCustomer(by: { id: "c" }, shardKey: "t", data: { name: "x" }) { name }
    again: updateCustomer(by: { id: "c" }, shardKey: "t", data: { name: "y" }) { ${below} }
  }`;

  it('take in what answers showed and what was written', async () => {
    const { reader } = await requirementsOf(PLAIN, `{ ${ONE} { name } }`);
    expect(reader.seen).toEqual(seenOf(80));
    // The write is of another shard.
    const written = await requirementsOf(PLAIN, mutation('name'), {}, seenOf(500));
    expect(written.reader.seen).toEqual(mergeSeen(seenOf(500), WRITTEN));
    expect((await requirementsOf(PLAIN, '{ __typename }')).reader.seen).toBe(NOTHING_SEEN);
  });

  it('hold the write of their request for all that it reads afterwards', async () => {
    const model = withPolicies(crossShard, { Airport: { mode: 'CACHED' } });
    const query = 'mutation { updateRoute(by: { id: "1" }, shardKey: "1", data: { stops: 2 }) { source { name } } }';
    const { reads, errors } = await requirementsOf(model, query);
    expect(errors).toEqual([]);
    expect(reads).toEqual([{ table: 'Airport', mode: 'SESSION', maxStalenessMs: null, seen: WRITTEN }]);
  });
});
