/** Plans that are remembered with their document. */

import { execute, type GraphQLSchema, getOperationAST, getVariableValues, parse, print } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { CacheReader } from '../../src/cache/reading/cache-reader.ts';
import type { Requirement } from '../../src/cache/requirement.ts';
import type { Model } from '../../src/model/types.ts';
import { FULL_ACCESS } from '../../src/plans/access/access-rules.ts';
import { listOrder } from '../../src/plans/arguments/order.ts';
import { PlanCache } from '../../src/plans/plan-cache.ts';
import { PlanValues } from '../../src/plans/plan-values.ts';
import { cursorFormat, encodeCursor } from '../../src/plans/tokens/cursor.ts';
import { encodeNodeId } from '../../src/plans/tokens/node-id.ts';
import { RequestReader } from '../../src/resolvers/consistency/request-reader.ts';
import { buildSchema } from '../../src/schema/build-schema.ts';
import { defineExtensions } from '../../src/schema/extend/define-extensions.ts';
import { ShardQLError } from '../../src/shards/errors.ts';
import { MEMORY } from '../../src/shards/isolate-memory.ts';
import type { Read } from '../../src/shards/plan/read.ts';
import { DEVELOPER } from '../../src/shards/protocol/envelope.ts';
import { NOTHING_SEEN, type SeenVersions } from '../../src/shards/seen-versions.ts';
import crossShard from '../models/cross-shard/model.ts';
import { FakeShardClient } from '../resolvers/support/fake-shard-client.ts';
import { run, summary } from '../resolvers/support/run.ts';
import { shop } from '../resolvers/support/shop.ts';
import { labState, seenOf } from '../support/cache/seen.ts';

type Variables = Readonly<Record<string, unknown>>;
interface Api {
  readonly model: Model;
  readonly schema: GraphQLSchema;
}

const flights: Api = { model: crossShard, schema: buildSchema(crossShard) };

const customers = shop.model.table('Customer');
const nodeIdOf = (id: string): string => encodeNodeId(customers, ['t', id]);

/** Of products by one column. */
function cursorOf(column: string) {
  const { model } = shop;
  const { terms, computed } = listOrder(
    { model, access: FULL_ACCESS, values: new PlanValues() },
    model.table('Product'),
    [{ [column]: 'ASC' }],
  );
  return cursorFormat({ model, table: 'Product', computed, list: 'Query.products', orderBy: terms, rankedBy: null });
}

/** The demo with what only users' own code brings: a scalar that is no JSON, and a field that gives the root again. */
const extended: Api = {
  model: shop.model,
  schema: buildSchema(
    shop.model,
    defineExtensions(shop.model, ({ builder }) => {
      const Span = builder.scalarType('Span' as never, {
        serialize: String,
        parseValue: (value) => BigInt(String(value)) as never,
      });
      builder.queryFields((t) => ({
        span: t.string({ args: { of: t.arg({ type: Span, required: true }) }, resolve: (_, { of }) => String(of) }),
        again: t.field({ type: 'Query' as never, resolve: () => ({}) as never }),
      }));
    }),
  ),
};

/** What the document reads, each time it is asked: the same document again and again, or parsed anew. */
async function readsOf(api: Api, query: string, asked: readonly Variables[], isSame: boolean) {
  const document = parse(query);
  const outcomes: { readonly reads: readonly Read[]; readonly errors: readonly string[] }[] = [];
  for (const [time, variables] of asked.entries()) {
    // Other rows each time.
    const client = new FakeShardClient(api.model, 1 + time);
    const { errors } = await run(api, client, isSame ? document : query, variables);
    outcomes.push({ reads: client.reads, errors: errors.map(({ message }) => message) });
  }
  return outcomes;
}

