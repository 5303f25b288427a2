import { exportJWK, generateKeyPair, importJWK, SignJWT, UnsecuredJWT } from 'jose';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { AuthenticateOptions, JwtOptions } from '../../../src/index.ts';
import { confirmed } from '../../support/operator/confirmed.ts';
import { failureOf, graphql, type Send, shopWithoutRules, shopWorker } from '../support.ts';

const SECRET = 'a secret that both sides of these tests share';
const OPERATOR_TOKEN = '0123456789abcdef0123456789abcdef';
const ISSUER = 'https://issuer.example';
const AUDIENCE = 'shop';
const SHARED: JwtOptions = { keys: { secret: SECRET }, algorithms: ['HS256'], issuer: ISSUER, audience: AUDIENCE };

const QUERY = graphql('{ __typename }');

/** A deployed Worker. */
const deployed = (authenticate?: AuthenticateOptions, variables: object = {}): Send =>
  shopWorker({ ...variables }, { model: shopWithoutRules, ...(authenticate && { authenticate }) });

const withToken = (token: string): RequestInit => ({
  ...QUERY,
  headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
});

/** Who the Worker takes the sender for: only operators get further, and refusals name the role. */
async function callerOf(send: Send, init: RequestInit): Promise<string> {
  const response = await send('/graphql', init);
  if (response.status === 200) return 'operator';
  const { status, message } = await failureOf(response);
  return status === 403 ? /but got "(.*)"/.exec(message)![1]! : `${status}: ${message}`;
}

const bytes = (text: string) => new TextEncoder().encode(text);
const nowSeconds = () => Math.floor(Date.now() / 1_000);

interface TokenParts {
  readonly claims?: Record<string, unknown>;
  readonly header?: Record<string, unknown>;
  readonly secret?: string;
}

const token = ({ claims = {}, header = {}, secret = SECRET }: TokenParts = {}): Promise<string> =>
  new SignJWT({ iss: ISSUER, aud: AUDIENCE, exp: nowSeconds() + 600, role: 'customer', ...claims })
    .setProtectedHeader({ alg: 'HS256', ...header })
    .sign(bytes(secret));

describe('a deployed Worker of which nothing is configured', () => {
  it('refuses everyone, and logs once how to configure it', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const send = deployed();
    for (const init of [QUERY, withToken(await token()), withToken(`shardql_${'0'.repeat(64)}`)]) {
      const response = await send('/graphql', init);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await failureOf(response)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    }
    expect(log.mock.calls.map(([line]) => JSON.parse(line))).toEqual([
      expect.objectContaining({
        event: 'authentication-missing',
        message: expect.stringContaining('SHARDQL_OPERATOR_TOKEN'),
      }),
    ]);
    log.mockRestore();
  });
});

describe('the operators’ token', () => {
  const send = deployed(undefined, { SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN });

  it('makes operators, on all paths', async () => {
    expect(await callerOf(send, withToken(OPERATOR_TOKEN))).toBe('operator');
    const { headers } = withToken(OPERATOR_TOKEN);
    for (const path of ['/status', '/schema', '/metrics', '/import']) {
      expect((await send(path, { headers: headers! })).status).toBe(200);
      expect((await send(path)).status).toBe(401);
    }
  });

  it.each([
    ['another', withToken(OPERATOR_TOKEN.replace('0', '1'))],
    ['a longer one', withToken(`${OPERATOR_TOKEN}0`)],
    ['a shorter one', withToken(OPERATOR_TOKEN.slice(0, -1))],
    ['another scheme', { ...QUERY, headers: { authorization: `Basic ${btoa(`operator:${OPERATOR_TOKEN}`)}` } }],
    ['no scheme', { ...QUERY, headers: { authorization: OPERATOR_TOKEN } }],
    ['two tokens', { ...QUERY, headers: { authorization: `Bearer ${OPERATOR_TOKEN}, Bearer ${OPERATOR_TOKEN}` } }],
    ['an empty one', { ...QUERY, headers: { authorization: 'Bearer ' } }],
    ['a very long one', withToken('a'.repeat(10_000))],
    ['none', QUERY],
  ] as const)('is not %s', async (_, init) => {
    expect(await callerOf(send, init)).toMatch(/^401: /);
  });

  it('has characters that a header can carry', async () => {
    const variables = { SHARDQL_OPERATOR_TOKEN: `${OPERATOR_TOKEN} with words` };
    const failed = await failureOf(await deployed(undefined, variables)('/graphql', QUERY));
    expect(failed).toMatchObject({ status: 500, message: expect.stringContaining('other characters') });
    expect(failed.message).not.toContain(OPERATOR_TOKEN);
  });

  it('is not quoted if it is too short', async () => {
    const failed = await failureOf(await deployed(undefined, { SHARDQL_OPERATOR_TOKEN: 'hunter2' })('/graphql', QUERY));
    expect(failed).toMatchObject({ status: 500, message: expect.stringContaining('at least 32 characters') });
    expect(failed.message).not.toContain('hunter2');
  });
});

