/** The demo as a subgraph of Apollo Federation: asked as a router asks, and behind one, beside a subgraph of another team. */
import { getStitchedSchemaFromSupergraphSdl } from '@graphql-tools/federation';
import { composeServices } from '@theguild/federation-composition';
import { execute, type GraphQLSchema, parse, print, graphql as run } from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { LOYALTY_SDL, loyaltyRoot, loyaltySchema } from '../support/federation/loyalty-subgraph.ts';
import { authenticate, type Headers, headersOf, OPERATOR, OPERATOR_TOKEN } from './signed-callers.ts';
import { type Send, shopWorker } from './support.ts';

const ONE = `one-${Date.now().toString(36)}`;
const TWO = `two-${Date.now().toString(36)}`;

const deployed = (federation: boolean, introspection = false): Send =>
  shopWorker({ SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN }, { authenticate, federation, introspection });

const send = deployed(true, true);
/** The customer c1 of ONE. */
let customerHeaders: Headers;
let nodeIds: Readonly<Record<string, string>>;

// biome-ignore lint/suspicious/noExplicitAny: answers are as free-form as the queries of the tests.
type Answer = any;

async function ask(to: Send, headers: Headers, query: string, variables: object = {}): Promise<Answer> {
  const body = JSON.stringify({ query, variables });
  const response = await to('/graphql', {
    ...{ method: 'POST', body },
    headers: { 'content-type': 'application/json', ...headers },
  });
  return await response.json();
}

const ENTITIES = `query ($representations: [_Any!]!) {
  _entities(representations: $representations) {
    __typename
    ... on Customer { name orders { totalCount } }
    ... on Product { name stock }
    ... on Order { id totalCents }
  }
}`;

const entities = (headers: Headers, representations: readonly unknown[], query = ENTITIES): Promise<Answer> =>
  ask(send, headers, query, { representations });

beforeAll(async () => {
  const customer = (tenantId: string, id: string) =>
    `{ tenantId: "${tenantId}", id: "${id}", name: "N ${id}", email: "${id}@x.example", phone: "1", attributes: {} }`;
  const product = (tenantId: string, id: string) =>
    `{ tenantId: "${tenantId}", id: "${id}", sku: "sku-${id}", name: "P ${id}", priceCents: 3, stock: 7 }`;
  const order = (tenantId: string, id: string, customerId: string) =>
    `{ tenantId: "${tenantId}", id: "${id}", customerId: "${customerId}", totalCents: 5, shipping: {} }`;
  const filled = await ask(
    send,
    OPERATOR,
    `mutation {
      t: createTenants(data: [{ id: "${ONE}", name: "One", plan: FREE, settings: {} }, { id: "${TWO}", name: "Two", plan: PRO, settings: {} }]) { affectedCount }
      c: createCustomers(data: [${customer(ONE, 'c1')}, ${customer(ONE, 'c2')}, ${customer(TWO, 'c3')}]) { nodes { id nodeId } }
      p: createProducts(data: [${product(ONE, 'p1')}, ${product(TWO, 'p2')}]) { affectedCount }
      o: createOrders(data: [${order(ONE, 'o1', 'c1')}, ${order(ONE, 'o2', 'c1')}, ${order(ONE, 'o3', 'c2')}]) { affectedCount }
    }`,
  );
  expect(filled.errors).toBeUndefined();
  nodeIds = Object.fromEntries(filled.data.c.nodes.map((row: { id: string; nodeId: string }) => [row.id, row.nodeId]));
  customerHeaders = await headersOf({ role: 'customer', shardKey: ONE, customerId: 'c1' });
});

