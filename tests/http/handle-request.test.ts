import { describe, expect, it, vi } from 'vitest';
import { failureOf, graphql, shopWorker } from './support.ts';

const send = shopWorker();

/** A body whose length nobody knows before its end. */
const stream = (...chunks: readonly string[]): ReadableStream =>
  new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });

describe('every answer', () => {
  it('has a request id of its own, which its errors name too', async () => {
    const ids = await Promise.all(
      ['/health', '/ready', '/nope', '/graphql'].map(async (path) => (await send(path)).headers.get('x-request-id')),
    );
    expect(new Set(ids).size).toBe(4);
    const wrong = await send('/graphql', graphql('{ nope }'));
    expect((await failureOf(wrong)).code).toBe('GRAPHQL_VALIDATION_FAILED');
  });
});

describe('who may ask', () => {
  it('nobody, as long as no authentication is configured: only liveness answers', async () => {
    for (const variables of [{}, { SHARDQL_DEVELOPMENT: 'false' }]) {
      const closed = shopWorker(variables);
      expect((await closed('/health')).status).toBe(200);
      for (const [path, init] of [
        ['/graphql', graphql('{ __typename }')],
        ['/graphql', { headers: { accept: 'text/html' } }],
        ['/import', undefined],
        ['/import?table=tenants', { method: 'POST', body: '{}' }],
        ['/ready', undefined],
        ['/nope', undefined],
      ] as const) {
        expect(await failureOf(await closed(path, init))).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
      }
    }
  });

  it.each([
    ['SHARDQL_DEVELOPMENT', 'yes'],
    ['SHARDQL_SHARDS', '0'],
    ['SHARDQL_SHARDS', '2.5'],
    ['SHARDQL_SHARDS', 'many'],
    ['SHARDQL_AUDIT_SHARE', '1.5'],
    ['SHARDQL_AUDIT_SHARE', '-1'],
    ['SHARDQL_AUDIT_SHARE', 'all'],
    ['SHARDQL_KV_DISTANCE_MS', '-1'],
    ['SHARDQL_KV_DISTANCE_MS', 'near'],
  ])('a wrong %s (%s) is named to whoever runs the Worker', async (name, value) => {
    const broken = shopWorker({ SHARDQL_DEVELOPMENT: 'true', [name]: value });
    const { status, message } = await failureOf(await broken('/graphql', graphql('{ __typename }')));
    expect(status).toBe(500);
    expect(message).toMatch(new RegExp(`^Expected ${name} to be .*, but got "${value}"\\.$`));
    expect((await broken('/health')).status).toBe(200);
  });
});

describe('paths and methods', () => {
  it.each([
    ['GET', '/nope', 404, 'NOT_FOUND'],
    ['GET', '/_shardql/graphiql/page.js', 404, 'NOT_FOUND'],
    ['GET', '/console', 404, 'NOT_FOUND'],
    ['PUT', '/graphql', 405, 'BAD_USER_INPUT'],
    ['OPTIONS', '/graphql', 405, 'BAD_USER_INPUT'],
    ['DELETE', '/import', 405, 'BAD_USER_INPUT'],
    ['POST', '/ready', 405, 'BAD_USER_INPUT'],
    ['POST', '/health', 405, 'BAD_USER_INPUT'],
  ])('%s %s is refused with %i %s', async (method, path, status, code) => {
    const answer = await send(path, { method });
    expect(answer.headers.has('allow')).toBe(status === 405);
    expect(await failureOf(answer)).toMatchObject({ status, code });
  });

  it('/ready says that some of the shards answer', async () => {
    const answer = await send('/ready');
    expect([answer.status, await answer.json()]).toEqual([200, { ready: true, shards: 4, asked: 3, failures: [] }]);
  });
});

