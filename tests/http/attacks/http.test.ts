/** Attacks by way of HTTP: requests that pages of others can make browsers send, and tricks with methods, paths, headers and bodies. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Send, shopWorker } from '../support.ts';
import { APP, COOKIE, cookieShop, FORGED, isForged, OPERATOR_TOKEN, problemsOf } from './cookie-shop.ts';

let send: Send;
beforeAll(() => {
  send = cookieShop();
});
/** None of the attacks below has done anything. */
afterAll(async () => {
  expect(await isForged(send)).toBe(false);
});

const JSON_TYPE = { 'content-type': 'application/json' };
const json = (body: unknown) => JSON.stringify(body);
const FORM = new URLSearchParams({ query: FORGED }).toString();
const AS_QUERY = `/graphql?${new URLSearchParams({ query: FORGED })}`;
const READ = json({ query: '{ __typename }' });

async function attack(path: string, init: RequestInit, worker: Send = send) {
  const response = await worker(path, { redirect: 'manual', ...init });
  const text = await response.text();
  return { response, status: response.status, problems: problemsOf(response, text), text };
}

const post = (
  contentType: string | null,
  body: BodyInit,
  headers: Readonly<Record<string, string>> = {},
): RequestInit => ({
  method: 'POST',
  headers: {
    ...COOKIE,
    origin: 'https://evil.example',
    ...(contentType !== null && { 'content-type': contentType }),
    ...headers,
  },
  body,
});

