import { SignJWT } from 'jose';
import { describe, expect, it, vi } from 'vitest';
import type { AuthenticateOptions } from '../../../src/index.ts';
import { failureOf, graphql, type Send, shopWorker } from '../support.ts';

const SECRET = 'a secret that both sides of these tests share';
const OPERATOR_TOKEN = '0123456789abcdef0123456789abcdef';
const [ISSUER, AUDIENCE] = ['https://issuer.example', 'shop'];
const OPTIONS: AuthenticateOptions = {
  jwt: { keys: { secret: SECRET }, algorithms: ['HS256'], issuer: ISSUER, audience: AUDIENCE },
};
const DEVELOPMENT = { SHARDQL_DEVELOPMENT: 'true' };

const as = (value: string, headers: Readonly<Record<string, string>> = {}): RequestInit =>
  graphql('{ __typename }', { 'x-shardql-as': value, ...headers });

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

const customerToken = (): Promise<string> =>
  new SignJWT({ iss: ISSUER, aud: AUDIENCE, exp: Math.floor(Date.now() / 1_000) + 600, role: 'customer' })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));

const failing = async (send: Send, init: RequestInit, path = '/graphql') => failureOf(await send(path, init));

describe('x-shardql-as on your own machine', () => {
  const send = shopWorker();

  it('makes the developer an operator, and nobody', async () => {
    expect((await send('/graphql', as('operator'))).status).toBe(200);
    expect((await send('/status', { headers: { 'x-shardql-as': 'operator' } })).status).toBe(200);
    expect(await failing(send, { headers: { 'x-shardql-as': 'anonymous' } }, '/status')).toMatchObject({
      status: 401,
      code: 'UNAUTHENTICATED',
    });
  });

  it.each(['customer', 'customer {}', 'customer {"shardKey":"t1"}', 'shop_admin-2 \t { "a": [null] }'])(
    'makes the developer another role, whom operators’ paths refuse: %s',
    async (value) => {
      const [role] = /^\S+/.exec(value)!;
      expect(await failing(send, { headers: { 'x-shardql-as': value } }, '/status')).toMatchObject({
        status: 403,
        code: 'FORBIDDEN',
        message: expect.stringContaining(`but got "${role}"`),
      });
    },
  );

  it.each([
    ['', 'x-shardql-as to be <role> {claims as JSON}'],
    ['{"role":"customer"}', '<role> {claims'],
    ['customer{"a":1}', '<role> {claims'],
    ['customer a=1', '<role> {claims'],
    ['customer {"a":1', '<role> {claims'],
    ["customer {'a':1}", '<role> {claims'],
    ['customer [1]', '<role> {claims'],
    ['customer null', '<role> {claims'],
    ['customer "a"', '<role> {claims'],
    ['customer {} {}', '<role> {claims'],
    // What several headers of the name arrive as.
    ['customer {}, operator {}', '<role> {claims'],
    ['customer, operator', '<role> {claims'],
    [`${'c'.repeat(65)}`, '<role> {claims'],
    ['customer {"role":"operator"}', 'the role before the claims, not in them'],
    ['system', 'to name a role of the model, operator or anonymous'],
    ['system {"a":1}', 'to name a role of the model, operator or anonymous'],
    ['developer', 'to name a role of the model, operator or anonymous'],
  ])('of another form is refused: %j', async (value, expected) => {
    expect(await failing(send, as(value))).toMatchObject({
      status: 400,
      code: 'BAD_USER_INPUT',
      message: expect.stringContaining(expected),
    });
  });

  it('names roles of the model: one that it does not know is refused with those that there are', async () => {
    expect(await failing(send, as('custmer {"shardKey":"t1"}'))).toMatchObject({
      status: 403,
      code: 'FORBIDDEN',
      message:
        'Expected the caller’s role to be one of admin, anonymous, customer, operator, but got "custmer". Did you mean "customer"?',
    });
    const { message } = await failing(send, as('partner'));
    expect(message).toMatch(
      /one of admin, anonymous, customer, operator, but got "partner"\. Name one of these, or add access rules for it\.$/,
    );
  });

  it.each([
    [
      'customer {"shardKey":"t1","custmerId":"c1"}',
      ['No access rule of customer uses the claim "custmerId". Did you mean "customerId"?'],
    ],
    ['customer {"shardKey":"t1","customerId":"c1"}', undefined],
    ['anonymous', undefined],
    ['operator {"a":1}', undefined],
  ])('says in the answer what may be wrong with the claims: %s', async (value, hints) => {
    const response = await send('/graphql', as(value));
    const { extensions } = (await response.json()) as { readonly extensions?: { readonly hints?: readonly string[] } };
    expect(extensions?.hints).toEqual(hints);
  });

  it('is not quoted at length', async () => {
    const { message } = await failing(send, as(`customer ${'x'.repeat(5_000)}`));
    expect(message.length).toBeLessThan(300);
  });

  it('may be sent by pages of this machine', async () => {
    const { headers } = await send('/graphql', {
      method: 'OPTIONS',
      headers: { origin: 'http://localhost:3000', 'access-control-request-method': 'POST' },
    });
    expect(headers.get('access-control-allow-headers')).toContain('x-shardql-as');
  });

  it('is of no use to pages of other machines, nor by another name of this one', async () => {
    expect(await failing(send, as('operator', { origin: 'https://evil.example' }))).toMatchObject({ status: 403 });
    expect(await failureOf(await send('http://evil.example/graphql', as('operator')))).toMatchObject({ status: 403 });
  });

  it('is refused beside a credential: whom that names is certain', async () => {
    const authenticated = shopWorker(
      { ...DEVELOPMENT, SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN },
      { authenticate: OPTIONS },
    );
    for (const token of [OPERATOR_TOKEN, await customerToken()]) {
      expect(await failing(authenticated, as('operator', bearer(token)))).toMatchObject({
        status: 403,
        code: 'FORBIDDEN',
        message: expect.stringContaining('Expected no x-shardql-as'),
      });
    }
    expect(await failing(authenticated, as('operator', bearer('wrong')))).toMatchObject({ status: 401 });
    expect((await authenticated('/graphql', as('operator'))).status).toBe(200);
  });

  it('is refused to whom a scheme of one’s own knows, and not to others', async () => {
    const request: AuthenticateOptions['request'] = ({ headers }) =>
      headers.get('cookie') === 'user=ann' ? { role: 'member' } : null;
    const own = shopWorker(DEVELOPMENT, { authenticate: { request } });
    expect(await failing(own, as('operator', { cookie: 'user=ann' }))).toMatchObject({
      status: 403,
      code: 'FORBIDDEN',
    });
    expect((await own('/graphql', as('operator'))).status).toBe(200);
  });
});