const CASES: readonly (readonly [what: string, query: string, asked: readonly Variables[], api?: Api])[] = [
  [
    'another key',
    'query ($t: ID!, $id: ID!) { customer(by: { id: $id }, shardKey: $t) { id name } }',
    [
      { t: 'a', id: '1' },
      { t: 'b', id: '2' },
    ],
  ],
  [
    'another way to match',
    'query ($by: ProductKey!) { product(by: $by, shardKey: "t") { id } }',
    [{ by: { id: '1' } }, { by: { sku: 's' } }, { by: { id: '2' } }],
  ],
  [
    'a shard key or none',
    'query ($t: ID) { orders(shardKey: $t) { nodes { id } } }',
    [{ t: 'a' }, {}, { t: null }, { t: 'b' }],
  ],
  [
    'another page',
    'query ($n: Int) { orders(first: $n) { nodes { id } } }',
    [{ n: 1 }, { n: 2 }, {}, { n: null }, { n: 1 }],
  ],
  [
    'a filter that is null, or left out',
    'query ($p: String) { customers(where: { phone: { eq: $p } }) { nodes { id } } }',
    [{ p: 'x' }, {}, { p: null }, { p: 'y' }],
  ],
  [
    'a variable in a nested field and in a fragment',
    `query ($n: Int, $s: OrderStatus!) { customer(by: { id: "1" }) { ...F } }
     fragment F on Customer { orders(first: $n, where: { status: { eq: $s } }) { nodes { id } } }`,
    [
      { n: 1, s: 'PAID' },
      { n: 2, s: 'PAID' },
      { n: 2, s: 'CANCELLED' },
    ],
  ],
  [
    'a variable of @include',
    'query ($with: Boolean!) { orders(first: 1) { totalCount @include(if: $with) nodes { id } } }',
    [{ with: true }, { with: false }],
  ],
  [
    'a variable of both key and selection',
    'query ($id: ID!) { customer(by: { id: $id }) { orders(where: { id: { eq: $id } }) { nodes { id } } } }',
    [{ id: '1' }, { id: '2' }],
  ],
  [
    'aliases of one field',
    'query ($n: Int!) { a: orders(first: $n) { nodes { id } } b: orders(first: $n) { nodes { status } } }',
    [{ n: 1 }, { n: 2 }],
  ],
  [
    'a variable of an argument below that is named as those of keys',
    'query ($f: OrderColumn!) { orders { groupBy(by: [{ field: $f }]) { count } } }',
    [{ f: 'STATUS' }, { f: 'CUSTOMER_ID' }],
  ],
  [
    'no group, and as many as there are',
    'query ($n: Int) { orders { groupBy(by: [{ field: STATUS }], first: $n) { count } } }',
    [{ n: 0 }, { n: null }, { n: 0 }, {}],
  ],
  [
    'having that compares with nothing',
    'query ($h: OrderHaving) { orders { groupBy(by: [{ field: STATUS }], having: $h) { count } } }',
    [{ h: { count: { gte: 0 } } }, { h: { count: { gte: null } } }, { h: { count: { gte: 0 } } }],
  ],
  [
    'an offset of nothing, or none',
    'query ($o: Int, $l: Int) { customers(last: $l, offset: $o) { nodes { id } } }',
    [{ o: 5 }, { l: 1, o: null }, { l: 1, o: 0 }],
  ],
  [
    'a bound that is null, or wrong',
    'query ($x: Int) { products(first: 1) @consistency(mode: BOUNDED, maxStalenessMs: $x) { nodes { name } } }',
    [{ x: 5 }, { x: null }, { x: 0 }],
  ],
  [
    'a set of keys that a filter across shards found',
    '{ routes(where: { source: { name: { eq: "x" } } }) { nodes { id } } }',
    [{}, {}, {}],
    flights,
  ],
  [
    'a relation across shards',
    '{ routes { nodes { source { name } planes { nodes { name } } } } }',
    [{}, {}, {}],
    flights,
  ],
];

