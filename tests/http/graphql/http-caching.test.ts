import { SignJWT } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';
import type { AuthenticateOptions } from '../../../src/index.ts';
import { graphql, type Send, shopWorker } from '../support.ts';

const OPERATOR_TOKEN = '0123456789abcdef0123456789abcdef';
const SECRET = 'a secret that both sides of these tests share';
const TENANT = 'http-caching';

const products = (consistency: string) =>
  `query ($tenant: ID!) { products(shardKey: $tenant, first: 5) ${consistency} { nodes { name } } }`;

const BODIES = {
  strong: products('@consistency(mode: STRONG)'),
  session: products('@consistency(mode: SESSION)'),
  bounded: products('@consistency(mode: BOUNDED, maxStalenessMs: 20000)'),
  brief: products('@consistency(mode: BOUNDED, maxStalenessMs: 1500)'),
  half: products('@consistency(mode: BOUNDED, maxStalenessMs: 4000)'),
  cached: products('@consistency(mode: CACHED)'),
  mixed: `query ($tenant: ID!) {
    a: products(shardKey: $tenant, first: 5) @consistency(mode: CACHED) { nodes { name } }
    b: products(shardKey: $tenant, first: 5) @consistency(mode: STRONG) { nodes { name } }
  }`,
  nothing: '{ __typename }',
  failing: 'query ($tenant: ID!) { products(shardKey: $tenant, first: 5, after: "wrong") { nodes { name } } }',
};
type Name = keyof typeof BODIES;

const persisted = { manifest: { operations: Object.entries(BODIES).map(([id, body]) => ({ id, body })) } };

const jwt: AuthenticateOptions['jwt'] = {
  keys: { secret: SECRET },
  algorithms: ['HS256'],
  issuer: 'https://issuer.example',
  audience: 'shop',
};
const authenticate: AuthenticateOptions = { jwt };
const variables = { SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN };
const send = shopWorker(variables, { authenticate, persisted });

const token = (role: string): Promise<string> =>
  new SignJWT({
    iss: 'https://issuer.example',
    aud: 'shop',
    exp: Math.floor(Date.now() / 1_000) + 600,
    role,
    shardKey: TENANT,
  })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));

const pathOf = (params: Readonly<Record<string, string>>) =>
  `/graphql?${new URLSearchParams({ variables: JSON.stringify({ tenant: TENANT }), ...params })}`;

const get = (name: Name, headers: Readonly<Record<string, string>> = {}, worker: Send = send) =>
  worker(pathOf({ documentId: name }), { headers });

const caching = ({ headers }: Response) => headers.get('cache-control');

beforeAll(async () => {
  const create = `mutation {
    createTenant(data: { id: "${TENANT}", name: "t", plan: FREE, settings: {} }) { id }
    createProduct(data: { tenantId: "${TENANT}", id: "p", sku: "S", name: "mug", priceCents: 5 }) { id }
  }`;
  const answer = await send('/graphql', graphql(create, { authorization: `Bearer ${OPERATOR_TOKEN}` }));
  expect(await answer.json()).not.toHaveProperty('errors');
});