describe('/', () => {
  const variables = { SHARDQL_DEVELOPMENT: 'true' };
  const page = { fetch: async () => new Response('page') };
  const browser = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };

  it.each([
    ['its static files', { ...variables, ASSETS: page }],
    ['a Worker', { ...variables, SHARDQL_PAGES: page }],
    ['another server', { ...variables, SHARDQL_PAGES: 'http://127.0.0.1:1' }],
  ])('leads a browser to GraphiQL where it comes from %s', async (_server, bindings) => {
    const answer = await shopWorker(bindings)('/', browser);
    expect([answer.status, answer.headers.get('location'), answer.headers.get('vary')]).toEqual([
      302,
      '/graphql',
      'accept',
    ]);
  });

  it('tells everyone else where the API is', async () => {
    for (const [init, bindings] of [
      [{}, { ...variables, ASSETS: page }],
      [{ headers: { accept: 'application/json' } }, { ...variables, ASSETS: page }],
      [browser, variables],
    ] as const) {
      const answer = await shopWorker(bindings)('/', init);
      expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
      expect(await answer.text()).toBe(
        'A GraphQL API: POST queries to /graphql. /health and /ready report whether it is up.\n',
      );
    }
  });

  it('takes no writes, and is closed where the API is', async () => {
    expect(await failureOf(await send('/', { method: 'POST' }))).toMatchObject({ status: 405, code: 'BAD_USER_INPUT' });
    expect(await failureOf(await shopWorker({})('/', browser))).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  });
});

describe('what is asked for at the wrong level of a list', () => {
  it('is refused with a hint, each time it is asked', async () => {
    for (const asked of [1, 2]) {
      const answer = await send('/graphql', graphql('{ orders { id } }'));
      const { message, code } = await failureOf(answer);
      expect({ asked, message, code }).toEqual({
        asked,
        message: 'Cannot query field "id" on type "OrderConnection". Did you mean "orders { nodes { id } }"?',
        code: 'GRAPHQL_VALIDATION_FAILED',
      });
    }
  });
});

