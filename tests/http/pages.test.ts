import { describe, expect, it } from 'vitest';
import { failureOf, graphql, shopWorker } from './support.ts';

const TOKEN = '0123456789abcdef0123456789abcdef';
const html = { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } };

const FILES: Readonly<Record<string, string>> = {
  '/_shardql/graphiql/page.txt': '<title>GraphiQL</title>',
  '/_shardql/graphiql/page.js': 'graphiql',
  '/_shardql/console/page.txt': '<title>console</title>',
  '/_shardql/console/console.js': 'console',
};

/** A Worker whose static files are `files`. `seen`: what it has asked for. */
const withFiles = (
  variables: object = { SHARDQL_DEVELOPMENT: 'true' },
  { files = FILES, fallback }: { files?: Readonly<Record<string, string>>; fallback?: string } = {},
) => {
  const seen: [path: string, headers: string[]][] = [];
  const send = shopWorker({
    ...variables,
    ASSETS: {
      fetch: async (input: string, init?: RequestInit) => {
        const { pathname } = new URL(input);
        seen.push([pathname, [...new Headers(init?.headers).keys()]]);
        const type = pathname.endsWith('.js') ? 'text/javascript' : 'text/plain';
        if (Object.hasOwn(files, pathname)) return new Response(files[pathname], { headers: { 'content-type': type } });
        if (fallback !== undefined) return new Response(fallback, { headers: { 'content-type': 'text/html' } });
        return new Response('Not found', { status: 404 });
      },
    },
  });
  return { send, seen };
};

describe('pages', () => {
  it('are for browsers that open /graphql or /console; clients get GraphQL', async () => {
    const { send, seen } = withFiles();
    expect(await (await send('/graphql', html)).text()).toContain('GraphiQL');
    expect(await (await send('/console', html)).text()).toContain('console');
    expect(await (await send('/console/')).text()).toContain('console');
    expect(await (await send('/_shardql/graphiql/page.js')).text()).toBe('graphiql');
    expect(await (await send('/graphql?query={__typename}', html)).json()).toHaveProperty('data');
    expect(await (await send('/graphql', graphql('{ __typename }'))).json()).toHaveProperty('data');
    expect(seen.map(([path]) => path)).toEqual([
      '/_shardql/graphiql/page.txt',
      '/_shardql/console/page.txt',
      '/_shardql/console/page.txt',
      '/_shardql/graphiql/page.js',
    ]);
  });

  it('are served to those who have shown no credential yet, and in maintenance, and are told none', async () => {
    for (const variables of [
      { SHARDQL_OPERATOR_TOKEN: TOKEN },
      { SHARDQL_OPERATOR_TOKEN: TOKEN, SHARDQL_MAINTENANCE: 'true' },
    ]) {
      const { send, seen } = withFiles(variables);
      const headers = { ...html.headers, authorization: `Bearer ${TOKEN}`, cookie: 'a=b' };
      for (const init of [html, { headers }]) {
        const page = await send('/console', init);
        expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
        expect(await page.text()).toBe('<title>console</title>');
      }
      expect((await send('/_shardql/console/console.js')).status).toBe(200);
      expect(seen.every(([, names]) => names.length === 0)).toBe(true);
    }
  });

  it('run nothing but their own files, and nobody frames them', async () => {
    const { send } = withFiles();
    const policyOf = async (path: string) => (await send(path, html)).headers.get('content-security-policy');
    for (const path of ['/console', '/_shardql/console/console.js']) {
      expect(await policyOf(path)).toContain("default-src 'none'; script-src 'self'; style-src 'self'");
      expect(await policyOf(path)).toContain("frame-ancestors 'none'");
      expect(await policyOf(path)).not.toContain('unsafe');
    }
    expect(await policyOf('/graphql')).toContain("default-src 'self'");
    expect(await policyOf('/graphql')).toContain("frame-ancestors 'none'");
    expect((await send('/console', html)).headers.get('cache-control')).toBe('no-store');
  });

  it('are not there where they were not built, whatever else is among the static files', async () => {
    for (const options of [{ files: {} }, { files: {}, fallback: '<title>An application</title>' }]) {
      const { send } = withFiles({ SHARDQL_DEVELOPMENT: 'true' }, options);
      expect(await failureOf(await send('/console', html))).toMatchObject({ status: 404, code: 'NOT_FOUND' });
      expect(await failureOf(await send('/graphql', html))).toMatchObject({ code: 'BAD_USER_INPUT' });
      expect(await failureOf(await send('/_shardql/console/console.js'))).toMatchObject({ status: 404 });
    }
  });

  it('come from the local server where there is one', async () => {
    const own = {
      fetch: async () => new Response('<title>local</title>', { headers: { 'content-type': 'text/plain' } }),
    };
    const { send, seen } = withFiles({ SHARDQL_DEVELOPMENT: 'true', SHARDQL_PAGES: own });
    expect(await (await send('/console', html)).text()).toBe('<title>local</title>');
    expect(seen).toEqual([]);
  });

  it('answer no other method', async () => {
    const { send } = withFiles();
    expect(await failureOf(await send('/console', { method: 'POST', body: '{}' }))).toMatchObject({ status: 404 });
    const head = await send('/console', { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
  });

  it('know the roles of the model where one can ask as another, and nowhere else', async () => {
    const { send, seen } = withFiles();
    expect(await (await send('/_shardql/roles.json')).json()).toEqual({
      anonymous: [],
      customer: ['shardKey', 'customerId'],
      admin: ['shardKey'],
    });
    expect(seen).toEqual([]);
    const deployed = withFiles({ SHARDQL_OPERATOR_TOKEN: TOKEN });
    const answer = await deployed.send('/_shardql/roles.json', { headers: { authorization: `Bearer ${TOKEN}` } });
    expect(await failureOf(answer)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  });
});
