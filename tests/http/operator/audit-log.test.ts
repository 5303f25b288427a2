import { env } from 'cloudflare:workers';
import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { AuthenticateOptions } from '../../../src/index.ts';
import { confirmed } from '../../support/operator/confirmed.ts';
import { graphql, type Send, shopWorker } from '../support.ts';

const OPERATOR_TOKEN = '0123456789abcdef0123456789abcdef';
const SECRET = 'a secret that both sides of these tests share';

const authenticate: AuthenticateOptions = {
  jwt: { keys: { secret: SECRET }, algorithms: ['HS256'], issuer: 'https://issuer.example', audience: 'shop' },
  caller: ({ sub, ssn }) => ({ role: sub === 'root' ? 'operator' : 'customer', ssn }),
};

const token = (claims: Record<string, unknown>): Promise<string> =>
  new SignJWT({ iss: 'https://issuer.example', aud: 'shop', exp: Math.floor(Date.now() / 1_000) + 600, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));

const deployed = (variables: object = {}): Send =>
  shopWorker({ SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN, ...variables }, { authenticate });

const as = (credential: string, init: RequestInit = {}): RequestInit => ({
  ...init,
  headers: { ...init.headers, authorization: `Bearer ${credential}`, 'cf-connecting-ip': '203.0.113.7' },
});

const operate = (send: Send, query: string, credential = OPERATOR_TOKEN) =>
  send('/operator', as(credential, graphql(query)));

const ENTRIES = '{ auditLog(first: 50) { nodes { action target outcome role by issuer name address requestId } } }';

async function entries(send: Send): Promise<Record<string, unknown>[]> {
  const { data } = await (await operate(send, ENTRIES)).json<{ data: { auditLog: { nodes: [] } } }>();
  return data.auditLog.nodes;
}

const lines: Record<string, unknown>[] = [];
beforeEach(() => {
  lines.length = 0;
  for (const level of ['info', 'warn'] as const) {
    vi.spyOn(console, level).mockImplementation((line) => void lines.push(JSON.parse(line)));
  }
});
afterEach(() => void vi.restoreAllMocks());
const logged = (event: string) => lines.filter((line) => line.event === event);

describe('actions of operators', () => {
  it('are logged and kept: who, what, from where, and what became of it', async () => {
    const send = deployed();
    const root = await token({ sub: 'root', ssn: 'never-to-be-shown' });
    await operate(send, 'mutation { createApiKey(name: "ci", role: "operator") }');
    await operate(send, 'mutation { createApiKey(name: "ci", role: "operator") }', root);
    await operate(send, 'mutation { undo(operationId: "none") { operationId } }', root);
    await operate(send, 'mutation { undo(operationId: "none", preview: true) { operationId } }', root);
    await operate(send, 'mutation { revokeApiKey(name: "ci") { apiKey { name } } }', root);
    const asked = async (query: string) => ({
      errors: [],
      ...(await (await operate(send, query, root)).json<{ data: object }>()),
    });
    await confirmed(asked, 'revokeApiKey(name: "ci")', 'apiKey { name }');
    const all = (await entries(send)).reverse();
    const shared = { address: '203.0.113.7', role: 'operator', requestId: expect.any(String) };
    const secret = { ...shared, by: 'operator-token', issuer: null, name: null };
    const jwt = { ...shared, by: 'jwt', issuer: 'https://issuer.example', name: 'root' };
    expect(all).toEqual([
      { ...secret, action: 'create-api-key', target: 'ci', outcome: 'SUCCEEDED' },
      { ...jwt, action: 'create-api-key', target: 'ci', outcome: 'UNIQUE_VIOLATION' },
      { ...jwt, action: 'undo', target: 'none', outcome: 'CONFIRMATION_REFUSED' },
      { ...jwt, action: 'revoke-api-key', target: 'ci', outcome: 'CONFIRMATION_REFUSED' },
      { ...jwt, action: 'revoke-api-key', target: 'ci', outcome: 'SUCCEEDED' },
    ]);
    expect(logged('operator-action')).toEqual(
      all.map((entry) => ({ level: 'info', event: 'operator-action', ...entry })),
    );
    const everything = JSON.stringify([all, lines]);
    for (const hidden of [OPERATOR_TOKEN, root, 'never-to-be-shown', 'shardql_'])
      expect(everything).not.toContain(hidden);
  });

  it('are recorded on all their paths, those that change or show nothing aside', async () => {
    const send = deployed();
    const id = `audit-${crypto.randomUUID()}`;
    const row = JSON.stringify({ id, name: id, plan: 'free', settings: {}, created_at: '2026-01-01T00:00:00.000Z' });
    const post = (path: string, body?: string, type = 'application/json') =>
      send(
        path,
        as(OPERATOR_TOKEN, { method: 'POST', ...(body !== undefined && { body }), headers: { 'content-type': type } }),
      );
    const get = (path: string) => send(path, as(OPERATOR_TOKEN));
    const ndjson = 'application/x-ndjson';
    const answers = [
      await get('/import'),
      await post('/import?table=tenants&dryRun=1', row, ndjson),
      await post('/import?table=tenants', row, ndjson),
      await post('/import?table=tenants', row, ndjson),
      await post('/import?table=nothing', row, ndjson),
      await get('/export?table=tenants'),
      await post('/warm', JSON.stringify({ query: '{ __typename }' })),
      await get('/status'),
      await get('/schema'),
    ];
    for (const answer of answers) await answer.arrayBuffer();
    await (await post('/migrations/run')).arrayBuffer();
    const all = (await entries(send)).map(({ action, target, outcome }) => [action, target, outcome]);
    expect(all.slice(0, 6).reverse()).toEqual([
      ['import', 'tenants', 'SUCCEEDED'],
      ['import', 'nothing', 'BAD_USER_INPUT'],
      ['export', 'tenants', 'SUCCEEDED'],
      ['warm', null, 'SUCCEEDED'],
      ['migrate', null, 'STARTED'],
      ['migrate', null, 'SUCCEEDED'],
    ]);
  });

  it('are in the log though the catalog is away, and not undone by that', async () => {
    const error = vi.spyOn(console, 'error').mockImplementation((line) => void lines.push(JSON.parse(line)));
    const { idFromName } = env.SHOP_CATALOG;
    const CATALOG = {
      idFromName: idFromName.bind(env.SHOP_CATALOG),
      get: (id: DurableObjectId) => ({
        map: (...args: unknown[]) =>
          (env.SHOP_CATALOG.get(id) as unknown as Record<'map', (...args: unknown[]) => unknown>).map(...args),
        recordAudit: () => Promise.reject(new Error('away')),
      }),
    };
    const answer = await deployed({ CATALOG })('/export?table=tenants', as(OPERATOR_TOKEN));
    expect(answer.status).toBe(200);
    expect(logged('operator-action')).toMatchObject([{ action: 'export', outcome: 'SUCCEEDED' }]);
    expect(logged('audit-not-kept')).toHaveLength(1);
    error.mockRestore();
  });

  it('are shown to operators alone', async () => {
    expect((await operate(deployed(), ENTRIES, await token({ sub: 'anna' }))).status).toBe(403);
    const page = await (await operate(deployed(), '{ auditLog(first: 1001) { hasNextPage } }')).text();
    expect(page).toContain('Expected first to be 0 to 1000');
    const cursor = await (await operate(deployed(), '{ auditLog(after: "1 OR 1=1") { hasNextPage } }')).text();
    expect(cursor).toContain('Expected after to be an endCursor');
  });
});

