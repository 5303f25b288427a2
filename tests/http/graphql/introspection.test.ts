import { getIntrospectionQuery } from 'graphql';
import { describe, expect, it } from 'vitest';
import { graphql, type Send, shopWorker } from '../support.ts';

const OPERATOR_TOKEN = '0123456789abcdef0123456789abcdef';

const deployed = (introspection?: boolean): Send =>
  shopWorker({ SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN }, introspection === undefined ? {} : { introspection });

const messages = async (send: Send, query: string, path = '/graphql'): Promise<string[]> => {
  const response = await send(path, graphql(query, { authorization: `Bearer ${OPERATOR_TOKEN}` }));
  const { errors = [] } = await response.json<{ errors?: { message: string }[] }>();
  return errors.map(({ message }) => message);
};

const ASKING = [
  getIntrospectionQuery(),
  '{ __schema { queryType { name } } }',
  '{ __type(name: "Order") { name } }',
  '{ a: __schema { queryType { name } } }',
  '{ ...F } fragment F on Query { __type(name: "Order") { name } }',
  '{ ... @include(if: false) { __schema { queryType { name } } } }',
];

describe('the schema', () => {
  it.each(ASKING)('is not shown by a deployed Worker: %s', async (query) => {
    const send = deployed();
    // Remembered documents too.
    for (const _ of ['new', 'known']) {
      const shown = await messages(send, query);
      expect(shown.length).toBeGreaterThan(0);
      for (const message of shown) expect(message).toContain('introspection has been disabled');
    }
  });

  it('is shown where that is configured, on your own machine, and to operators on their paths', async () => {
    const local = shopWorker({ SHARDQL_DEVELOPMENT: 'true', SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN });
    for (const send of [deployed(true), local]) {
      for (const query of ASKING) expect(await messages(send, query)).toEqual([]);
    }
    expect(await messages(deployed(), getIntrospectionQuery(), '/operator')).toEqual([]);
    const sdl = await deployed()('/schema', { headers: { authorization: `Bearer ${OPERATOR_TOKEN}` } });
    expect(await sdl.text()).toContain('type Order');
  });

  it('does not hide the types of rows that are asked for', async () => {
    expect(await messages(deployed(), '{ __typename orders { __typename } }')).toEqual([]);
  });
});

describe('names of the schema that are like a wrong one', () => {
  it.each([
    '{ ordrs { totalCount } }',
    '{ orders { id } }',
    '{ orders(frist: 1) { totalCount } }',
    '{ orders { nodes { custmer { id } } } }',
    '{ orders(where: { stats: { eq: NEW } }) { totalCount } }',
    '{ orders(where: { status: { eq: PENDIG } }) { totalCount } }',
    '{ orders(orderBy: [{ createdAt: DES }]) { totalCount } }',
    '{ node(nodeId: "x") { ... on Ordr { id } } }',
    'query ($w: OrderWher) { orders(where: $w) { totalCount } }',
    '{ orders { status } }',
  ])('are not suggested by a deployed Worker: %s', async (query) => {
    const closed = await messages(deployed(), query);
    const open = await messages(deployed(true), query);
    expect(closed.length).toBe(open.length);
    expect(open.some((message) => /Did you mean/.test(message))).toBe(true);
    for (const [at, message] of closed.entries()) {
      expect(message).not.toMatch(/Did you mean|\?/);
      expect(open[at]!.startsWith(message)).toBe(true);
    }
  });

  it('are not suggested for variables either', async () => {
    const send = deployed();
    const response = await send('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${OPERATOR_TOKEN}` },
      body: JSON.stringify({
        query: 'query ($w: OrderWhere) { orders(where: $w) { totalCount } }',
        variables: { w: { stats: { eq: 'NEW' } } },
      }),
    });
    const text = await response.text();
    expect(text).toContain('errors');
    expect(text).not.toContain('Did you mean');
  });
});