describe('a document that is asked again', () => {
  it.each(CASES.map(([what, query, asked, api = shop]) => ({ what, query, asked, api })))(
    'reads what a new one would read: $what',
    async ({ query, asked, api }) => {
      const outcomes = await readsOf(api, query, asked, true);
      expect(outcomes).toEqual(await readsOf(api, query, asked, false));
      for (const { reads, errors } of outcomes) expect(reads.length + errors.length).toBeGreaterThan(0);
    },
  );

  it('has its plan made once, whatever rows it asks for', async () => {
    const [, query, asked] = CASES[0]!;
    const [first, second] = (await readsOf(shop, query, asked, true)).map(({ reads }) => reads[0]!) as [Read, Read];
    expect(second.plan).toBe(first.plan);
    expect(second.keys).not.toEqual(first.keys);
  });

  const SAME_PLAN: readonly (readonly [
    what: string,
    query: string,
    asked: readonly [Variables, Variables],
    api?: Api,
  ])[] = [
    [
      'operands',
      'query ($s: OrderStatus!, $n: Int) { orders(first: $n, where: { status: { eq: $s } }) { nodes { id } } }',
      [
        { s: 'PAID', n: 1 },
        { s: 'CANCELLED', n: 2 },
      ],
    ],
    [
      'a list',
      'query ($ids: [ID!]!) { orders(where: { id: { in: $ids } }) { nodes { id } } }',
      [{ ids: ['1', '2', '3'] }, { ids: ['4', '5', '6', '7'] }],
    ],
    [
      'a whole filter',
      'query ($w: OrderWhere) { orders(where: $w) { nodes { id } } }',
      [{ w: { AND: [{ id: { eq: '1' } }] } }, { w: { AND: [{ id: { eq: '2' } }] } }],
    ],
    [
      'a list of variables',
      'query ($a: ID!, $b: ID!) { orders(where: { id: { in: [$a, "x", $b] } }) { nodes { id } } }',
      [
        { a: '1', b: '2' },
        { a: '3', b: '4' },
      ],
    ],
    [
      'a search in another order',
      'query ($t: String!) { products(search: $t, orderBy: [{ name: ASC }]) { nodes { id } } }',
      [{ t: 'a' }, { t: 'b' }],
    ],
    [
      'arguments of a nested list',
      'query ($n: Int!) { customers { nodes { orders(last: $n) { nodes { id } } } } }',
      [{ n: 1 }, { n: 2 }],
    ],
    [
      'marks of highlights',
      'query ($m: String!) { products(search: "a") { edges { highlights(before: $m) { text } } } }',
      [{ m: '<' }, { m: '[' }],
    ],
    ['global ids', 'query ($id: ID!) { node(nodeId: $id) { nodeId } }', [{ id: nodeIdOf('1') }, { id: nodeIdOf('2') }]],
    [
      'a mutation',
      'mutation ($id: ID!, $name: String) { updateCustomer(by: { id: $id }, shardKey: "t", data: { name: $name }) { name } }',
      [
        { id: '1', name: 'a' },
        { id: '2', name: 'b' },
      ],
    ],
    [
      'a filter across shards',
      'query ($c: String!) { routes(where: { source: { country: { eq: $c } } }) { nodes { id } } }',
      [{ c: 'DE' }, { c: 'FR' }],
      flights,
    ],
    [
      'a relation across shards',
      'query ($n: Int!) { routes(first: $n) { nodes { source { name } planes(first: $n) { nodes { name } } } } }',
      [{ n: 1 }, { n: 2 }],
      flights,
    ],
  ];

  it.each(SAME_PLAN.map(([what, query, asked, api = shop]) => ({ what, query, asked, api })))(
    'has its plan made once, whatever the values of $what',
    ({ api, query, asked: [first, second] }) => {
      const plans = new PlanCache(api.model);
      const document = parse(query);
      const operation = getOperationAST(document)!;
      const planOf = (variables: Variables) => {
        const { coerced } = getVariableValues(api.schema, operation.variableDefinitions!, variables) as {
          coerced: Variables;
        };
        const running = { schema: api.schema, operation, fragments: {}, variableValues: coerced as never };
        return plans.plan(running, FULL_ACCESS).plan;
      };
      const made = planOf(first);
      expect(made.isReusable).toBe(true);
      expect(planOf(second)).toBe(made);
    },
  );

  it('shares a plan among cursors, except where a value of theirs is NULL', async () => {
    const document = parse(
      'query ($c: String) { products(after: $c, orderBy: [{ description: ASC }]) { nodes { id } pageInfo { endCursor } } }',
    );
    const format = cursorOf('description');
    const [first, second, third] = ['a', 'b', null].map((description) => encodeCursor(format, [description, 't', '1']));
    const readBy = async (c: string | undefined) => {
      const client = new FakeShardClient(shop.model);
      const { errors } = await run(shop, client, document, { c });
      expect(errors).toEqual([]);
      return client.reads[0]!;
    };
    const [one, another, withNull] = [await readBy(first), await readBy(second), await readBy(third)];
    expect(another.plan).toBe(one.plan);
    expect([one.values, another.values].map(([value]) => value)).not.toEqual(['a', 'a']);
    expect(another.values).toEqual((await readsOf(shop, print(document), [{ c: second }], false))[0]!.reads[0]!.values);
    expect(withNull.plan).not.toBe(one.plan);
  });

  it('is planned anew where a variable has a value that is no JSON', async () => {
    const query = 'query ($of: Span!, $n: Int!) { orders(first: $n) { nodes { id } } span(of: $of) }';
    const asked = [1, 2, 1].map((n) => ({ of: n, n }));
    for (const { reads, errors } of await readsOf(extended, query, asked, true)) {
      expect(errors).toEqual([]);
      expect(reads).toHaveLength(1);
    }
  });

  it('is planned by itself below its root fields', async () => {
    const query = `{ orders(first: 1) { nodes { id } }
      again { orders(first: 2) { nodes { id } } again { orders(first: 3) { nodes { id } } } } }`;
    for (const { reads, errors } of await readsOf(extended, query, [{}, {}], true)) {
      expect(errors).toEqual([]);
      expect(reads.map(({ values }) => values)).toEqual([[1], [2], [3]]);
    }
  });

  it('forgets what failed for once', async () => {
    const document = parse(
      '{ airlines { nodes { routes(where: { source: { name: { eq: "x" } } }) { nodes { id } } } } }',
    );
    const down = new Map([['Airport', new ShardQLError('SHARD_UNAVAILABLE', 'Expected a shard, but got none.')]]);
    const failed = await run(flights, new FakeShardClient(crossShard, 1, down), document);
    expect(summary(failed.errors)).toEqual(['airlines.nodes.0.routes SHARD_UNAVAILABLE']);
    expect((await run(flights, new FakeShardClient(crossShard, 1), document)).errors).toEqual([]);
  });

  it('is read as fresh as each session needs it', async () => {
    const { model } = shop;
    const document = parse('query @consistency(mode: SESSION) { orders(shardKey: "t") { nodes { id } } }');
    const seen: SeenVersions[] = [];
    const sessions = [NOTHING_SEEN, seenOf(70), seenOf(90), NOTHING_SEEN];
    for (const session of sessions) {
      const shards = new FakeShardClient(model);
      const cache = {
        async read(read: Read, requirement: Requirement) {
          seen.push(requirement.seen);
          const [answer] = await shards.read(read);
          return [{ answer, source: 'shard', ...labState(1), ageMs: 0 }];
        },
      };
      const reader = new RequestReader(cache as unknown as CacheReader, session, false);
      const contextValue = { model, shards, reader, caller: DEVELOPER, access: FULL_ACCESS, requestId: 'r' };
      expect((await execute({ schema: shop.schema, document, contextValue })).errors).toBeUndefined();
    }
    expect(seen).toEqual(sessions);
  });

  it('fails each time where an argument is wrong', async () => {
    const document = parse('{ customers(first: 1) { nodes { orders(first: -1) { nodes { id } } } } }');
    for (let time = 0; time < 2; time++) {
      const { errors } = await run(shop, new FakeShardClient(shop.model), document);
      expect(errors.map(({ path }) => path)).toEqual([
        ['customers', 'nodes', 0, 'orders'],
        ['customers', 'nodes', 1, 'orders'],
      ]);
    }
  });

  it.each([
    // What each holds, with what writes its answer, was measured in a heap after garbage collection.
    ['aliases', () => Array.from({ length: 450 }, (_, n) => `a${n}: plan`).join(' '), '', 52_000],
    ['literals', () => 'id', Array.from({ length: 4_000 }, (_, n) => `"literal-${n}"`).join(', '), 155_000],
  ])('weighs what it holds of many %s', async (_, selection, ids, bytes) => {
    const before = MEMORY['operation-plans'].used;
    const query = `{ tenants(where: { id: { in: [${ids}] } }) { nodes { ${selection()} } } }`;
    const { errors } = await run(shop, new FakeShardClient(shop.model), parse(query));
    expect(errors).toEqual([]);
    expect(MEMORY['operation-plans'].used - before).toBeGreaterThan(bytes);
  });
});