describe('a GET of a persisted document', () => {
  it.each<[Name, RegExp]>([
    ['strong', /^public, no-cache$/],
    ['session', /^public, no-cache$/],
    ['mixed', /^public, no-cache$/],
    ['nothing', /^public, no-cache$/],
    ['brief', /^public, no-cache$/],
    ['bounded', /^public, max-age=9$/],
    ['cached', /^public, max-age=149$/],
  ])('that is %s may be cached for as long as it is fresh', async (name, expected) => {
    expect(caching(await get(name))).toMatch(expected);
  });

  it('has half of its bound from before and half of it to come, so that its age tells nothing', async () => {
    const operator = { authorization: `Bearer ${OPERATOR_TOKEN}` };
    const ageOf = async (name: Name) => {
      const response = await get(name, operator);
      const { extensions } = await response
        .clone()
        .json<{ extensions: { consistency: { fields: [{ ageMs: number; source: string }] } } }>();
      return { ...extensions.consistency.fields[0], cacheControl: caching(response) };
    };
    await ageOf('half');
    await scheduler.wait(300);
    const young = await ageOf('half');
    expect(young).toMatchObject({ source: 'memory', cacheControl: 'private, max-age=1' });
    await scheduler.wait(2_000);
    const renewed = await ageOf('half');
    expect(renewed).toMatchObject({ source: 'shard', cacheControl: 'private, max-age=1' });
    // The same by POST has the whole bound.
    await scheduler.wait(2_300);
    const body = JSON.stringify({ query: BODIES.half, variables: { tenant: TENANT } });
    const headers = { ...operator, 'content-type': 'application/json' };
    const posted = await (await send('/graphql', { method: 'POST', headers, body })).text();
    expect(posted).toContain('"source":"memory"');
  });

  it.each(['customer', 'operator'])('is private to a caller with a credential: %s', async (role) => {
    const authorization = `Bearer ${role === 'operator' ? OPERATOR_TOKEN : await token(role)}`;
    expect(caching(await get('strong', { authorization }))).toBe('private, no-cache');
    expect(caching(await get('cached', { authorization }))).toMatch(/^private, max-age=/);
  });

  it('is private wherever a scheme of its own may look at anything', async () => {
    const own = shopWorker(variables, { authenticate: { jwt: jwt!, request: () => null }, persisted });
    const response = await get('cached', {}, own);
    expect(caching(response)).toMatch(/^private, /);
    expect(response.headers.get('vary')).toContain('Cookie');
  });

  it('says of which headers it is', async () => {
    for (const response of [
      await get('cached'),
      await get('failing'),
      await send('/graphql', graphql('{ __typename }')),
    ]) {
      const named = response.headers.get('vary')!.split(', ');
      for (const name of ['Accept', 'Authorization', 'Origin', 'x-shardql-token', 'x-shardql-as'])
        expect(named).toContain(name);
    }
  });

  it.each<[string, () => Promise<Response>]>([
    ['an error in it', () => get('failing')],
    ['a trace', () => get('cached', { 'x-shardql-trace': '1', authorization: `Bearer ${OPERATOR_TOKEN}` })],
    [
      'a POST',
      () =>
        send('/graphql', {
          ...graphql(BODIES.cached.replace('$tenant', '$tenant')),
          body: JSON.stringify({ documentId: 'cached', variables: { tenant: TENANT } }),
        }),
    ],
    ['a document that is not in the manifest', () => send(pathOf({ query: `${BODIES.cached} ` }))],
    ['an id that is not known', () => send(pathOf({ documentId: 'unknown' }))],
    ['a wrong credential', () => get('cached', { authorization: 'Bearer wrong' })],
    ['variables that are missing', () => send('/graphql?documentId=cached')],
    [
      'explain',
      () =>
        send(pathOf({ documentId: 'cached', extensions: '{"explain":true}' }), {
          headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
        }),
    ],
  ])('is not stored with %s', async (_, ask) => {
    const response = await ask();
    expect([caching(response), response.headers.get('etag')]).toEqual(['no-store', null]);
  });

  it('has rate limits in no answer that others may get', async () => {
    const env = { limit: async () => ({ success: true }) };
    const limited = shopWorker(
      { ...variables, RATE_LIMIT_ADDRESS: env },
      { authenticate, persisted, rateLimits: { address: { requests: 9, perSeconds: 10 } } },
    );
    expect((await get('cached', {}, limited)).headers.get('ratelimit-policy')).toBeNull();
    const other = await limited('/graphql', graphql('{ __typename }'));
    expect(other.headers.get('ratelimit-policy')).toBe('"address";q=9;w=10');
  });
});

describe('the tag of an answer', () => {
  it('stays while the data does, and lets the client have it unsent', async () => {
    const first = await get('strong');
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^W\/"[0-9a-f]{32}"$/);
    for (const given of [etag, etag.slice(2), `"other", ${etag}`, '*']) {
      const again = await get('strong', { 'if-none-match': given });
      expect(again.status).toBe(304);
      expect(await again.text()).toBe('');
      expect(again.headers.get('etag')).toBe(etag);
      expect(caching(again)).toBe('public, no-cache');
      expect(again.headers.get('vary')).toContain('Authorization');
      expect(again.headers.get('content-type')).toBeNull();
    }
    for (const given of ['"other"', etag.slice(0, -2), 'W/""']) {
      expect((await get('strong', { 'if-none-match': given })).status).toBe(200);
    }
  });

  it('changes with the data, and with the media type', async () => {
    const before = (await get('strong')).headers.get('etag')!;
    const json = (await get('strong', { accept: 'application/json' })).headers.get('etag')!;
    expect(json).not.toBe(before);
    const rename = `mutation { updateProduct(by: { id: "p" }, shardKey: "${TENANT}", data: { name: "cup" }) { name } }`;
    await send('/graphql', graphql(rename, { authorization: `Bearer ${OPERATOR_TOKEN}` }));
    const after = await get('strong', { 'if-none-match': before });
    expect(after.status).toBe(200);
    expect(await after.text()).toContain('cup');
    expect(after.headers.get('etag')).not.toBe(before);
  });

  it('is answered to HEAD as to GET', async () => {
    const { headers } = await get('strong');
    const head = await send(pathOf({ documentId: 'strong' }), { method: 'HEAD' });
    expect([head.headers.get('etag'), caching(head)]).toEqual([
      headers.get('etag'),
      caching(new Response(null, { headers })),
    ]);
  });

  it('of nothing is asked of a POST', async () => {
    const body = JSON.stringify({ documentId: 'strong', variables: { tenant: TENANT } });
    const headers = { 'content-type': 'application/json', 'if-none-match': '*' };
    expect((await send('/graphql', { method: 'POST', headers, body })).status).toBe(200);
  });
});

describe('automatic persisted queries', () => {
  it('may be turned off', async () => {
    const off = shopWorker(undefined, { persisted: { automatic: false } });
    const query = '{ off: __typename }';
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(query)));
    const sha256Hash = [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    const extensions = JSON.stringify({ persistedQuery: { version: 1, sha256Hash } });
    expect((await off(pathOf({ query, extensions }))).status).toBe(200);
    expect(await (await off(pathOf({ extensions }))).text()).toContain('PERSISTED_QUERY_NOT_FOUND');
    const on = shopWorker(undefined, {});
    await on(pathOf({ query, extensions }));
    expect(await (await on(pathOf({ extensions }))).text()).toContain('"off":"Query"');
  });
});
