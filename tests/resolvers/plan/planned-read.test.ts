/** Plans that are remembered with their document. */
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import type { ShardRead } from '../../../src/shards/shard-read.ts';
import { FakeShardClient } from '../support/fake-shard-client.ts';
import { run } from '../support/run.ts';
import { shop } from '../support/shop.ts';

type Variables = Readonly<Record<string, unknown>>;

/** What the document reads, each time it is asked: the same document again and again, or parsed anew. */
async function readsOf(query: string, asked: readonly Variables[], isSame: boolean) {
  const document = parse(query);
  const outcomes: { readonly reads: readonly ShardRead[]; readonly errors: readonly string[] }[] = [];
  for (const variables of asked) {
    const client = new FakeShardClient(shop.model);
    const { errors } = await run(shop, client, isSame ? document : query, variables);
    outcomes.push({ reads: client.reads, errors: errors.map(({ message }) => message) });
  }
  return outcomes;
}

const CASES: readonly (readonly [what: string, query: string, asked: readonly Variables[]])[] = [
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
];

describe('a document that is asked again', () => {
  it.each(CASES)('reads what a new one would read: %s', async (_what, query, asked) => {
    const outcomes = await readsOf(query, asked, true);
    expect(outcomes).toEqual(await readsOf(query, asked, false));
    for (const { reads, errors } of outcomes) expect(reads.length + errors.length).toBeGreaterThan(0);
  });

  it('has its plan made once, whatever rows it asks for', async () => {
    const [, query, asked] = CASES[0]!;
    const [first, second] = (await readsOf(query, asked, true)).map(({ reads }) => reads[0]!) as [ShardRead, ShardRead];
    expect(second.node).toBe(first.node);
    expect(second.keys).not.toEqual(first.keys);
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
