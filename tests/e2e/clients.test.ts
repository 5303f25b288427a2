/** What the clients of the field rely on: codes of refused variables, persisted queries, null for variables not set. */
import { createHash } from 'node:crypto';
import * as apollo4 from '@apollo/client';
import { PersistedQueryLink } from '@apollo/client/link/persisted-queries';
import { Client, cacheExchange, fetchExchange } from '@urql/core';
import { persistedExchange } from '@urql/exchange-persisted';
import * as apollo3 from 'apollo-client-3/core/core.cjs';
import { createPersistedQueryLink } from 'apollo-client-3/link/persisted-queries/persisted-queries.cjs';
import type { DocumentNode } from 'graphql';
import * as relay from 'relay-runtime';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
beforeAll(async () => {
  server = await startServer({ shards: 1 });
});
afterAll(() => server?.stop());

/** `GET` or `POST`, and whether the query's text is sent, of each request. */
let sent: string[] = [];
beforeEach(() => {
  sent = [];
});

const recordingFetch: typeof fetch = (input, init) => {
  const method = init?.method ?? 'GET';
  const params =
    method === 'GET'
      ? Object.fromEntries(new URL(String(input)).searchParams)
      : (JSON.parse(String(init!.body)) as Record<string, unknown>);
  sent.push(`${method} ${params.query ? 'query' : 'hash'}`);
  return fetch(input, init);
};

const MISTYPED = 'query Mistyped($first: Int) { orders(first: $first) { totalCount } }';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What a client does with each case; answers are told in one form. */
interface Tried {
  mistyped(): Promise<readonly unknown[]>;
  /** Asks by hash first. */
  persisted(query: string): Promise<unknown>;
}

const withApollo3: Tried = {
  async mistyped() {
    const link = new apollo3.HttpLink({ uri: server.url, fetch: recordingFetch });
    const client = new apollo3.ApolloClient({ link, cache: new apollo3.InMemoryCache() });
    const variables = { first: 'x' };
    const { errors = [] } = await client.query({ query: apollo3.gql(MISTYPED), variables, errorPolicy: 'all' });
    return errors.map(({ extensions }) => extensions?.code);
  },
  async persisted(query) {
    const http = new apollo3.HttpLink({ uri: server.url, fetch: recordingFetch });
    const link = createPersistedQueryLink({ sha256, useGETForHashedQueries: true }).concat(http);
    const client = new apollo3.ApolloClient({ link, cache: new apollo3.InMemoryCache() });
    return (await client.query({ query: apollo3.gql(query), fetchPolicy: 'no-cache' })).data;
  },
};

const withApollo4: Tried = {
  async mistyped() {
    const link = new apollo4.HttpLink({ uri: server.url, fetch: recordingFetch });
    const client = new apollo4.ApolloClient({ link, cache: new apollo4.InMemoryCache() });
    const { error } = await client.query<unknown>({
      query: apollo4.gql(MISTYPED),
      variables: { first: 'x' },
      errorPolicy: 'all',
    });
    return apollo4.CombinedGraphQLErrors.is(error) ? error.errors.map(({ extensions }) => extensions?.code) : [error];
  },
  async persisted(query) {
    const http = new apollo4.HttpLink({ uri: server.url, fetch: recordingFetch });
    const link = new PersistedQueryLink({ sha256, useGETForHashedQueries: true }).concat(http);
    const client = new apollo4.ApolloClient({ link, cache: new apollo4.InMemoryCache() });
    const document: DocumentNode = apollo4.gql(query);
    return (await client.query<unknown>({ query: document, fetchPolicy: 'no-cache' })).data;
  },
};

const withUrql: Tried = {
  async mistyped() {
    const client = new Client({ url: server.url, fetch: recordingFetch, exchanges: [fetchExchange] });
    const { error } = await client.query(MISTYPED, { first: 'x' });
    return error!.graphQLErrors.map(({ extensions }) => extensions.code);
  },
  async persisted(query) {
    const persisted = persistedExchange({ preferGetForPersistedQueries: true });
    const exchanges = [cacheExchange, persisted, fetchExchange];
    const client = new Client({ url: server.url, fetch: recordingFetch, exchanges });
    return (await client.query(query, {}).toPromise()).data;
  },
};

describe.each([
  ['Apollo Client 3', withApollo3, 'Apollo3'],
  ['Apollo Client 4', withApollo4, 'Apollo4'],
  ['urql', withUrql, 'Urql'],
])('%s', (_, client, name) => {
  it('hears the code of a variable of the wrong type', async () => {
    expect(await client.mistyped()).toEqual(['BAD_USER_INPUT']);
  });

  it('asks by hash, sends the query when told to, and needs not send it again', async () => {
    const query = `query By${name} {\n  tenants {\n    totalCount\n  }\n}`;
    expect(await client.persisted(query)).toMatchObject({ tenants: { totalCount: 0 } });
    expect(sent).toHaveLength(2);
    expect(sent[0]).toMatch(/hash$/);
    expect(sent[1]).toMatch(/query$/);
    sent = [];
    expect(await client.persisted(query)).toMatchObject({ tenants: { totalCount: 0 } });
    expect(sent).toEqual(['GET hash']);
  });
});

describe('Relay', () => {
  const names = ['where', 'orderBy', 'first', 'after', 'last', 'before', 'offset', 'shardKey'];
  const text = `query Tenants($where: TenantWhere, $orderBy: [TenantOrderBy!], $first: Int, $after: String, $last: Int, $before: String, $offset: Int, $shardKey: ID) {
    tenants(${names.map((name) => `${name}: $${name}`).join(', ')}) { totalCount }
  }`;
  const selections = [
    {
      alias: null,
      args: names.map((name) => ({ kind: 'Variable', name, variableName: name })),
      concreteType: 'TenantConnection',
      kind: 'LinkedField',
      name: 'tenants',
      plural: false,
      selections: [{ alias: null, args: null, kind: 'ScalarField', name: 'totalCount', storageKey: null }],
      storageKey: null,
    },
  ];
  const argumentDefinitions = names.map((name) => ({ defaultValue: null, kind: 'LocalArgument', name }));
  /** As relay-compiler makes it. */
  const request = {
    kind: 'Request',
    fragment: { kind: 'Fragment', name: 'Tenants', type: 'Query', metadata: null, argumentDefinitions, selections },
    operation: { kind: 'Operation', name: 'Tenants', argumentDefinitions, selections },
    params: { cacheID: 'tenants', id: null, metadata: {}, name: 'Tenants', operationKind: 'query', text },
  } as unknown as relay.GraphQLTaggedNode;

  it('gets rows, though it sends null for every variable that is not given', async () => {
    let variables: Readonly<Record<string, unknown>> = {};
    const network = relay.Network.create(async (params, values) => {
      variables = values;
      const { data, errors } = await server.graphql(params.text!, values);
      return { data, errors } as relay.GraphQLResponse;
    });
    const environment = new relay.Environment({ network, store: new relay.Store(new relay.RecordSource()) });
    const data = await relay.fetchQuery(environment, request, {}).toPromise();
    expect(Object.values(variables)).toEqual(names.map(() => null));
    expect(data).toMatchObject({ tenants: { totalCount: 0 } });
  });
});