describe('a JWT', () => {
  const send = deployed({ jwt: SHARED });

  it('names its caller', async () => {
    expect(await callerOf(send, withToken(await token()))).toBe('customer');
    expect(await callerOf(send, withToken(await token({ claims: { aud: ['other', AUDIENCE] } })))).toBe('customer');
  });

  it('may be off by the leeway, and no more', async () => {
    expect(await callerOf(send, withToken(await token({ claims: { exp: nowSeconds() - 20 } })))).toBe('customer');
    expect(await callerOf(send, withToken(await token({ claims: { nbf: nowSeconds() + 20 } })))).toBe('customer');
    const strict = deployed({ jwt: { ...SHARED, leewaySeconds: 0 } });
    expect(await callerOf(strict, withToken(await token({ claims: { exp: nowSeconds() - 2 } })))).toContain('expired');
  });

  it('is verified once, however clients write the header', async () => {
    const verify = vi.spyOn(crypto.subtle, 'verify');
    onTestFinished(() => verify.mockRestore());
    const own = deployed({ jwt: SHARED });
    const text = await token();
    for (const authorization of [`bearer ${text}`, `Bearer ${text}`, `BEARER   ${text}`]) {
      expect(await callerOf(own, { ...QUERY, headers: { ...QUERY.headers, authorization } })).toBe('customer');
    }
    expect(verify).toHaveBeenCalledTimes(1);
  });

  it('that is remembered ends with its time', async () => {
    const short = await token({ claims: { exp: nowSeconds() + 1 } });
    const strict = deployed({ jwt: { ...SHARED, leewaySeconds: 0 } });
    expect(await callerOf(strict, withToken(short))).toBe('customer');
    await scheduler.wait(1_100);
    expect(await callerOf(strict, withToken(short))).toContain('expired');
  });

  const tampered = async (change: (parts: string[]) => string[]) => change((await token()).split('.')).join('.');
  const encoded = (value: object) => btoa(JSON.stringify(value)).replace(/=+$/, '');

  it.each<[string, () => string | Promise<string>]>([
    ['another secret', () => token({ secret: `${SECRET}.` })],
    ['another issuer', () => token({ claims: { iss: 'https://evil.example' } })],
    ['no issuer', () => token({ claims: { iss: undefined } })],
    ['another audience', () => token({ claims: { aud: 'other' } })],
    ['no audience', () => token({ claims: { aud: undefined } })],
    ['no end', () => token({ claims: { exp: undefined } })],
    ['an end that has passed', () => token({ claims: { exp: nowSeconds() - 31 } })],
    ['an end as text', () => token({ claims: { exp: '9999999999' } })],
    ['a beginning that is to come', () => token({ claims: { nbf: nowSeconds() + 60 } })],
    ['another hash', () => token({ header: { alg: 'HS512' } })],
    ['no signature', () => new UnsecuredJWT({ iss: ISSUER, aud: AUDIENCE, role: 'customer' }).encode()],
    [
      'the algorithm none, and a signature',
      () => tampered(([, body, mark]) => [encoded({ alg: 'none' }), body!, mark!]),
    ],
    ['the algorithm NONE', () => tampered(([, body]) => [encoded({ alg: 'NONE' }), body!, ''])],
    ['another body', () => tampered(([head, , mark]) => [head!, encoded({ iss: ISSUER, role: 'admin' }), mark!])],
    ['half a signature', () => tampered(([head, body, mark]) => [head!, body!, mark!.slice(0, 20)])],
    ['no third part', () => tampered(([head, body]) => [head!, body!])],
    ['a fourth part', () => tampered((parts) => [...parts, 'a'])],
    ['a header that is no JSON', () => tampered(([, body, mark]) => [btoa('{').replace(/=+$/, ''), body!, mark!])],
    ['a body that is a list', () => tampered(([head, , mark]) => [head!, encoded([ISSUER]), mark!])],
    [
      'a critical header that is unknown',
      () =>
        token({ header: { crit: ['exp2'], exp2: 1 } }).catch(() =>
          tampered(([, body, mark]) => [encoded({ alg: 'HS256', crit: ['exp2'], exp2: 1 }), body!, mark!]),
        ),
    ],
    ['no role', () => token({ claims: { role: undefined } })],
    ['a role that is no text', () => token({ claims: { role: ['customer'] } })],
    ['an empty role', () => token({ claims: { role: '' } })],
    ['the role operator', () => token({ claims: { role: 'operator' } })],
    ['the role developer', () => token({ claims: { role: 'developer' } })],
    ['the role system', () => token({ claims: { role: 'system' } })],
    ['the role anonymous', () => token({ claims: { role: 'anonymous' } })],
    ['nothing in it', () => '..'],
  ])('with %s is refused', async (_, make) => {
    expect(await callerOf(send, withToken(await make()))).toMatch(/^401: /);
  });

  it('without an end is told so', async () => {
    expect(await callerOf(send, withToken(await token({ claims: { exp: undefined } })))).toContain('has no exp');
  });

  it('becomes an operator only by the mapping', async () => {
    const caller: AuthenticateOptions['caller'] = ({ sub }) => (sub === 'root' ? { role: 'operator' } : null);
    const mapped = deployed({ jwt: SHARED, caller });
    expect(await callerOf(mapped, withToken(await token({ claims: { sub: 'root' } })))).toBe('operator');
    expect(await callerOf(mapped, withToken(await token({ claims: { sub: 'other', role: 'operator' } })))).toMatch(
      /^401/,
    );
    const wrong = deployed({ jwt: SHARED, caller: () => ({ role: 'developer' }) });
    expect(await callerOf(wrong, withToken(await token()))).toMatch(/^401/);
  });

  it.each([
    ['algorithms', { algorithms: [] }],
    ['algorithms', { algorithms: ['none'] }],
    ['algorithms', { algorithms: ['RS256'] }],
    ['issuer', { issuer: '' }],
    ['audience', { audience: undefined }],
    ['secret', { keys: { secret: 'short' } }],
    ['jwksUrl', { keys: { jwksUrl: 'http://issuer.example/keys' }, algorithms: ['RS256'] }],
    ['jwksUrl', { keys: { jwksUrl: 'no address' }, algorithms: ['RS256'] }],
    ['algorithms', { keys: { jwksUrl: 'https://issuer.example/keys' }, algorithms: ['HS256'] }],
    ['leewaySeconds', { leewaySeconds: 3_600 }],
  ])('is not accepted by wrong options: %s', async (name, wrong) => {
    const { status, message } = await failureOf(
      await deployed({ jwt: { ...SHARED, ...wrong } as JwtOptions })('/graphql', QUERY),
    );
    expect(status).toBe(500);
    expect(message).toContain(`authenticate.jwt.${name === 'secret' || name === 'jwksUrl' ? `keys.${name}` : name}`);
  });
});