describe('the open developer role', () => {
  const row = JSON.stringify({ id: 'csrf', name: 'x', plan: 'pro', settings: {} });
  const post = (headers: Record<string, string>) =>
    send('/import?table=tenants', { method: 'POST', headers: { 'content-type': 'text/plain', ...headers }, body: row });

  it.each(['https://evil.example', 'http://127.0.0.1.evil.example', 'null'])(
    'is not for a page of %s, whose requests a browser would send without asking',
    async (origin) => {
      expect(await failureOf(await post({ origin }))).toMatchObject({ status: 403, code: 'FORBIDDEN' });
      const found = await send('/graphql', graphql('{ tenant(by: { id: "csrf" }) { id } }'));
      expect(await found.json()).toMatchObject({ data: { tenant: null } });
    },
  );

  it('is not for a name of another host that leads here', async () => {
    const rebound = await send('http://evil.example/graphql', graphql('{ __typename }'));
    expect(await failureOf(rebound)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  });

  it.each(['http://localhost:8787', 'http://127.0.0.1:3000'])('is for pages of this machine: %s', async (origin) => {
    const answer = await send('/graphql', graphql('{ __typename }', { origin }));
    expect(await answer.json()).toEqual({ data: { __typename: 'Query' } });
  });
});

describe('GraphQL over HTTP', () => {
  it('takes queries by GET, but no mutations', async () => {
    const get = (query: string) => send(`/graphql?query=${encodeURIComponent(query)}`);
    expect(await (await get('{ __typename }')).json()).toEqual({ data: { __typename: 'Query' } });
    const mutation = await get('mutation { deleteTenant(by: { id: "x" }) { id } }');
    expect(await failureOf(mutation)).toMatchObject({ status: 405, code: 'BAD_USER_INPUT' });
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/graphql',
  ])('refuses the content type %s, which pages of other origins could send', async (type) => {
    const body = JSON.stringify({ query: '{ __typename }' });
    const answer = await send('/graphql', { method: 'POST', headers: { 'content-type': type }, body });
    expect(await failureOf(answer)).toMatchObject({ status: 415, code: 'BAD_USER_INPUT' });
  });

  it('refuses bodies that are too large, whether their length is declared or not, before anything runs', async () => {
    const small = shopWorker({ SHARDQL_DEVELOPMENT: 'true' }, { limits: { bodyBytes: 100 } });
    const bodyOf = (bytes: number) => JSON.stringify({ query: '{ __typename }' }).padEnd(bytes);
    for (const wrap of [(text: string) => text, (text: string) => stream(text.slice(0, 60), text.slice(60))]) {
      const post = (bytes: number) => small('/graphql', { ...graphql(''), body: wrap(bodyOf(bytes)) });
      expect(await (await post(100)).json()).toEqual({ data: { __typename: 'Query' } });
      expect(await failureOf(await post(101))).toMatchObject({ status: 413, code: 'REQUEST_TOO_LARGE' });
    }
  });

  it('refuses a client that takes no JSON', async () => {
    const answer = await send('/graphql', graphql('{ __typename }', { accept: 'text/html' }));
    expect(await failureOf(answer)).toMatchObject({ status: 406, code: 'BAD_USER_INPUT' });
  });

  it.each(['text/event-stream', 'multipart/mixed'])('refuses a client that takes only %s', async (accept) => {
    const answer = await send('/graphql', graphql('{ __typename }', { accept }));
    expect(await failureOf(answer)).toMatchObject({ status: 406, code: 'BAD_USER_INPUT' });
  });

  it('refuses an encoded body, and parameters of a GET that are no JSON, saying so', async () => {
    const encoded = await send('/graphql', graphql('{ __typename }', { 'content-encoding': 'gzip' }));
    expect(await failureOf(encoded)).toMatchObject({ status: 415, message: expect.stringContaining('gzip') });
    for (const name of ['variables', 'extensions']) {
      const answer = await send(`/graphql?query={__typename}&${name}=nope`);
      expect(await failureOf(answer)).toMatchObject({ status: 400, message: expect.stringContaining(name) });
    }
  });

  it('answers 400 to a body that is no JSON, whatever the client accepts', async () => {
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const answer = await send('/graphql', { ...graphql('', { accept }), body: '{' });
      expect(await failureOf(answer)).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    }
  });

  it('tells what a request cost if asked to, and only then', async () => {
    const query = '{ tenants { totalCount } }';
    const traced = await (await send('/graphql', graphql(query, { 'x-shardql-trace': '1' }))).json<{
      extensions: { trace: { shards: string[]; rpcs: number } };
    }>();
    expect(traced.extensions.trace.shards).toHaveLength(4);
    expect(traced.extensions.trace.rpcs).toBe(4);
    expect(await (await send('/graphql', graphql(query))).json()).not.toHaveProperty('extensions.trace');
  });

  const ALL_SHARDS = ['shard-0', 'shard-1', 'shard-2', 'shard-3'];

  it('tells each read of a traced request: its field, shards, keys and plan', async () => {
    const traceOf = async (query: string) => {
      const answer = await send('/graphql', graphql(query, { 'x-shardql-trace': '1' }));
      return (await answer.json<{ extensions: { trace: { kvReads: number; kvHits: number; plans: object[] } } }>())
        .extensions.trace;
    };
    const { kvReads, kvHits, plans } = await traceOf(
      '{ a: tenants(first: 3) { nodes { name } } b: customers(shardKey: "t1") { totalCount } }',
    );
    expect({ kvReads, kvHits }).toEqual({ kvReads: 0, kvHits: 0 });
    expect(plans).toMatchObject([
      {
        path: ['a'],
        table: 'Tenant',
        keys: 1,
        shards: ALL_SHARDS,
        plan: ['page of Tenant', '  order by id first $0', '  columns id, name'],
      },
      {
        path: ['b'],
        table: 'Customer',
        keys: 1,
        shards: [expect.any(String)],
        plan: ['page of Customer by tenantId', '  total count'],
      },
    ]);
    const write = await traceOf('mutation { w: deleteCustomer(by: { id: "nobody" }) { id } }');
    expect(write.plans).toMatchObject([{ path: ['w'], table: 'Customer', shards: ALL_SHARDS }]);
  });

  it('shows nothing of an unforeseen failure, but logs it under the same request id', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const broken = shopWorker({ SHARDQL_DEVELOPMENT: 'true', CATALOG: null, SHARD: null });
    const answer = await broken('/ready');
    const text = await answer.clone().text();
    expect(answer.status).toBeGreaterThanOrEqual(500);
    expect(text).not.toMatch(/null|undefined|TypeError|\.ts/);
    expect(await failureOf(answer)).toMatchObject({ code: expect.stringMatching(/^[A-Z_]+$/) });
    log.mockRestore();
  });
});
