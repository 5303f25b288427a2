/** Caches in front of the API, as `tests/support/proxies` sets them up. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Proxies, skipsProxies as skips, startProxies } from '../support/proxies/start-proxies.ts';
import { type Server, startServer } from '../support/server.ts';

let server: Server;
let proxies: Proxies;
let urls: Proxies['urls'];

beforeAll(async () => {
  if (skips) return;
  server = await startServer({ shards: 1 });
  proxies = await startProxies(new URL(server.url).host);
  ({ urls } = proxies);
});

afterAll(async () => {
  await proxies?.stop();
  await server?.stop();
});

const READ = 'query Read($id: ID!) { tenant(by: { id: $id }) @consistency(mode: STRONG) { name } }';

async function read(url: string, id: string, headers: Readonly<Record<string, string>> = {}) {
  const params = new URLSearchParams({ query: READ, variables: JSON.stringify({ id }) });
  const response = await fetch(`${url}?${params}`, { headers });
  const { data, extensions } = (await response.json()) as {
    data: { tenant: { name: string } | null };
    extensions: { consistency: { token: string } };
  };
  return {
    name: data.tenant?.name,
    token: response.headers.get('x-shardql-token'),
    shown: extensions.consistency.token,
  };
}

async function rename(id: string, name: string): Promise<void> {
  const { errors } = await server.graphql(
    'mutation ($id: ID!, $name: String!) { updateTenant(by: { id: $id }, data: { name: $name }) { name } }',
    { id, name },
  );
  expect(errors).toEqual([]);
}

describe.skipIf(skips).each(['nginx', 'varnish'] as const)('behind %s', (proxy) => {
  beforeAll(async () => {
    const create =
      'mutation ($id: ID!) { createTenant(data: { id: $id, name: "0", plan: FREE, settings: {} }) { id } }';
    expect((await server.graphql(create, { id: proxy })).errors).toEqual([]);
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['nothing', {}],
    ['application/json', { accept: 'application/json' }],
    ['the media type of GraphQL', { accept: 'application/graphql-response+json' }],
  ])('a read by GET of a client that asks for %s is of the state after each write', async (_, headers) => {
    for (let change = 1; change <= 5; change++) {
      await rename(proxy, `${change}`);
      const first = await read(urls[proxy], proxy, headers);
      const second = await read(urls[proxy], proxy, { ...headers, 'x-shardql-token': first.token! });
      expect([first.name, second.name]).toEqual([`${change}`, `${change}`]);
      expect(first.token).toBe(first.shown);
    }
  });

  it('errors are not kept either', async () => {
    const id = `${proxy}-late`;
    expect((await read(urls[proxy], id)).name).toBeUndefined();
    await server.graphql(
      'mutation ($id: ID!) { createTenant(data: { id: $id, name: "x", plan: FREE, settings: {} }) { id } }',
      {
        id,
      },
    );
    expect((await read(urls[proxy], id)).name).toBe('x');
  });

  it('a page of GraphiQL and an answer never take each other’s place', async () => {
    const url = `${urls[proxy]}?query=${encodeURIComponent('{ __typename }')}`;
    for (const accept of [
      'text/html',
      'application/json',
      'text/html, */*;q=0.1',
      'application/graphql-response+json',
    ]) {
      const response = await fetch(url, { headers: { accept } });
      const type = response.headers.get('content-type');
      if (accept === 'text/html') expect(response.status).toBe(406);
      else expect(type).toContain(accept.includes('*/*') ? 'application/json' : accept);
    }
  });
});
