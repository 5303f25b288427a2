/** A model whose global ids are called `id`: what caches of clients make of it, and what becomes of columns of that name. */
import * as apollo from '@apollo/client';
import { Client, cacheExchange, fetchExchange } from '@urql/core';
import * as relay from 'relay-runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let adaId: string;

beforeAll(async () => {
  server = await startServer({ shards: 2, config: 'tests/e2e/global-ids-worker/wrangler.toml' });
  const { data, errors } = await server.graphql(
    `mutation {
      tenant: createTenant(data: { rowId: "t1", name: "T", plan: FREE, settings: {} }) { id rowId }
      customer: createCustomer(data: { tenantId: "t1", rowId: "c1", name: "Ada", email: "a@x", attributes: {} }) { id rowId }
      order: createOrder(data: { tenantId: "t1", rowId: "o1", customerId: "c1", totalCents: 5, shipping: {} }) { id rowId }
    }`,
  );
  expect(errors).toEqual([]);
  adaId = (data as { customer: { id: string } }).customer.id;
});
afterAll(() => server?.stop());

const ask = async (query: string, variables?: Record<string, unknown>): Promise<unknown> => {
  const { data, errors } = await server.graphql(query, variables);
  return errors.length === 0 ? data : errors.map(({ message }) => message);
};

describe('a column that is called id', () => {
  it('is rowId in keys, filters, orders, data and aggregates', async () => {
    expect(
      await ask(`{
        one: customer(by: { rowId: "c1" }, shardKey: "t1") { rowId name label orders { nodes { rowId customer { rowId } } } }
        tenant(by: { rowId: "t1" }) { rowId customers { nodes { rowId } } orders { nodes { rowId } } }
        customers(where: { rowId: { in: ["c1", "c2"] } }, orderBy: [{ rowId: DESC }], shardKey: "t1") {
          nodes { rowId }
          aggregate { max { rowId } }
          groupBy(by: [{ field: ROW_ID }]) { keys { rowId } count }
        }
        orders(where: { customer: { rowId: { eq: "c1" } } }, orderBy: [{ customer: { rowId: ASC } }]) { nodes { rowId } }
      }`),
    ).toEqual({
      one: {
        rowId: 'c1',
        name: 'Ada',
        label: 'c1 Ada',
        orders: { nodes: [{ rowId: 'o1', customer: { rowId: 'c1' } }] },
      },
      tenant: { rowId: 't1', customers: { nodes: [{ rowId: 'c1' }] }, orders: { nodes: [{ rowId: 'o1' }] } },
      customers: {
        nodes: [{ rowId: 'c1' }],
        aggregate: { max: { rowId: 'c1' } },
        groupBy: [{ keys: { rowId: 'c1' }, count: 1 }],
      },
      orders: { nodes: [{ rowId: 'o1' }] },
    });
  });

  it('is rowId to code of users, whose rows have global ids too', async () => {
    expect(await ask('{ customerByCode(code: "c1") { rowId name id } globalIdByCode(code: "c1") }')).toEqual({
      customerByCode: { rowId: 'c1', name: 'Ada', id: adaId },
      globalIdByCode: adaId,
    });
  });

  it('goes by its SQL name and its field in imports', async () => {
    for (const line of [
      {
        id: 'i1',
        tenant_id: 't1',
        name: 'By SQL name',
        email: 'i1@x',
        attributes: {},
        created_at: '2026-01-01T00:00:00.000Z',
      },
      {
        rowId: 'i2',
        tenantId: 't1',
        name: 'By field',
        email: 'i2@x',
        attributes: {},
        createdAt: '2026-01-01T00:00:00.000Z',
      },
    ]) {
      const answer = await fetch(`${server.origin}/import?table=Customer`, {
        method: 'POST',
        body: JSON.stringify(line),
      });
      expect(await answer.json()).toMatchObject({ inserted: 1 });
    }
    expect(
      await ask('{ customers(where: { rowId: { startsWith: "i" } }, shardKey: "t1") { nodes { rowId } } }'),
    ).toEqual({
      customers: { nodes: [{ rowId: 'i1' }, { rowId: 'i2' }] },
    });
  });
});

describe('global ids', () => {
  it('find rows by node(id) and nodes(ids)', async () => {
    const query = 'query ($id: ID!) { node(id: $id) { id ... on Customer { name } } nodes(ids: [$id]) { id } }';
    expect(await ask(query, { id: adaId })).toEqual({ node: { id: adaId, name: 'Ada' }, nodes: [{ id: adaId }] });
    const answer = await fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables: { id: adaId }, extensions: { explain: true } }),
    });
    const { errors, extensions } = (await answer.json()) as { errors?: unknown; extensions: { explain: unknown } };
    expect(errors).toBeUndefined();
    expect(JSON.stringify(extensions.explain)).toContain('Customer');
    expect(await ask('{ node(id: "c1") { id } }')).toEqual([
      'Expected an id that this API gave out, but got another or a damaged text.',
    ]);
    expect(await ask('{ node(nodeId: "c1") { id } }')).toEqual([
      expect.stringContaining('Unknown argument "nodeId"'),
      expect.stringContaining('argument "id"'),
    ]);
  });
});