describe('_entities', () => {
  it('finds rows by the global id and by every other key, in the order of the representations', async () => {
    const { data, errors } = await entities(OPERATOR, [
      { __typename: 'Product', tenantId: TWO, sku: 'sku-p2' },
      { __typename: 'Customer', nodeId: nodeIds.c3 },
      { __typename: 'Customer', tenantId: ONE, id: 'c1' },
      { __typename: 'Customer', tenantId: ONE, id: 'nobody' },
      { __typename: 'Customer', tenantId: ONE, email: 'c2@x.example' },
      { __typename: 'Order', tenantId: ONE, id: 'o2' },
      { __typename: 'Customer', tenantId: ONE, id: 'c1' },
    ]);
    expect(errors).toBeUndefined();
    const c1 = { __typename: 'Customer', name: 'N c1', orders: { totalCount: 2 } };
    expect(data._entities).toEqual([
      { __typename: 'Product', name: 'P p2', stock: 7 },
      { __typename: 'Customer', name: 'N c3', orders: { totalCount: 0 } },
      c1,
      null,
      { __typename: 'Customer', name: 'N c2', orders: { totalCount: 1 } },
      { __typename: 'Order', id: 'o2', totalCents: 5 },
      c1,
    ]);
  });

  it('takes representations that stand in the document, and fields beside a key', async () => {
    const query = (id: string) =>
      `{ _entities(representations: [{ __typename: "Customer", tenantId: "${ONE}", id: ${id}, points: 3 }]) { ... on Customer { name } } }`;
    expect((await ask(send, OPERATOR, query('"c2"'))).data).toEqual({ _entities: [{ name: 'N c2' }] });
    const variables = query('$id').replace('{', 'query ($id: ID!) {');
    for (const id of ['c1', 'c2']) {
      expect((await ask(send, OPERATOR, variables, { id })).data, id).toEqual({ _entities: [{ name: `N ${id}` }] });
    }
  });

  it('refuses numbers that JavaScript rounds, which would name another row', async () => {
    const digits = '9007199254740993';
    const literal = await ask(
      send,
      OPERATOR,
      `{ _entities(representations: [{ __typename: "Customer", tenantId: "${ONE}", id: ${digits} }]) { __typename } }`,
    );
    expect(literal.errors[0].message).toContain('Send it as text.');
    const response = await send('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...OPERATOR },
      body: `{"query":${JSON.stringify(ENTITIES)},"variables":{"representations":[{"__typename":"Customer","tenantId":"${ONE}","id":${digits}}]}}`,
    });
    expect(((await response.json()) as Answer).errors[0].message).toContain('Send it as text.');
  });

  it('shows a caller the rows and columns of the caller’s own rules', async () => {
    const { data, errors } = await entities(
      customerHeaders,
      [
        { __typename: 'Customer', nodeId: nodeIds.c1 },
        { __typename: 'Customer', nodeId: nodeIds.c2 },
        { __typename: 'Customer', tenantId: TWO, id: 'c3' },
        { __typename: 'Order', tenantId: ONE, id: 'o3' },
      ],
      ENTITIES.replace('stock', ''),
    );
    expect(errors).toBeUndefined();
    expect(data._entities).toEqual([
      { __typename: 'Customer', name: 'N c1', orders: { totalCount: 2 } },
      ...[null, null, null],
    ]);
    const hidden = await entities(customerHeaders, [], ENTITIES);
    expect(hidden.errors[0].message).toContain('Cannot query field "stock" on type "Product"');
  });

  it('tells what is wrong with a representation in its place, and answers the others', async () => {
    const wrong: readonly (readonly [unknown, string])[] = [
      ['Customer', 'Expected a representation to be an object, but got "Customer".'],
      [{ id: 'c1' }, 'Expected the __typename of a representation to be a type with rows, but got undefined.'],
      [
        { __typename: 'PageInfo' },
        'Expected the __typename of a representation to be a type with rows, but got "PageInfo".',
      ],
      [
        { __typename: 'Customer', id: 'c1', tenantId: null },
        'Expected a representation of Customer to have nodeId, or tenantId and id, or tenantId and email, but got id and tenantId.',
      ],
      [{ __typename: 'Customer', nodeId: 'damaged' }, 'Expected a nodeId that this API gave out'],
      [{ __typename: 'Order', nodeId: 'NODE_ID_OF_C1' }, 'Expected a nodeId of Order, but got one of Customer.'],
      [{ __typename: 'Customer', tenantId: ONE, id: { a: 1 } }, 'Customer.id: ID cannot represent'],
      [{ __typename: 'Customer', nodeId: { toString: 1, valueOf: 1 } }, 'Expected a nodeId that this API gave out'],
      [
        { __typename: 'Customer', tenantId: ONE, id: 2 ** 53 },
        'Expected id of a representation to be a text or a whole number up to 2^53',
      ],
    ];
    const given = wrong.map(([representation]) =>
      JSON.parse(JSON.stringify(representation).replace('NODE_ID_OF_C1', nodeIds.c1!)),
    );
    const { data, errors } = await entities(OPERATOR, [...given, { __typename: 'Customer', nodeId: nodeIds.c1 }]);
    expect(data._entities).toEqual([...wrong.map(() => null), expect.objectContaining({ name: 'N c1' })]);
    expect(errors).toHaveLength(wrong.length);
    for (const [index, [, message]] of wrong.entries()) {
      expect(errors[index]).toMatchObject({
        message: expect.stringContaining(message),
        path: ['_entities', index],
        extensions: { code: 'BAD_USER_INPUT' },
      });
    }
    const wrongAlike = await entities(OPERATOR, new Array(150).fill({ __typename: 'Customer', id: 'c1' }));
    expect(wrongAlike.errors).toHaveLength(1);
    expect(wrongAlike.errors[0].message).toMatch(
      /^Expected a representation of Customer to have .* 149 others are wrong too\.$/,
    );
    const many = await entities(OPERATOR, new Array(1_001).fill({ __typename: 'Customer', nodeId: nodeIds.c1 }));
    expect(many.errors[0].message).toBe('Expected at most 1000 representations, but got 1001.');
  });

  it('asks each shard once for all rows of a type and key, and explain says so', async () => {
    const representations = ['c1', 'c2', 'nobody'].map((id) => ({ __typename: 'Customer', tenantId: ONE, id }));
    const traced = await entities({ ...OPERATOR, 'x-shardql-trace': '1' }, representations);
    expect(traced.extensions.trace).toMatchObject({ rpcs: 1 });
    const response = await send('/graphql', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...OPERATOR },
      body: JSON.stringify({
        query: ENTITIES,
        variables: { representations: [...representations, { __typename: 'Customer' }] },
        extensions: { explain: true },
      }),
    });
    const { extensions, errors } = (await response.json()) as Answer;
    const [{ reads }] = extensions.explain.fields;
    expect(reads).toMatchObject([{ table: 'Customer', shards: [expect.any(String)] }]);
    expect(errors[0].message).toContain('Expected a representation of Customer to have');
  });
});