describe('x-shardql-as where it is deployed', () => {
  const send = shopWorker({ SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN }, { authenticate: OPTIONS });

  it('is refused to everyone, whatever it says', async () => {
    const token = await customerToken();
    for (const headers of [{}, bearer(OPERATOR_TOKEN), bearer(token)]) {
      for (const value of ['operator', 'developer', 'anonymous', 'customer {"customerId":"c1"}', 'no form of it {']) {
        for (const path of ['/graphql', '/operator', '/status', '/']) {
          expect([path, await failing(send, as(value, headers), path)]).toMatchObject([
            path,
            { status: 403, code: 'FORBIDDEN', message: expect.stringContaining('Expected no x-shardql-as') },
          ]);
        }
      }
    }
  });

  it('is not what tells a credential of an unknown role which there are', async () => {
    const token = await new SignJWT({
      iss: ISSUER,
      aud: AUDIENCE,
      exp: Math.floor(Date.now() / 1_000) + 600,
      role: 'custmer',
    })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(new TextEncoder().encode(SECRET));
    const { message } = await failing(send, graphql('{ __typename }', bearer(token)));
    expect(message).toBe('Expected a role that access rules of the model name, but got "custmer".');
  });

  it('does not come before a credential that is wrong, nor where nothing is configured', async () => {
    expect(await failing(send, as('operator', bearer('wrong')))).toMatchObject({ status: 401 });
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    expect(await failing(shopWorker({}), as('operator'))).toMatchObject({ status: 401 });
    log.mockRestore();
  });

  it.each([
    ['host', 'localhost'],
    ['origin', 'http://127.0.0.1:8787'],
    ['x-forwarded-for', '127.0.0.1'],
  ])('makes nobody a developer by a request that looks local: %s', async (name, value) => {
    const response = await send('http://127.0.0.1:8787/graphql', as('operator', { [name]: value }));
    expect(await failureOf(response)).toMatchObject({ status: 403 });
  });

  it('is no header that pages may send', async () => {
    const app = 'https://app.example.com';
    const deployed = shopWorker({ SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN }, { cors: { origins: [app] } });
    const { headers } = await deployed('/graphql', {
      method: 'OPTIONS',
      headers: { origin: app, 'access-control-request-method': 'POST' },
    });
    expect(headers.get('access-control-allow-headers')).not.toContain('x-shardql-as');
  });
});