describe('clients that keep rows by id', () => {
  const RENAME = `mutation ($name: String!) {
    updateCustomer(by: { rowId: "c1" }, shardKey: "t1", data: { name: $name }) { id name }
  }`;
  const ORDERS = 'query Orders { orders(shardKey: "t1") { nodes { id customer { id name } } } }';

  it('Apollo shows a row changed wherever it is shown', async () => {
    const link = new apollo.HttpLink({ uri: server.url });
    const client = new apollo.ApolloClient({ link, cache: new apollo.InMemoryCache() });
    const name = () =>
      client.readQuery<{ orders: { nodes: { customer: { name: string } }[] } }>({ query: apollo.gql(ORDERS) })!.orders
        .nodes[0]!.customer.name;
    await client.query({ query: apollo.gql(ORDERS) });
    await client.mutate({ mutation: apollo.gql(RENAME), variables: { name: 'By Apollo' } });
    expect(name()).toBe('By Apollo');
    expect(Object.keys(client.cache.extract() as object)).toContain(`Customer:${adaId}`);
  });

  it('urql asks again for what a mutation has changed', async () => {
    const client = new Client({ url: server.url, exchanges: [cacheExchange, fetchExchange] });
    const name = async () => (await client.query(ORDERS, {}).toPromise()).data.orders.nodes[0].customer.name;
    await name();
    await client.mutation(RENAME, { name: 'By urql' }).toPromise();
    expect(await name()).toBe('By urql');
  });

  it('Relay has one record of a row, found by node(id)', async () => {
    const network = relay.Network.create(async (params, variables) => {
      const { data, errors } = await server.graphql(params.text!, variables);
      return (errors.length === 0 ? { data } : { data, errors }) as relay.GraphQLResponse;
    });
    const store = new relay.Store(new relay.RecordSource());
    const environment = new relay.Environment({ network, store });
    const data = await relay.fetchQuery(environment, NODE_QUERY, { id: adaId }).toPromise();
    expect(data).toMatchObject({ node: { name: expect.any(String) } });
    await new Promise<void>((resolve, reject) => {
      relay.commitMutation(environment, {
        mutation: RENAME_MUTATION,
        variables: { name: 'By Relay' },
        onCompleted: () => resolve(),
        onError: reject,
      });
    });
    // Normalised by id: the mutation's answer has changed what the query shows.
    expect(store.getSource().get(adaId)).toMatchObject({ __id: adaId, __typename: 'Customer', name: 'By Relay' });
    const operation = relay.createOperationDescriptor(relay.getRequest(NODE_QUERY), { id: adaId });
    expect(environment.lookup(operation.fragment).data).toMatchObject({ node: { name: 'By Relay' } });
  });
});

/** As relay-compiler makes them. */
const scalar = (name: string) => ({ alias: null, args: null, kind: 'ScalarField', name, storageKey: null });
const artifact = (
  kind: 'query' | 'mutation',
  text: string,
  variable: string,
  field: { readonly name: string; readonly concreteType: string | null; readonly args: readonly object[] },
  selections: readonly object[],
): relay.GraphQLTaggedNode => {
  const root = { alias: null, kind: 'LinkedField', plural: false, storageKey: null, ...field, selections };
  const argumentDefinitions = [{ defaultValue: null, kind: 'LocalArgument', name: variable }];
  const type = kind === 'query' ? 'Query' : 'Mutation';
  return {
    kind: 'Request',
    fragment: { kind: 'Fragment', name: 'Test', type, metadata: null, argumentDefinitions, selections: [root] },
    operation: { kind: 'Operation', name: 'Test', argumentDefinitions, selections: [root] },
    params: { cacheID: text, id: null, metadata: {}, name: 'Test', operationKind: kind, text },
  } as unknown as relay.GraphQLTaggedNode;
};
const onCustomer = { kind: 'InlineFragment', type: 'Customer', abstractKey: null, selections: [scalar('name')] };
const NODE_QUERY = artifact(
  'query',
  'query Test($id: ID!) { node(id: $id) { __typename id ... on Customer { name } } }',
  'id',
  { name: 'node', concreteType: null, args: [{ kind: 'Variable', name: 'id', variableName: 'id' }] },
  [scalar('__typename'), scalar('id'), onCustomer],
);
const RENAME_MUTATION = artifact(
  'mutation',
  'mutation Test($name: String!) { updateCustomer(by: { rowId: "c1" }, shardKey: "t1", data: { name: $name }) { id name } }',
  'name',
  { name: 'updateCustomer', concreteType: 'Customer', args: [] },
  [scalar('id'), scalar('name')],
);