describe('the schema of a subgraph', () => {
  it('is there for operators, and for others by _service where introspection is allowed', async () => {
    const sdl = await (await send('/schema', { headers: OPERATOR })).text();
    expect(sdl).toContain(
      'extend type Customer @key(fields: "nodeId") @key(fields: "tenantId id") @key(fields: "tenantId email")',
    );
    expect(sdl).toContain('extend type PageInfo @shareable');
    expect(sdl).not.toMatch(/_Any|_Entity|_entities|_service/);
    const service = '{ _service { sdl } }';
    expect((await ask(send, OPERATOR, service)).data._service.sdl).toBe(sdl);
    const ofCustomer = (await ask(send, customerHeaders, service)).data._service.sdl;
    expect(ofCustomer).toContain('type Product');
    expect(ofCustomer).not.toContain('stock');
    const closed = await ask(deployed(true), customerHeaders, service);
    expect(closed.errors[0].message).toContain('Cannot query field "_service"');
  });

  it('is nothing that an API has by default', async () => {
    const plain = deployed(false, true);
    expect((await ask(plain, OPERATOR, '{ _service { sdl } }')).errors).toHaveLength(1);
    expect(await (await plain('/schema', { headers: OPERATOR })).text()).not.toContain('@key');
  });
});

describe('a supergraph of the demo and another subgraph', () => {
  /** As a router: it forwards the caller's credential. */
  async function supergraph(headers: Headers): Promise<GraphQLSchema> {
    const typeDefs = parse(await (await send('/schema', { headers: OPERATOR })).text());
    const composed = composeServices([
      { name: 'shop', typeDefs, url: 'http://127.0.0.1/graphql' },
      { name: 'loyalty', typeDefs: parse(LOYALTY_SDL), url: 'http://127.0.0.1/loyalty' },
    ]);
    expect(composed.errors?.map(({ message }) => message)).toBeUndefined();
    const rootValue = loyaltyRoot(nodeIds.c2!, [
      { tenantId: ONE, sku: 'sku-p1' },
      { tenantId: TWO, sku: 'sku-p2' },
    ]);
    return getStitchedSchemaFromSupergraphSdl({
      supergraphSdl: composed.supergraphSdl!,
      onSubschemaConfig: (config) => {
        config.executor = async ({ document, variables }) =>
          config.name.toLowerCase() === 'shop'
            ? await ask(send, headers, print(document), variables as object)
            : ((await execute({
                ...{ schema: loyaltySchema, document, rootValue, variableValues: variables as Record<string, unknown> },
              })) as Answer);
      },
    });
  }

  it('extends rows of the demo, and leads to them by global ids and by other keys', async () => {
    const source = `{
      customer(by: { id: "c1" }, shardKey: "${ONE}") { name points }
      bestCustomer { points name orders { nodes { id } } }
      bestProducts { stars name priceCents }
    }`;
    const { data, errors } = await run({ schema: await supergraph(OPERATOR), source });
    expect(errors).toBeUndefined();
    expect(JSON.parse(JSON.stringify(data))).toEqual({
      customer: { name: 'N c1', points: nodeIds.c1!.length },
      bestCustomer: { points: nodeIds.c2!.length, name: 'N c2', orders: { nodes: [{ id: 'o3' }] } },
      bestProducts: [
        { stars: 6, name: 'P p1', priceCents: 3 },
        { stars: 6, name: 'P p2', priceCents: 3 },
      ],
    });
  });

  it('shows a caller nothing of the demo that the caller’s rules do not', async () => {
    const schema = await supergraph(customerHeaders);
    // The other subgraph's best customer is somebody else, whose name nobody has told: it must not be null.
    const best = await run({ schema, source: '{ bestCustomer { points name } }' });
    expect(JSON.parse(JSON.stringify(best.data))).toEqual({ bestCustomer: null });
    const own = await run({
      schema,
      source: '{ customer(by: { id: "c1" }) { name points } other: customer(by: { id: "c2" }) { name } }',
    });
    expect(JSON.parse(JSON.stringify(own))).toEqual({
      data: { customer: { name: 'N c1', points: nodeIds.c1!.length }, other: null },
    });
  });
});