describe('denials', () => {
  it('are logged with who was refused, where and why, and without what is secret', async () => {
    const send = deployed();
    const anna = await token({ sub: 'anna', ssn: 'never-to-be-shown' });
    const ids = [];
    for (const [path, init] of [
      ['/graphql', as('a-wrong-token-that-is-secret', graphql('{ __typename }'))],
      ['/export?table=tenants', as(anna)],
      ['/graphql', as(OPERATOR_TOKEN, graphql(`{ ${'a: __typename '.repeat(501)} }`))],
    ] as const) {
      ids.push((await send(path, init)).headers.get('x-request-id'));
    }
    const known = { level: 'warn', event: 'denial', address: '203.0.113.7', issuer: null, unlogged: 0 };
    expect(logged('denial')).toEqual([
      { ...known, code: 'UNAUTHENTICATED', role: null, by: 'none', name: null, path: '/graphql', requestId: ids[0] },
      {
        ...known,
        ...{ code: 'FORBIDDEN', role: 'customer', by: 'jwt', issuer: 'https://issuer.example', name: 'anna' },
        ...{ path: '/export', requestId: ids[1] },
      },
      {
        ...known,
        ...{ code: 'COST_LIMIT_EXCEEDED', role: 'operator', by: 'operator-token', name: null },
        ...{ path: '/graphql', requestId: ids[2] },
      },
    ]);
    for (const hidden of ['a-wrong-token-that-is-secret', anna, 'never-to-be-shown']) {
      expect(JSON.stringify(lines)).not.toContain(hidden);
    }
  });

  it('cannot flood the log: one line a minute for each party, 30 in all, and all are counted', async () => {
    const send = deployed();
    const refused = (address: number) =>
      send('/graphql', {
        ...graphql('{ __typename }', { authorization: 'Bearer wrong', 'cf-connecting-ip': `10.0.0.${address}` }),
      });
    vi.useFakeTimers({ now: Math.ceil(Date.now() / 60_000) * 60_000, toFake: ['Date'] });
    try {
      for (let time = 0; time < 5; time++) await refused(1);
      expect(logged('denial')).toHaveLength(1);
      for (let address = 2; address <= 60; address++) await refused(address);
      expect(logged('denial')).toHaveLength(30);
      vi.setSystemTime(Date.now() + 60_000);
      await refused(1);
      expect(logged('denial')).toHaveLength(31);
      expect(logged('denial').reduce((sum, { unlogged }) => sum + 1 + (unlogged as number), 0)).toBe(65);
      const metrics = await (await send('/metrics', as(OPERATOR_TOKEN))).text();
      expect(metrics).toMatch(/^shardql_denials_total\{code="UNAUTHENTICATED"\} 65$/m);
    } finally {
      vi.useRealTimers();
    }
  });
});
