import { describe, expect, it } from 'vitest';
import type { CorsOptions } from '../../../src/index.ts';
import { failureOf, graphql, type Send, shopWorker } from '../support.ts';

const OPERATOR_TOKEN = '0123456789abcdef0123456789abcdef';

const deployed = (cors?: CorsOptions): Send =>
  shopWorker({ SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN }, cors ? { cors } : {});

const preflight = (origin: string): RequestInit => ({
  method: 'OPTIONS',
  headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
});

const query = (origin: string, token = OPERATOR_TOKEN): RequestInit =>
  graphql('{ __typename }', { origin, authorization: `Bearer ${token}` });

/** What browsers go by. */
const corsOf = ({ headers }: Response): Record<string, string> =>
  Object.fromEntries([...headers].filter(([name]) => name.startsWith('access-control-')));

const APP = 'https://app.example.com';
const APPS = { origins: [APP, 'https://*.partner.example', 'http://intranet.example:8080'] };

describe('a page of another origin', () => {
  it('that is allowed may send requests and read answers, refusals too', async () => {
    const send = deployed(APPS);
    const asked = await send('/graphql', preflight(APP));
    expect(asked.status).toBe(204);
    expect(corsOf(asked)).toEqual({
      'access-control-allow-origin': APP,
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'authorization, content-type, idempotency-key, x-shardql-token, x-shardql-trace',
      'access-control-expose-headers':
        'x-shardql-token, x-request-id, retry-after, www-authenticate, ratelimit, ratelimit-policy',
      'access-control-max-age': '3600',
    });
    for (const token of [OPERATOR_TOKEN, 'wrong']) {
      const answer = await send('/graphql', query(APP, token));
      expect(answer.status).toBe(token === 'wrong' ? 401 : 200);
      expect(corsOf(answer)).toEqual({
        'access-control-allow-origin': APP,
        'access-control-expose-headers':
          'x-shardql-token, x-request-id, retry-after, www-authenticate, ratelimit, ratelimit-policy',
      });
      expect(answer.headers.get('vary')).toContain('Origin');
    }
  });

  it.each(['https://a.partner.example', 'https://a.b.partner.example', 'http://intranet.example:8080'])(
    'is allowed by a rule that fits: %s',
    async (origin) => {
      expect(corsOf(await deployed(APPS)('/graphql', query(origin)))['access-control-allow-origin']).toBe(origin);
    },
  );

  it.each([
    'https://evil.example',
    'http://app.example.com',
    'https://app.example.com:8443',
    'https://app.example.com.evil.example',
    'https://evil-app.example.com',
    'https://APP.example.com',
    'https://app.example.com/',
    'https://app.example.com@evil.example',
    'https://partner.example',
    'https://evilpartner.example',
    'https://a.partner.example.evil.example',
    'https://evil.example/.partner.example',
    'https://evil.example#.partner.example',
    'https://evil.example?.partner.example',
    'https://user@a.partner.example',
    'http://a.partner.example',
    'http://intranet.example',
    'null',
    'file://',
    '',
  ])('is not allowed: %j', async (origin) => {
    const send = deployed(APPS);
    expect(corsOf(await send('/graphql', preflight(origin)))).toEqual({});
    expect(corsOf(await send('/graphql', query(origin)))).toEqual({});
  });

  it('is not allowed where nothing is configured, one of this machine neither', async () => {
    for (const origin of [APP, 'http://localhost:3000']) {
      const asked = await deployed()('/graphql', preflight(origin));
      expect([asked.status, corsOf(asked)]).toEqual([204, {}]);
    }
  });

  it('is allowed on your own machine if it serves it', async () => {
    const send = shopWorker();
    expect(corsOf(await send('/graphql', preflight('http://localhost:3000')))).toMatchObject({
      'access-control-allow-origin': 'http://localhost:3000',
    });
    expect(corsOf(await send('/graphql', preflight(APP)))).toEqual({});
    expect((await send('/graphql', query(APP))).status).toBe(403);
  });

  it('may be any, without cookies', async () => {
    const answer = await deployed({ origins: ['*'] })('/graphql', query('https://any.example'));
    expect(corsOf(answer)['access-control-allow-origin']).toBe('*');
    expect(corsOf(answer)).not.toHaveProperty('access-control-allow-credentials');
  });

  it('gets cookies along where that is configured', async () => {
    const send = deployed({ origins: [APP], credentials: true, maxAgeSeconds: 0 });
    expect(corsOf(await send('/graphql', preflight(APP)))).toMatchObject({
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '0',
    });
  });

  it('calls nothing but /graphql', async () => {
    const send = deployed(APPS);
    for (const path of ['/import', '/operator', '/status', '/']) {
      expect((await send(path, preflight(APP))).status).toBeGreaterThanOrEqual(400);
      const answer = await send(path, { headers: { origin: APP, authorization: `Bearer ${OPERATOR_TOKEN}` } });
      expect(corsOf(answer)).toEqual({});
    }
  });

  it.each<[string, CorsOptions]>([
    ['origins', { origins: ['app.example.com'] }],
    ['origins', { origins: ['https://app.example.com/'] }],
    ['origins', { origins: ['https://app.example.com/path'] }],
    ['origins', { origins: ['https://*'] }],
    ['origins', { origins: ['*.example.com'] }],
    ['origins', { origins: ['https://a.*.example.com'] }],
    ['origins', { origins: 'https://app.example.com' as never }],
    ['credentials', { origins: ['*'], credentials: true }],
    ['maxAgeSeconds', { origins: [APP], maxAgeSeconds: 100_000 }],
  ])('is not let in by wrong options: %s %j', async (name, cors) => {
    const failed = await failureOf(await deployed(cors)('/graphql', query(APP)));
    expect(failed).toMatchObject({ status: 500, message: expect.stringContaining(`cors.${name}`) });
  });
});

describe('answers', () => {
  it('are data to browsers, whatever is in them, and never framed', async () => {
    const send = shopWorker();
    for (const path of ['/graphql', '/health', '/ready', '/status', '/', '/nope']) {
      const { headers } = await send(path, path === '/graphql' ? graphql('{ __typename }') : {});
      expect([path, headers.get('x-content-type-options'), headers.get('content-security-policy')]).toEqual([
        path,
        'nosniff',
        "default-src 'none'; frame-ancestors 'none'",
      ]);
      expect(headers.has('strict-transport-security')).toBe(false);
    }
  });

  it('bind browsers to https where they come by it', async () => {
    const { headers } = await deployed()('https://api.example.com/health');
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
    expect((await deployed()('https://localhost/health')).headers.has('strict-transport-security')).toBe(false);
  });
});