describe('keys of an issuer', async () => {
  const first = await generateKeyPair('RS256', { extractable: true });
  const second = await generateKeyPair('RS256', { extractable: true });
  const publicOf = async (pair: typeof first, kid: string) => ({
    ...(await exportJWK(pair.publicKey)),
    kid,
    alg: 'RS256',
  });
  const remote: JwtOptions = {
    keys: { jwksUrl: 'https://issuer.example/jwks.json' },
    algorithms: ['RS256'],
    issuer: ISSUER,
    audience: AUDIENCE,
  };
  const signed = (pair: typeof first, kid: string, header: object = {}) =>
    new SignJWT({ iss: ISSUER, aud: AUDIENCE, exp: nowSeconds() + 600, role: 'customer' })
      .setProtectedHeader({ alg: 'RS256', kid, ...header })
      .sign(pair.privateKey);

  let published: () => Promise<Response>;
  const fetched = vi.fn(async (_url: unknown) => published());
  beforeEach(async () => {
    fetched.mockClear();
    vi.stubGlobal('fetch', fetched);
    const keys = [await publicOf(first, 'a')];
    published = async () => Response.json({ keys });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('are fetched once for all requests', async () => {
    const send = deployed({ jwt: remote });
    for (let index = 0; index < 3; index++) {
      // A new token each time: the one before is remembered.
      expect(await callerOf(send, withToken(await signed(first, 'a', { typ: `${index}` })))).toBe('customer');
    }
    expect(fetched.mock.calls.map(([url]) => String(url))).toEqual(['https://issuer.example/jwks.json']);
  });

  it('are fetched again for a key that is new, at most every 30 s', async () => {
    const send = deployed({ jwt: remote });
    expect(await callerOf(send, withToken(await signed(first, 'a')))).toBe('customer');
    const keys = [await publicOf(first, 'a'), await publicOf(second, 'b')];
    published = async () => Response.json({ keys });
    const rotated = withToken(await signed(second, 'b'));
    for (let index = 0; index < 3; index++) expect(await callerOf(send, rotated)).toContain('does not name');
    expect(fetched).toHaveBeenCalledTimes(1);
    vi.useFakeTimers({ now: Date.now() + 31_000, toFake: ['Date'] });
    expect(await callerOf(send, rotated)).toBe('customer');
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  it('that cannot be fetched are no fault of the token, and those who are known stay so', async () => {
    const log = vi.spyOn(console, 'warn').mockImplementation(() => {});
    const send = deployed({ jwt: remote });
    const known = withToken(await signed(first, 'a'));
    expect(await callerOf(send, known)).toBe('customer');
    for (const outage of [
      () => new Response('', { status: 500 }),
      () => Response.json({}),
      () => new Response('<html>'),
    ]) {
      published = async () => outage();
      const fresh = deployed({ jwt: remote });
      const response = await fresh('/graphql', known);
      expect(response.headers.get('retry-after')).toBe('5');
      expect(await failureOf(response)).toMatchObject({ status: 503, code: 'UNAUTHENTICATED' });
      expect(await callerOf(send, known)).toBe('customer');
    }
    const events = log.mock.calls.map(([line]) => JSON.parse(line)).filter(({ event }) => event !== 'denial');
    expect(events.map(({ event }) => event)).toEqual(Array(3).fill('jwks-not-fetched'));
    // They are no denials.
    expect(JSON.stringify(log.mock.calls)).not.toContain('UNAUTHENTICATED');
    log.mockRestore();
  });

  it.each<[string, () => Promise<string>]>([
    ['by a key of nobody', () => signed(second, 'a')],
    [
      'with a key that the token brings along',
      async () => signed(second, 'a', { jwk: await exportJWK(second.publicKey) }),
    ],
    ['with a key set that the token names', () => signed(second, 'z', { jku: 'https://evil.example/jwks.json' })],
    ['with a certificate that the token names', () => signed(second, 'z', { x5u: 'https://evil.example/cert.pem' })],
    ['with a key id that is a path', () => signed(second, '../../dev/null')],
    [
      'with the public key as a shared secret',
      async () =>
        new SignJWT({ iss: ISSUER, aud: AUDIENCE, exp: nowSeconds() + 600, role: 'customer' })
          .setProtectedHeader({ alg: 'HS256', kid: 'a' })
          .sign((await importJWK({ kty: 'oct', k: (await exportJWK(first.publicKey)).n! }, 'HS256')) as Uint8Array),
    ],
  ])('refuse a token signed %s', async (_, make) => {
    expect(await callerOf(deployed({ jwt: remote }), withToken(await make()))).toMatch(/^401: /);
    expect(fetched.mock.calls.every(([url]) => String(url) === 'https://issuer.example/jwks.json')).toBe(true);
  });

  it('are those of one issuer each', async () => {
    const failed = await failureOf(await deployed({ jwt: [remote, SHARED] })('/graphql', QUERY));
    expect(failed).toMatchObject({ status: 500, message: expect.stringContaining('authenticate.jwt.issuer') });
  });

  it('are kept for 10 minutes', async () => {
    const send = deployed({ jwt: remote });
    expect(await callerOf(send, withToken(await signed(first, 'a')))).toBe('customer');
    vi.useFakeTimers({ now: Date.now() + 599_000, toFake: ['Date'] });
    expect(await callerOf(send, withToken(await signed(first, 'a')))).toBe('customer');
    expect(fetched).toHaveBeenCalledTimes(1);
    vi.useFakeTimers({ now: Date.now() + 2_000, toFake: ['Date'] });
    expect(await callerOf(send, withToken(await signed(first, 'a')))).toBe('customer');
    expect(fetched).toHaveBeenCalledTimes(2);
  });

  it('are chosen by the issuer that a token names', async () => {
    const both = deployed({ jwt: [remote, { ...SHARED, issuer: 'https://other.example' }] });
    expect(await callerOf(both, withToken(await signed(first, 'a')))).toBe('customer');
    expect(await callerOf(both, withToken(await token({ claims: { iss: 'https://other.example' } })))).toBe('customer');
    // By the shared secret, in the name of the other issuer.
    expect(await callerOf(both, withToken(await token()))).toMatch(/^401: /);
  });
});

describe('a scheme of one’s own', () => {
  const byCookie: AuthenticateOptions = {
    jwt: SHARED,
    request: (request) => {
      const [, name] = /^user=(\w+)$/.exec(request.headers.get('cookie') ?? '') ?? [];
      return name === undefined ? null : { sub: name, role: 'member' };
    },
  };
  const cookie = { ...QUERY, headers: { 'content-type': 'application/json', cookie: 'user=ann' } };

  it('is asked where there is no token', async () => {
    const send = deployed(byCookie);
    expect(await callerOf(send, cookie)).toBe('member');
    expect(await callerOf(send, QUERY)).toMatch(/^401: /);
    expect(await callerOf(send, withToken(await token()))).toBe('customer');
  });

  it('may say nothing by undefined as by null', async () => {
    expect(await callerOf(deployed({ request: () => undefined as never }), QUERY)).toMatch(/^401: /);
  });

  it('is asked about tokens of other issuers, and they are never anonymous', async () => {
    const request: AuthenticateOptions['request'] = (asked) =>
      asked.headers.get('authorization') === 'Bearer opaque-1' ? { role: 'partner' } : null;
    const send = deployed({ jwt: SHARED, request });
    expect(await callerOf(send, withToken('opaque-1'))).toBe('partner');
    expect(await callerOf(send, withToken('opaque-2'))).toContain('credential that is known');
  });

  it('that throws refuses the request, and shows nothing of why', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => {});
    const send = deployed({
      request: () => {
        throw new Error('the session store is at 10.0.0.7');
      },
    });
    const failed = await failureOf(await send('/graphql', QUERY));
    expect(failed).toMatchObject({ status: 500, message: 'Internal server error.' });
    log.mockRestore();
  });

  it('gets the bindings of the Worker', async () => {
    const send = shopWorker(
      { SESSION_ROLE: 'guest' },
      {
        authenticate: (env) => ({
          request: () => ({ role: String((env as object as { SESSION_ROLE: string }).SESSION_ROLE) }),
        }),
      },
    );
    expect(await callerOf(send, QUERY)).toBe('guest');
  });
});

describe('an API key', () => {
  const variables = { SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN };

  async function operate(query: string, values: object = {}, as = OPERATOR_TOKEN) {
    const send = deployed(undefined, variables);
    const response = await send('/operator', {
      ...withToken(as),
      body: JSON.stringify({ query, variables: values }),
    });
    // biome-ignore lint/suspicious/noExplicitAny: of any query.
    return await response.json<any>();
  }

  const asked = async (query: string) => ({ errors: [], ...(await operate(query)) });

  const CREATE = `mutation ($name: String!, $role: String!, $claims: JSON, $expiresAt: String) {
    createApiKey(name: $name, role: $role, claims: $claims, expiresAt: $expiresAt)
  }`;

  const create = async (name: string, more: object = {}): Promise<string> =>
    (await operate(CREATE, { name, role: 'partner', ...more })).data.createApiKey;

  it('is a credential from its creation on, in every isolate', async () => {
    const key = await create('a', { claims: { tenantId: 't1' } });
    expect(await callerOf(deployed(undefined, variables), withToken(key))).toBe('partner');
    const operator = await create('ops', { role: 'operator' });
    expect(await callerOf(deployed(undefined, variables), withToken(operator))).toBe('operator');
    const { data } = await operate('{ apiKeys { name role claims expiresAt revokedAt } }');
    expect(data.apiKeys).toEqual([
      { name: 'a', role: 'partner', claims: { tenantId: 't1' }, expiresAt: null, revokedAt: null },
      { name: 'ops', role: 'operator', claims: {}, expiresAt: null, revokedAt: null },
    ]);
  });

  it('may have claims that are written in the document', async () => {
    const query = 'mutation { createApiKey(name: "inline", role: "partner", claims: { a: { b: [{ c: 1 }] } }) }';
    const key = (await operate(query)).data.createApiKey;
    expect(await callerOf(deployed(undefined, variables), withToken(key))).toBe('partner');
    const { apiKeys } = (await operate('{ apiKeys { name claims } }')).data;
    expect(apiKeys).toContainEqual({ name: 'inline', claims: { a: { b: [{ c: 1 }] } } });
  });

  it('that is revoked is refused: at once by isolates that do not know it, by others after apiKeySeconds', async () => {
    const key = await create('r');
    const remembering = deployed({ apiKeySeconds: 30 }, variables);
    expect(await callerOf(remembering, withToken(key))).toBe('partner');
    const { data } = await confirmed(asked, 'revokeApiKey(name: "r")', 'apiKey { name }');
    expect(data).toEqual({ revokeApiKey: { apiKey: { name: 'r' } } });
    expect(await callerOf(deployed(undefined, variables), withToken(key))).toMatch(/^401: /);
    expect(await callerOf(remembering, withToken(key))).toBe('partner');
    vi.useFakeTimers({ now: Date.now() + 30_000, toFake: ['Date'] });
    expect(await callerOf(remembering, withToken(key))).toMatch(/^401: /);
    vi.useRealTimers();
    // The name is free again, and the old key stays refused.
    const next = await create('r');
    expect(await callerOf(deployed(undefined, variables), withToken(next))).toBe('partner');
    expect(await callerOf(deployed(undefined, variables), withToken(key))).toMatch(/^401: /);
  });

  it('ends when it expires, also where it is remembered', async () => {
    const key = await create('e', { expiresAt: new Date(Date.now() + 5_000).toISOString() });
    const send = deployed(undefined, variables);
    expect(await callerOf(send, withToken(key))).toBe('partner');
    vi.useFakeTimers({ now: Date.now() + 5_000, toFake: ['Date'] });
    expect(await callerOf(send, withToken(key))).toMatch(/^401: /);
    vi.useRealTimers();
  });

  it('is stored as its hash alone', async () => {
    const key = await create('h');
    const shown = JSON.stringify(await operate('{ apiKeys { name role claims createdAt expiresAt revokedAt } }'));
    expect(shown).not.toContain(key.slice('shardql_'.length));
  });

  it.each([
    ['name', { name: '' }],
    ['name', { name: 'a b' }],
    ['name', { name: 'x'.repeat(65) }],
    ['role', { role: 'developer' }],
    ['role', { role: 'system' }],
    ['role', { role: 'anonymous' }],
    ['role', { role: '' }],
    ['claims', { claims: [] }],
    ['claims', { claims: 'tenantId=t1' }],
    ['claims', { claims: { role: 'operator' } }],
    ['claims', { claims: { a: 'x'.repeat(5_000) } }],
    ['expiresAt', { expiresAt: 'tomorrow' }],
    ['expiresAt', { expiresAt: '2020-01-01' }],
    ['expiresAt', { expiresAt: '2030-13-01' }],
    ['expiresAt', { expiresAt: '2030-02-30' }],
    ['expiresAt', { expiresAt: '2030-02-30T00:00:00Z' }],
  ])('is not created with a wrong %s: %j', async (_, wrong) => {
    const { data, errors } = await operate(CREATE, { name: 'wrong', role: 'partner', ...wrong });
    expect(data).toEqual({ createApiKey: null });
    expect(errors[0].extensions.code).toBe('BAD_USER_INPUT');
    const { apiKeys } = (await operate('{ apiKeys { name } }')).data;
    expect(apiKeys.map(({ name }: { name: string }) => name)).not.toContain('wrong');
  });

  it('has a name of its own, and revoking needs one', async () => {
    await create('twice');
    expect((await operate(CREATE, { name: 'twice', role: 'partner' })).errors[0].extensions.code).toBe(
      'UNIQUE_VIOLATION',
    );
    const { errors } = await confirmed(asked, 'revokeApiKey(name: "twic")', 'apiKey { name }');
    expect(errors).toMatchObject([
      { message: expect.stringMatching(/Did you mean "twice"\?$/), extensions: { code: 'NOT_FOUND' } },
    ]);
  });

  it('of another role than operator creates none', async () => {
    const key = await create('weak');
    const { errors } = await operate(CREATE, { name: 'more', role: 'operator' }, key);
    expect(errors[0].extensions.code).toBe('FORBIDDEN');
  });

  it('cannot be verified while the catalog is away: retryable, and those who are known stay so', async () => {
    const key = await create('away');
    const broken = { idFromName: () => 'x', get: () => ({ apiKey: () => Promise.reject(new Error('away')) }) };
    const send = deployed(undefined, { ...variables, CATALOG: broken });
    expect(await failureOf(await send('/graphql', withToken(key)))).toMatchObject({
      status: 503,
      code: 'SHARD_UNAVAILABLE',
    });
    expect(await callerOf(send, withToken(OPERATOR_TOKEN))).toBe('operator');
  });
});

describe('the developer role', () => {
  it('gives way to a credential, and a wrong one is refused there too', async () => {
    const send = deployed({ jwt: SHARED }, { SHARDQL_DEVELOPMENT: 'true' });
    expect(await callerOf(send, QUERY)).toBe('operator');
    expect(await callerOf(send, withToken(await token()))).toBe('customer');
    expect(await callerOf(send, withToken(await token({ secret: `${SECRET}.` })))).toMatch(/^401: /);
  });
});