describe('a page of another origin, in a browser that has the session of an operator', () => {
  const bytes = new TextEncoder().encode(json({ query: FORGED }));
  const parts = new FormData();
  parts.set('operations', json({ query: FORGED }));
  parts.set('map', '{}');
  it.each<[string, RequestInit]>([
    ['a form', post('application/x-www-form-urlencoded', FORM)],
    ['JSON in a form', post('application/x-www-form-urlencoded', json({ query: FORGED }))],
    ['JSON as plain text', post('text/plain', json({ query: FORGED }))],
    ['JSON as plain text in UTF-8', post('text/plain;charset=UTF-8', json({ query: FORGED }))],
    ['JSON of no type', post(null, bytes)],
    ['JSON of an empty type', post('', bytes)],
    [
      'JSON in a form that names JSON, too',
      post('application/x-www-form-urlencoded; application/json', json({ query: FORGED })),
    ],
    ['JSON whose charset is JSON', post('text/plain; charset=application/json', json({ query: FORGED }))],
    ['JSON of two types', post('text/plain, application/json', json({ query: FORGED }))],
    ['JSON of two types, JSON first', post('application/json, text/plain', json({ query: FORGED }))],
    ['JSON whose boundary is JSON', post('multipart/form-data; boundary=application/json', json({ query: FORGED }))],
    ['JSON of a type like JSON', post('application/jsonp', json({ query: FORGED }))],
    ['JSON as text/json', post('text/json', json({ query: FORGED }))],
    ['JSON as a beacon', post('application/csp-report', json({ query: FORGED }))],
    ['an upload of files', { method: 'POST', headers: { ...COOKIE, origin: 'https://evil.example' }, body: parts }],
    ['a document as application/graphql', post('application/graphql', FORGED)],
    ['XML', post('text/xml', `<query>${FORGED}</query>`)],
  ])('cannot post %s', async (_, init) => {
    const { status, problems, response } = await attack('/graphql', init);
    expect([status, problems]).toEqual([415, []]);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  it.each<[string, string, RequestInit, number]>([
    ['a GET', AS_QUERY, {}, 405],
    ['a HEAD', AS_QUERY, { method: 'HEAD' }, 405],
    ['a GET that says it is a POST', AS_QUERY, { headers: { 'x-http-method-override': 'POST' } }, 405],
    ['a GET that says so twice', AS_QUERY, { headers: { 'x-method-override': 'POST', 'x-http-method': 'POST' } }, 405],
    ['a GET with _method', `${AS_QUERY}&_method=POST`, {}, 405],
    [
      'a GET that has a query, too',
      `/graphql?${new URLSearchParams({ query: `query Q { __typename } ${FORGED.replace('mutation', 'mutation M')}`, operationName: 'M' })}`,
      {},
      405,
    ],
    ['a GET of a list', `/graphql?${new URLSearchParams({ query: json([FORGED]) })}`, {}, 400],
    [
      'a form by GET to the operators’ API',
      `/operator?${new URLSearchParams({ query: 'mutation { revokeApiKey(name: "a") }' })}`,
      {},
      405,
    ],
    ['PUT', '/graphql', { method: 'PUT', headers: JSON_TYPE, body: json({ query: FORGED }) }, 405],
    ['PATCH', '/graphql', { method: 'PATCH', headers: JSON_TYPE, body: json({ query: FORGED }) }, 405],
    ['DELETE', '/graphql', { method: 'DELETE', headers: JSON_TYPE, body: json({ query: FORGED }) }, 405],
    ['OPTIONS with a body', '/graphql', { method: 'OPTIONS', headers: JSON_TYPE, body: json({ query: FORGED }) }, 405],
    ['PURGE', '/graphql', { method: 'PURGE' }, 405],
    ['PROPFIND', '/graphql', { method: 'PROPFIND' }, 405],
  ])('changes nothing by %s', async (_, path, init, expected) => {
    const { status, problems } = await attack(path, { ...init, headers: { ...COOKIE, ...init.headers } });
    expect([status, problems]).toEqual([expected, []]);
  });

  it.each([
    'https://evil.example',
    'null',
    'https://app.example.com.evil.example',
    'https://evilapp.example.com',
    'http://app.example.com',
    'https://app.example.com:444',
    'https://app.example.com@evil.example',
    'https://evil.example/https://app.example.com',
    `${APP}, https://evil.example`,
    `${APP}/`,
    'https://partner.example',
    'https://evil.example#.partner.example',
    'https://evilpartner.example',
    'http://a.partner.example',
    'https://a.partner.example.evil.example',
    'https://a/b.partner.example',
    'http://127.0.0.1:8787',
    'http://localhost',
    'file://',
    'chrome-extension://abcdefghijklmnop',
    'x'.repeat(10_000),
  ])('reads nothing from %s, and is allowed nothing', async (origin) => {
    const read = await attack('/graphql', { method: 'POST', headers: { ...JSON_TYPE, ...COOKIE, origin }, body: READ });
    const ask = { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type' };
    const preflight = await attack('/graphql', {
      method: 'OPTIONS',
      headers: { ...ask, 'access-control-request-private-network': 'true' },
    });
    for (const { response, problems } of [read, preflight]) {
      expect(problems).toEqual([]);
      const allowed = [...response.headers.keys()].filter((name) => name.startsWith('access-control-'));
      expect(allowed).toEqual([]);
      expect(response.headers.get('vary')).toContain('Origin');
    }
  });

  it.each([
    '/export?table=tenants',
    '/import?table=tenants',
    '/operator',
    '/status',
    '/metrics',
    '/schema',
    '/warm',
    '/migrations',
  ])('reaches %s by no preflight, not even an origin that is allowed elsewhere', async (path) => {
    const headers = {
      origin: APP,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type',
    };
    const { status, response } = await attack(path, { method: 'OPTIONS', headers });
    expect(status).toBeGreaterThanOrEqual(400);
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('a page that makes its own name point to a developer’s machine (DNS rebinding)', () => {
  const local = shopWorker();
  it.each<[string, Readonly<Record<string, string>>]>([
    ['http://evil.example/graphql', {}],
    ['http://127.0.0.1.evil.example/graphql', {}],
    ['http://localhost.evil.example/graphql', {}],
    ['http://localhost./graphql', {}],
    ['http://0.0.0.0/graphql', {}],
    ['http://[::]/graphql', {}],
    ['http://[::ffff:127.0.0.1]/graphql', {}],
    ['http://192.168.0.1/graphql', {}],
    ['http://127.0.0.1/graphql', { origin: 'http://evil.example' }],
    ['http://127.0.0.1/graphql', { origin: 'null' }],
    ['http://127.0.0.1/graphql', { origin: 'http://127.0.0.1.evil.example' }],
    ['http://127.0.0.1/export?table=tenants', { origin: 'https://evil.example' }],
  ])('is no developer: %s %o', async (url, headers) => {
    const { status, text } = await attack(
      url,
      { method: 'POST', headers: { ...JSON_TYPE, ...headers }, body: READ },
      local,
    );
    expect([status, JSON.parse(text).errors[0].extensions.code]).toEqual([403, 'FORBIDDEN']);
  });
});

describe('a caller without a credential', () => {
  it.each([
    '//export?table=tenants',
    '/export/?table=tenants',
    '/Export?table=tenants',
    '/%65xport?table=tenants',
    '/export%00?table=tenants',
    '/export%2f?table=tenants',
    '/export;a=b?table=tenants',
    '/export.json?table=tenants',
    '/graphql/../export?table=tenants',
    '/graphql/..%2fexport?table=tenants',
    '/graphql/%2e%2e/export?table=tenants',
    '/graphql\\..\\export?table=tenants',
    '/health/../status',
    '/health%2f..%2fstatus',
    '//graphql',
    '/graphql/',
    '/graphql%00',
    '/graphql%20',
    '/GRAPHQL',
    '/graphql/schema',
    '/.git/config',
    '/.dev.vars',
    '/wrangler.toml',
    '/..%2f..%2fetc%2fpasswd',
    '/console',
    '/__proto__',
    '/constructor',
    '/toString',
  ])('finds no other way to a path: %s', async (path) => {
    for (const method of ['GET', 'POST']) {
      const { status, problems } = await attack(`http://127.0.0.1${path}`, {
        method,
        ...(method === 'POST' && { body: READ, headers: JSON_TYPE }),
      });
      expect([401, 404, 405]).toContain(status);
      expect(problems).toEqual([]);
    }
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    [
      'the address of this machine',
      { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '127.0.0.1', forwarded: 'for=127.0.0.1' },
    ],
    ['Cloudflare’s header with it', { 'cf-connecting-ip': '127.0.0.1', 'true-client-ip': '127.0.0.1' }],
    ['a host of this machine', { host: 'localhost', 'x-forwarded-host': 'localhost' }],
    ['another path', { 'x-original-url': '/health', 'x-rewrite-url': '/health' }],
    ['a role', { 'x-role': 'operator', 'x-user': 'root', 'x-hasura-role': 'admin', 'x-hasura-admin-secret': 'a' }],
    ['a developer', { 'x-shardql-development': 'true', 'x-shardql-as': 'operator' }],
    ['a Worker that calls', { 'cf-worker': 'example.com', 'cdn-loop': 'cloudflare' }],
    ['another protocol', { 'x-forwarded-proto': 'https', 'x-forwarded-port': '443' }],
    ['a trace', { 'x-shardql-trace': '1', 'x-debug': '1', 'apollo-tracing': '1' }],
    [
      'an upgrade',
      { upgrade: 'websocket', connection: 'Upgrade', 'sec-websocket-key': 'a', 'sec-websocket-version': '13' },
    ],
    ['two credentials', { authorization: `Bearer ${OPERATOR_TOKEN}, Bearer ${OPERATOR_TOKEN}` }],
    ['a credential of another scheme', { authorization: `Basic ${btoa(`root:${OPERATOR_TOKEN}`)}` }],
    ['a credential that is very long', { authorization: `Bearer ${'a'.repeat(100_000)}` }],
    ['a cookie with more in it', { cookie: `${COOKIE.cookie}; other=1`, 'x-cookie': COOKIE.cookie }],
  ])('is let in by no header: %s', async (_, headers) => {
    for (const path of ['/export?table=tenants', '/status', '/operator']) {
      const { status, problems } = await attack(`http://localhost${path}`, {
        method: path === '/operator' ? 'POST' : 'GET',
        headers,
      });
      expect([401, 403]).toContain(status);
      expect(problems).toEqual([]);
    }
  });

  it('has no request id of its own choice, and none of its headers in the answer', async () => {
    const mark = 'reflected-by-the-server';
    const names = ['x-request-id', 'x-forwarded-host', 'x-correlation-id', 'referer', 'user-agent', 'x-callback'];
    const headers = Object.fromEntries(names.map((name) => [name, mark]));
    const { response, text } = await attack(`/graphql?callback=${mark}&jsonp=${mark}&query={__typename}`, { headers });
    expect(JSON.stringify([...response.headers]) + text).not.toContain(mark);
    expect(response.headers.get('content-type')).toMatch(/json/);
  });

  it('is led nowhere else', async () => {
    for (const path of ['/', '//evil.example/', '/?next=https://evil.example', '/\\evil.example']) {
      const { response } = await attack(`http://127.0.0.1${path}`, { headers: { accept: 'text/html' } });
      expect(response.headers.get('location')).toBeNull();
    }
  });
});

describe('a body that is not what it seems', () => {
  const sized = cookieShop({ limits: { bodyBytes: 10_000 } });
  const as = (headers: Readonly<Record<string, string>>, body: BodyInit): RequestInit => ({
    method: 'POST',
    headers: { ...JSON_TYPE, ...COOKIE, ...headers },
    body,
  });
  const forged = json({ query: FORGED });
  const utf16 = new Uint8Array([...forged].flatMap((character) => [character.charCodeAt(0), 0]));
  const deep = `{"query":"{ __typename }","variables":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;
  it.each<[string, RequestInit, number, Send?]>([
    ['compressed', as({ 'content-encoding': 'gzip' }, new Uint8Array([31, 139, 8, 0])), 415],
    ['compressed twice', as({ 'content-encoding': 'gzip, gzip' }, new Uint8Array([31, 139])), 415],
    ['compressed by Brotli', as({ 'content-encoding': 'br' }, forged), 415],
    ['compressed, it says, and not', as({ 'content-encoding': 'identity, gzip' }, forged), 415],
    ['of an encoding that nobody knows', as({ 'content-encoding': 'x-none' }, forged), 415],
    ['UTF-16', as({ 'content-type': 'application/json; charset=utf-16' }, utf16), 415],
    ['UTF-16 that says nothing of it', as({}, utf16), 400],
    ['UTF-7', as({ 'content-type': 'application/json; charset=utf-7' }, forged), 415],
    ['Latin-1', as({ 'content-type': 'application/json; charset=iso-8859-1' }, forged), 415],
    ['overlong UTF-8', as({}, new Uint8Array([0x22, 0xc0, 0xaf, 0x22])), 400],
    ['a surrogate in UTF-8', as({}, new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22])), 400],
    ['too long', as({}, 'a'.repeat(10_001)), 413, sized],
    ['empty', as({}, ''), 400],
    ['null', as({}, 'null'), 400],
    ['a text', as({}, json(FORGED)), 400],
    ['a number', as({}, '1e999'), 400],
    ['a list of operations', as({}, json([{ query: FORGED }, { query: FORGED }])), 400],
    ['a list in a list', as({}, json([[{ query: FORGED }]])), 400],
    ['JSON and more', as({}, `${READ}${forged}`), 400],
    ['lines of JSON', as({}, `${READ}\n${forged}`), 400],
    ['with a comment', as({}, `/* */ ${forged}`), 400],
    ['with a comma too many', as({}, forged.replace('}"}', '}",}')), 400],
    ['in single quotes', as({}, "{'query':'{ __typename }'}"), 400],
    ['a query that is a list', as({}, json({ query: [FORGED] })), 400],
    ['a query that is an object', as({}, json({ query: { toString: FORGED } })), 400],
    ['variables that are a list', as({}, json({ query: '{ __typename }', variables: [] })), 400],
    ['variables as text', as({}, json({ query: '{ __typename }', variables: '{}' })), 400],
    ['extensions that are a text', as({}, json({ query: '{ __typename }', extensions: 'a' })), 400],
    ['an operation name that is an object', as({}, json({ query: '{ __typename }', operationName: {} })), 400],
    ['no query, but __proto__ with one', as({}, `{"__proto__":{"query":${json(FORGED)}}}`), 400],
    [
      'no query, but constructor.prototype with one',
      as({}, `{"constructor":{"prototype":{"query":${json(FORGED)}}}}`),
      400,
    ],
    ['variables that nest', as({}, deep), 400],
    ['a header of a session that is no token', as({ 'x-shardql-token': 'a'.repeat(100_000) }, READ), 400],
    ['a header of a session of other signs', as({ 'x-shardql-token': '{"$ne":1}' }, READ), 400],
  ])('is refused: %s', async (_, init, expected, worker = send) => {
    const { status, problems } = await attack('/graphql', init, worker);
    expect([status, problems]).toEqual([expected, []]);
  });

  it('changes no other object', async () => {
    for (const body of [
      `{"query":"{ __typename }","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}`,
      `{"query":"{ __typename }","variables":{"__proto__":{"polluted":true}},"extensions":{"__proto__":{"explain":true,"polluted":true}}}`,
    ]) {
      const { status, text } = await attack('/graphql', as({ accept: 'application/json' }, body));
      expect([status, text]).toEqual([200, '{"data":{"__typename":"Query"}}']);
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it('means one thing where it repeats itself: of JSON the last, of an address the first', async () => {
    const repeated = await attack('/graphql', as({}, `{"query":${json(FORGED)},"query":"{ __typename }"}`));
    expect(repeated.status).toBe(200);
    const path = `/graphql?query=${encodeURIComponent('{ __typename }')}&query=${encodeURIComponent(FORGED)}`;
    expect((await attack(path, { headers: COOKIE })).status).toBe(200);
  });
});

describe('what is long', () => {
  it.each<[string, string, RequestInit]>([
    ['an address', `/graphql?query=${'a'.repeat(1_000_000)}`, {}],
    ['parameters', `/graphql?${'a=b&'.repeat(100_000)}`, {}],
    ['accept', '/graphql?query={__typename}', { headers: { accept: 'a/b;q=0.1,'.repeat(20_000) } }],
    ['accept-encoding', '/graphql?query={__typename}', { headers: { 'accept-encoding': 'a;q=0,'.repeat(20_000) } }],
    ['if-none-match', '/graphql?query={__typename}', { headers: { 'if-none-match': '"a",'.repeat(20_000) } }],
    [
      'a content type',
      '/graphql',
      { method: 'POST', body: READ, headers: { 'content-type': `application/json;${'a=b;'.repeat(20_000)}` } },
    ],
    [
      'an idempotency key',
      '/graphql',
      { method: 'POST', body: READ, headers: { ...JSON_TYPE, 'idempotency-key': 'a'.repeat(100_000) } },
    ],
    ['a range', '/graphql?query={__typename}', { headers: { range: `bytes=${'0-1,'.repeat(20_000)}` } }],
    ['cookies', '/graphql?query={__typename}', { headers: { cookie: 'a=b; '.repeat(20_000) } }],
  ])('is answered at once: %s', async (_, path, init) => {
    const { problems, response } = await attack(path, init);
    expect(problems).toEqual([]);
    expect(response.status).toBeLessThan(500);
  });
});
