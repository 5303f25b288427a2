import { SignJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CALLER_CLAIM, DEVELOPMENT_TOKENS } from '../../../src/http/authentication/development-tokens.ts';
import type { AuthenticateOptions, JwtOptions } from '../../../src/index.ts';
import { failureOf, type Send, shopWorker } from '../support.ts';

const OPERATOR_TOKEN = '0123456789abcdef0123456789abcdef';
const DEVELOPMENT = { SHARDQL_DEVELOPMENT: 'true' };

interface Parts {
  readonly secret?: string;
  readonly expiresIn?: number;
}

const tokenOf = (caller: unknown, { secret = DEVELOPMENT_TOKENS.keys.secret, expiresIn = 600 }: Parts = {}) =>
  new SignJWT({ [CALLER_CLAIM]: caller, role: 'operator' })
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(DEVELOPMENT_TOKENS.issuer)
    .setAudience(DEVELOPMENT_TOKENS.audience)
    .setExpirationTime(Math.floor(Date.now() / 1_000) + expiresIn)
    .sign(new TextEncoder().encode(secret));

const asked = (send: Send, token: string, headers: Readonly<Record<string, string>> = {}, path = '/status') =>
  send(path, { headers: { authorization: `Bearer ${token}`, ...headers } });

describe('a development token on your own machine', () => {
  const send = shopWorker(DEVELOPMENT);

  it('names its caller, past any mapping', async () => {
    expect((await asked(send, await tokenOf('operator'))).status).toBe(200);
    const caller: AuthenticateOptions['caller'] = () => null;
    const mapped = shopWorker(DEVELOPMENT, { authenticate: { caller } });
    expect((await asked(mapped, await tokenOf('operator'))).status).toBe(200);
    expect(await failureOf(await asked(mapped, await tokenOf('customer {"customerId":"c1"}')))).toMatchObject({
      status: 403,
      message: expect.stringContaining('but got "customer"'),
    });
  });

  it('is a credential: it asks as nobody else', async () => {
    const response = await asked(send, await tokenOf('operator'), { 'x-shardql-as': 'operator' });
    expect(await failureOf(response)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
  });

  it('is refused with another secret, after its end, and for callers that nobody can be', async () => {
    const other = await tokenOf('operator', { secret: 'another secret of thirty-two bytes' });
    expect((await asked(send, other)).status).toBe(401);
    expect((await asked(send, await tokenOf('operator', { expiresIn: -31 }))).status).toBe(401);
    for (const caller of ['system', 'developer', undefined, {}]) {
      expect((await asked(send, await tokenOf(caller))).status).toBe(400);
    }
  });

  it('is of no use to pages of other machines, nor by another name of this one', async () => {
    const token = await tokenOf('operator');
    expect((await asked(send, token, { origin: 'https://evil.example' })).status).toBe(403);
    expect((await asked(send, token, {}, 'http://evil.example/status')).status).toBe(403);
  });
});

describe('a development token where it is deployed', () => {
  // Where nothing is configured, that is logged.
  beforeEach(() => void vi.spyOn(console, 'error').mockImplementation(() => {}));
  afterEach(() => vi.restoreAllMocks());

  const secret = 'a secret of a deployment of this issuer name';
  const own: JwtOptions = { ...DEVELOPMENT_TOKENS, keys: { secret } };

  it.each<readonly [string, Send]>([
    ['with operators alone', shopWorker({ SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN })],
    ['with nothing', shopWorker({})],
    [
      'with development switched off',
      shopWorker({ SHARDQL_DEVELOPMENT: 'false', SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN }),
    ],
    ['with an issuer of that name', shopWorker({}, { authenticate: { jwt: own } })],
    ['with a scheme of its own', shopWorker({}, { authenticate: { request: () => null } })],
  ])('is refused, by any name of the host: %s', async (_, send) => {
    for (const caller of ['operator', 'customer {"customerId":"c1"}', 'anonymous']) {
      for (const path of ['/status', 'http://localhost/status', 'https://api.example.com/graphql?query={__typename}']) {
        const response = await asked(send, await tokenOf(caller), {}, path);
        expect(await failureOf(response)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
      }
    }
  });

  it('is no way to become another caller, even by an issuer of that name', async () => {
    const send = shopWorker(
      {},
      { authenticate: { jwt: own, caller: ({ sub }) => ({ role: String(sub ?? 'member') }) } },
    );
    const token = await tokenOf('operator', { secret });
    expect(await failureOf(await asked(send, token))).toMatchObject({
      status: 403,
      message: expect.stringContaining('but got "member"'),
    });
  });
});
