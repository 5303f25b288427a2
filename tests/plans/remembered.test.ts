/** Plans that are remembered with their document. */

import { execute, type GraphQLSchema, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { CacheReader } from '../../src/cache/reading/cache-reader.ts';
import type { Requirement } from '../../src/cache/requirement.ts';
import type { Model } from '../../src/model/types.ts';
import { RequestReader } from '../../src/resolvers/consistency/request-reader.ts';
import { buildSchema } from '../../src/schema/build-schema.ts';
import { defineExtensions } from '../../src/schema/extend/define-extensions.ts';
import { ShardQLError } from '../../src/shards/errors.ts';
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
      const contextValue = { model, shards, reader, caller: DEVELOPER, requestId: 'r' };
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
});
