import { env } from 'cloudflare:workers';
import { SignJWT } from 'jose';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { AuthenticateOptions, RateLimitOptions } from '../../../src/index.ts';
import { graphql, type Send, shopWithoutRules, shopWorker } from '../support.ts';

const SECRET = 'a secret that both sides of these tests share';
const OPERATOR_TOKEN = '0123456789abcdef0123456789abcdef';

const authenticate: AuthenticateOptions = {
  jwt: { keys: { secret: SECRET }, algorithms: ['HS256'], issuer: 'https://issuer.example', audience: 'shop' },
  caller: ({ tenant }) => ({ role: 'operator-in-part', tenant }),
};

const token = (claims: Record<string, unknown>): Promise<string> =>
  new SignJWT({ iss: 'https://issuer.example', aud: 'shop', exp: Math.floor(Date.now() / 1_000) + 600, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode(SECRET));

/** Those of no other test: the platform's counters are there for the whole run. */
const address = () => `2001:db8:${hex()}:${hex()}::1`;
const hex = () => Math.floor(Math.random() * 65_536).toString(16);

interface From {
  readonly address?: string;
  readonly token?: string;
}

const asking = (from: From, query = '{ __typename }'): RequestInit =>
  graphql(query, {
    ...(from.address !== undefined && { 'cf-connecting-ip': from.address }),
    ...(from.token !== undefined && { authorization: `Bearer ${from.token}` }),
  });

const deployed = (
  rateLimits: RateLimitOptions,
  variables: object = { RATE_LIMITER: env.RATE_LIMITER },
  by: AuthenticateOptions = authenticate,
): Send =>
  shopWorker(
    { SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN, ...variables },
    { authenticate: by, rateLimits, model: shopWithoutRules },
  );

const exactly = (requests: number, perSeconds = 60) => ({ requests, perSeconds, exact: true });

/** Statuses of requests, one after another. */
async function statuses(send: Send, from: From, times: number): Promise<number[]> {
  const all: number[] = [];
  for (let time = 0; time < times; time++) all.push((await send('/graphql', asking(from))).status);
  return all;
}

afterEach(() => void vi.restoreAllMocks());

describe('a limit of an address', () => {
  it('refuses what is more, with what clients need to know', async () => {
    const send = deployed({ address: exactly(2) });
    const from = { address: address() };
    const first = await send('/graphql', asking(from));
    expect(first.status).not.toBe(429);
    await send('/graphql', asking(from));
    const refused = await send('/graphql', asking(from));
    expect(refused.status).toBe(429);
    const { errors } = await refused.json<{ errors: [{ message: string; extensions: Record<string, unknown> }] }>();
    const { code, retryable, retryAfterMs, requestId } = errors[0].extensions;
    expect([code, retryable, requestId]).toEqual(['RATE_LIMITED', true, refused.headers.get('x-request-id')]);
    expect(errors[0].message).toContain('at most 2 requests from an address in 60 s, but got more. Try again in ');
    expect(retryAfterMs).toBeGreaterThan(55_000);
    const seconds = Math.ceil((retryAfterMs as number) / 1_000);
    const { headers } = refused;
    expect(headers.get('retry-after')).toBe(`${seconds}`);
    expect(headers.get('ratelimit-policy')).toBe('"address";q=2;w=60');
    expect(headers.get('ratelimit')).toBe(`"address";r=0;t=${seconds}`);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('is for each address', async () => {
    const send = deployed({ address: exactly(1) });
    const [one, other] = [address(), address()];
    expect(await statuses(send, { address: one }, 2)).toEqual([401, 429]);
    expect(await statuses(send, { address: other }, 1)).toEqual([401]);
    // Of the same network.
    expect(await statuses(send, { address: one.replace(/1$/, '2') }, 1)).toEqual([429]);
  });

  it('is held by all isolates together, and by one that knows without asking', async () => {
    const from = { address: address() };
    const [one, other] = [deployed({ address: exactly(2) }), deployed({ address: exactly(2) })];
    expect([...(await statuses(one, from, 1)), ...(await statuses(other, from, 2))]).toEqual([401, 401, 429]);
    const take = vi.spyOn(env.RATE_LIMITER, 'getByName');
    expect(await statuses(other, from, 3)).toEqual([429, 429, 429]);
    expect(take).not.toHaveBeenCalled();
  });

  it('is checked before the body is read', async () => {
    const send = deployed({ address: exactly(1) });
    const from = { address: address() };
    await statuses(send, from, 1);
    const { headers } = asking(from);
    expect((await send('/graphql', { method: 'POST', headers: headers!, body: '{' })).status).toBe(429);
  });

  it('lets pages of allowed origins read its refusals', async () => {
    const cors = { origins: ['https://app.example.com'] };
    const send = shopWorker(
      { RATE_LIMITER: env.RATE_LIMITER },
      { authenticate, cors, rateLimits: { address: exactly(1) } },
    );
    const init = graphql('{ __typename }', { origin: 'https://app.example.com', 'cf-connecting-ip': address() });
    await send('/graphql', init);
    const { status, headers } = await send('/graphql', init);
    expect(status).toBe(429);
    expect(headers.get('access-control-allow-origin')).toBe('https://app.example.com');
    for (const name of ['retry-after', 'ratelimit', 'ratelimit-policy']) {
      expect(headers.get('access-control-expose-headers')!.split(', ')).toContain(name);
    }
  });

  it('is counted by the platform where it need not be exact', async () => {
    const send = deployed({ address: { requests: 3, perSeconds: 60 } }, { RATE_LIMIT_ADDRESS: env.RATE_LIMIT_ADDRESS });
    const from = { address: address() };
    // Its minutes begin with those of the clock: a run may meet the end of one.
    const all = await statuses(send, from, 8);
    expect(all.slice(0, 3)).toEqual([401, 401, 401]);
    expect(all.filter((status) => status === 429).length).toBeGreaterThanOrEqual(2);
    const refused = await send('/graphql', asking(from));
    if (refused.status === 429) expect(refused.headers.get('retry-after')).toBe('60');
  });
});

describe('operators', () => {
  it('are not limited', async () => {
    const send = deployed({ address: exactly(1), caller: exactly(1) });
    const from = { address: address(), token: OPERATOR_TOKEN };
    expect(await statuses(send, from, 5)).toEqual([200, 200, 200, 200, 200]);
    expect((await send('/graphql', asking(from))).headers.get('ratelimit-policy')).toBeNull();
  });
});

describe('limits of callers and tenants', () => {
  it('are for each subject, whatever address and token it has', async () => {
    const send = deployed({ caller: exactly(2) });
    const of = async (sub: string, jti: string) => ({ address: address(), token: await token({ sub, jti }) });
    expect(await statuses(send, await of('anna', '1'), 2)).toEqual([403, 403]);
    expect(await statuses(send, await of('anna', '2'), 1)).toEqual([429]);
    expect(await statuses(send, await of('bert', '3'), 1)).toEqual([403]);
  });

  it('are for each role and its claims where tokens name no subject, whatever else is new in a token', async () => {
    const caller = exactly(2);
    const mapping: AuthenticateOptions = { ...authenticate, caller: (claims) => ({ ...claims, role: 'member' }) };
    const send = deployed({ caller }, { RATE_LIMITER: env.RATE_LIMITER }, mapping);
    const tenant = crypto.randomUUID();
    const of = async (jti: string, more = {}) => ({ token: await token({ tenant, jti, iat: Number(jti), ...more }) });
    expect(await statuses(send, await of('1'), 1)).toEqual([403]);
    expect(await statuses(send, await of('2'), 2)).toEqual([403, 429]);
    expect(await statuses(send, await of('3'), 1)).toEqual([429]);
    expect(await statuses(send, await of('4', { team: 'x' }), 1)).toEqual([403]);
  });

  it('are for all callers of a tenant together', async () => {
    const send = deployed({ claim: { ...exactly(2), name: 'tenant' } });
    const of = async (sub: string, tenant?: unknown) => ({ token: await token({ sub, tenant }) });
    expect(await statuses(send, await of('anna', 'acme'), 1)).toEqual([403]);
    expect(await statuses(send, await of('bert', 'acme'), 2)).toEqual([403, 429]);
    expect(await statuses(send, await of('carl', 'other'), 1)).toEqual([403]);
    // A text is another value than a number.
    expect(await statuses(send, await of('dora', 1), 3)).toEqual([403, 403, 429]);
    expect(await statuses(send, await of('emil', '1'), 1)).toEqual([403]);
    expect(await statuses(send, await of('fred'), 3)).toEqual([403, 403, 403]);
  });

  it('of a caller takes nothing from the tenant once it is refused', async () => {
    const send = deployed({ caller: exactly(1), claim: { ...exactly(3), name: 'tenant' } });
    const of = async (sub: string) => ({ token: await token({ sub, tenant: 'shared' }) });
    expect(await statuses(send, await of('loud'), 9)).toEqual([403, ...Array(8).fill(429)]);
    expect(await statuses(send, await of('quiet'), 1)).toEqual([403]);
  });
});

describe('credentials that are not valid', () => {
  it('are limited by address on all paths, but for those who are known', async () => {
    const send = deployed({ failedAuthentication: exactly(3) });
    const from = address();
    const known = { address: from, token: await token({ sub: 'known' }) };
    expect(await statuses(send, known, 1)).toEqual([403]);
    const tried: number[] = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      const wrong = `${OPERATOR_TOKEN.slice(0, -1)}${attempt + 10}`;
      const headers = { authorization: `Bearer ${wrong}`, 'cf-connecting-ip': from };
      tried.push((await send(attempt % 2 === 0 ? '/status' : '/graphql', { headers })).status);
    }
    expect(tried).toEqual([401, 401, 401, 429, 429]);
    // Right at last, and not even looked at.
    expect(await statuses(send, { address: from, token: OPERATOR_TOKEN }, 1)).toEqual([429]);
    expect(await statuses(send, known, 2)).toEqual([403, 403]);
    expect(await statuses(send, { address: address(), token: OPERATOR_TOKEN }, 1)).toEqual([200]);
  });
});

describe('a counter that fails or is slow', () => {
  it.each<[string, () => unknown]>([
    ['fails', () => Promise.reject(new Error('gone'))],
    ['never answers', () => new Promise(() => {})],
  ])('%s: requests are answered, and it is reported once', async (_, take) => {
    const log = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const send = deployed({ address: exactly(1) }, { RATE_LIMITER: { getByName: () => ({ take }) } });
    expect(await statuses(send, { address: address() }, 2)).toEqual([401, 401]);
    const events = log.mock.calls.map(([line]) => JSON.parse(line).event).filter((event) => event !== 'denial');
    expect(events).toEqual(['rate-limit-not-counted']);
  });
});

describe('settings', () => {
  it.each<[string, object]>([
    ['rateLimits.address.requests', { address: { requests: 0, perSeconds: 60 } }],
    ['rateLimits.address.perSeconds', { address: { requests: 1, perSeconds: 30 } }],
    ['rateLimits.caller.perSeconds', { caller: { requests: 1, perSeconds: 100_000, exact: true } }],
    ['rateLimits.claim.name', { claim: { requests: 1, perSeconds: 60, exact: true } }],
    ['rateLimits to be', { adress: { requests: 1, perSeconds: 60 } }],
    ['RATE_LIMIT_ADDRESS', { address: { requests: 1, perSeconds: 60 } }],
    ['RATE_LIMIT_AUTHENTICATION', { failedAuthentication: { requests: 1, perSeconds: 60 } }],
  ])('that are wrong are named: %s', async (name, rateLimits) => {
    const response = await deployed(rateLimits as RateLimitOptions)('/graphql', asking({}));
    const { errors } = await response.json<{ errors: [{ message: string }] }>();
    expect([response.status, errors[0].message]).toEqual([500, expect.stringContaining(name)]);
  });

  it('need an object where they are exact', async () => {
    const response = await deployed({ caller: exactly(1) }, {})('/graphql', asking({}));
    expect(await response.text()).toContain('RATE_LIMITER');
  });
});
