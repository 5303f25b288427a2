/**
 * Attacks on tokens and keys. Each is refused with 401 on a path where the caller it claims to be would get another status, and leaves no
 * secret in the answer or the log.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AuthenticateOptions } from '../../../src/index.ts';
import { confirmed } from '../../support/operator/confirmed.ts';
import { failureOf, graphql, type Send, shopWithoutRules, shopWorker } from '../support.ts';
import { CLAIMS, FORMS, PARTIES, TIMES } from './tokens/content-attacks.ts';
import {
  type Attack,
  AUDIENCE,
  byEc,
  byRsa,
  issuers,
  JWKS,
  nextRsa,
  OPERATOR_TOKEN,
  published,
  SECRET,
  seconds,
  shared,
  sharedText,
} from './tokens/issuers.ts';
import { ALGORITHMS, KEYS, SIGNATURES } from './tokens/signature-attacks.ts';

const NO_KEYS: readonly Attack[] = [
  ['of nobody', () => `shardql_${'0'.repeat(64)}`],
  ['too short', () => 'shardql_'],
  ['a wildcard', () => 'shardql_%'],
  [
    'the hash of the operators’ token',
    async () => {
      const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(OPERATOR_TOKEN));
      return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    },
  ],
  ['the operators’ token in upper case', () => OPERATOR_TOKEN.toUpperCase()],
  ['the operators’ token and a character', () => `${OPERATOR_TOKEN}0`],
];

describe('attacks on credentials', () => {
  const fetched: string[] = [];
  const logged: string[] = [];
  const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) =>
    vi.spyOn(console, name).mockImplementation((...words: unknown[]) => {
      logged.push(words.map(String).join(' '));
    }),
  );
  let send: Send;

  beforeAll(() => {
    vi.stubGlobal('fetch', async (input: RequestInfo | URL) => {
      const url = input instanceof Request ? input.url : String(input);
      fetched.push(url);
      const set = JWKS.get(url);
      return set === undefined ? new Response('', { status: 404 }) : Response.json({ keys: published[set] });
    });
    const authenticate: AuthenticateOptions = { jwt: issuers, apiKeySeconds: 0 };
    send = shopWorker({ SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN }, { authenticate, model: shopWithoutRules });
  });
  afterAll(() => {
    vi.unstubAllGlobals();
    for (const spy of spies) spy.mockRestore();
  });

  const bearer = (token: string): Record<string, string> => ({ authorization: `Bearer ${token}` });

  /** Whoever is let in gets another status there: operators 200, other roles 403. */
  const statusOf = async (headers: HeadersInit, path = '/status') => (await send(path, { headers })).status;

  async function expectRefused(headers: HeadersInit, secrets: readonly string[], path = '/status'): Promise<void> {
    logged.length = 0;
    for (const response of [
      await send(path, { headers }),
      await send('/operator', { ...graphql('{ __typename }'), headers }),
    ]) {
      const shown = JSON.stringify([...response.headers]) + (await response.clone().text());
      expect(await failureOf(response)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      for (const secret of [SECRET, OPERATOR_TOKEN, ...secrets.filter(({ length }) => length > 15)]) {
        expect(shown).not.toContain(secret);
        expect(logged.join('\n')).not.toContain(secret);
      }
    }
    // Nobody can fill the log with tokens that are not valid.
    expect(logged.filter((line) => line.includes('jwks-not-fetched'))).toEqual([]);
  }

  it('are made on credentials that are accepted as they are', async () => {
    for (const token of [
      await shared(),
      await byRsa(),
      await byRsa({ key: nextRsa.privateKey, header: { kid: 'b' } }),
      await byEc(),
    ]) {
      expect(await statusOf(bearer(token))).toBe(403);
    }
    expect(
      await statusOf(bearer(await shared({ aud: ['https://other.example', AUDIENCE], iat: seconds() + 20 }))),
    ).toBe(403);
    expect(await statusOf(bearer(OPERATOR_TOKEN))).toBe(200);
    expect(await statusOf({ authorization: `bEARER   ${await shared()}` })).toBe(403);
  });

  it.each<readonly [string, readonly Attack[], number]>([
    ['algorithm', ALGORITHMS, 30],
    ['signature', SIGNATURES, 20],
    ['key', KEYS, 23],
    ['time', TIMES, 13],
    ['party', PARTIES, 21],
    ['form', FORMS, 26],
    ['claim', CLAIMS, 17],
    ['no key', NO_KEYS, 6],
  ])('are counted: %s', (_, attacks, count) => {
    expect(attacks.length).toBe(count);
    expect(new Set(attacks.map(([name]) => name)).size).toBe(count);
  });

  describe.each<readonly [string, readonly Attack[]]>([
    ['by algorithm', ALGORITHMS],
    ['by signature', SIGNATURES],
    ['by key', KEYS],
    ['by time', TIMES],
    ['by issuer and audience', PARTIES],
    ['by form', FORMS],
    ['by claims', CLAIMS],
    ['by what is no API key', NO_KEYS],
  ])('%s are refused', (_, attacks) => {
    it.each(attacks)('%s', async (_name, make) => {
      const token = await make();
      await expectRefused(bearer(token), [token, ...token.split('.')]);
    });
  });

  it.each<readonly [string, (token: string) => Record<string, string>]>([
    ['in a cookie', (token) => ({ cookie: `token=${token}; authorization=Bearer ${token}` })],
    ['in Proxy-Authorization', (token) => ({ 'proxy-authorization': `Bearer ${token}` })],
    [
      'in X-Access-Token',
      (token) => ({ 'x-access-token': token, 'x-api-key': token, 'x-forwarded-authorization': `Bearer ${token}` }),
    ],
    ['in the session’s header', (token) => ({ 'x-shardql-token': token })],
    ['by no scheme', (token) => ({ authorization: token })],
    ['by another scheme', (token) => ({ authorization: `JWT ${token}` })],
    ['by Basic', (token) => ({ authorization: `Basic ${btoa(`user:${token}`)}` })],
    ['by Bearer twice', (token) => ({ authorization: `Bearer Bearer ${token}` })],
    ['behind a colon', (token) => ({ authorization: `Bearer: ${token}` })],
    ['behind an equals sign', (token) => ({ authorization: `Bearer=${token}` })],
    ['behind a tab', (token) => ({ authorization: `Bearer\t${token}` })],
    ['in quotes', (token) => ({ authorization: `Bearer "${token}"` })],
    ['with a parameter', (token) => ({ authorization: `Bearer ${token}, realm="x"` })],
    ['with a comment', (token) => ({ authorization: `Bearer ${token} (valid)` })],
    ['with a space in it', (token) => ({ authorization: `Bearer ${token.slice(0, 9)} ${token.slice(9)}` })],
    ['percent-encoded', (token) => ({ authorization: `Bearer %${token.charCodeAt(0).toString(16)}${token.slice(1)}` })],
  ])('with a token that is valid, in a wrong place, are refused: %s', async (_, headersOf) => {
    for (const token of [await shared(), OPERATOR_TOKEN]) {
      await expectRefused(headersOf(token), [token]);
    }
  });

  it('with a token in the address are refused', async () => {
    for (const token of [await shared(), OPERATOR_TOKEN]) {
      for (const name of ['access_token', 'token', 'authorization', 'Authorization', 'api_key', 'jwt']) {
        await expectRefused({}, [token], `/status?${name}=${encodeURIComponent(token)}`);
      }
      await expectRefused({}, [token], `/status#access_token=${token}`);
    }
  });

  it('with two Authorization headers are refused, whatever their order', async () => {
    const [good, bad] = [`Bearer ${await shared()}`, 'Bearer wrong'];
    for (const [first, second] of [
      [good, bad],
      [bad, good],
      [good, good],
      [`Bearer ${OPERATOR_TOKEN}`, good],
    ] as const) {
      const headers = new Headers();
      headers.append('authorization', first);
      headers.append('authorization', second);
      await expectRefused(headers, [good.slice(7)]);
    }
  });

  it('with keys that were revoked, have expired, or are another’s are refused', async () => {
    const operate = async (query: string, variables: object) => {
      const init = { method: 'POST', headers: { 'content-type': 'application/json', ...bearer(OPERATOR_TOKEN) } };
      const response = await send('/operator', { ...init, body: JSON.stringify({ query, variables }) });
      // biome-ignore lint/suspicious/noExplicitAny: of any query.
      return (await response.json<any>()).data;
    };
    const create = async (name: string, expiresAt?: string): Promise<string> => {
      const query = `mutation ($name: String!, $expiresAt: String) {
        createApiKey(name: $name, role: "partner", claims: { tenantId: "t1" }, expiresAt: $expiresAt)
      }`;
      return (await operate(query, { name, expiresAt })).createApiKey;
    };
    const [kept, revoked] = [await create('kept'), await create('revoked')];
    const expiring = await create('expiring', new Date(Date.now() + 5_000).toISOString());
    for (const key of [kept, revoked, expiring]) expect(await statusOf(bearer(key))).toBe(403);
    const asked = async (query: string) => ({ data: await operate(query, {}), errors: [] });
    await confirmed(asked, 'revokeApiKey(name: "revoked")', 'apiKey { name }');
    await expectRefused(bearer(revoked), [revoked]);
    vi.useFakeTimers({ now: Date.now() + 5_000, toFake: ['Date'] });
    await expectRefused(bearer(expiring), [expiring]);
    vi.useRealTimers();
    for (const wrong of [
      kept.toUpperCase(),
      kept.replace('shardql_', 'SHARDQL_'),
      kept.slice(0, -1),
      `${kept}0`,
      kept.slice('shardql_'.length),
      `${kept.slice(0, -1)}${kept.endsWith('0') ? '1' : '0'}`,
      `${kept}.${kept}`,
    ]) {
      await expectRefused(bearer(wrong), [kept, wrong]);
    }
    expect(await statusOf(bearer(kept))).toBe(403);
  });

  it('make nobody an operator by a role of almost that name', async () => {
    for (const role of [
      'Operator',
      'OPERATOR',
      'operator ',
      ' operator',
      'operator\u0000',
      '\u043eperator',
      'operator,customer',
    ]) {
      expect([role, await statusOf(bearer(await shared({ role })))]).toEqual([role, 403]);
    }
    const polluting = await sharedText('"role":"customer","__proto__":{"role":"operator","polluted":true}');
    expect(await statusOf(bearer(polluting))).toBe(403);
    expect('polluted' in {}).toBe(false);
  });

  it('fetch nothing from where a token says', () => {
    expect([...new Set(fetched)].sort()).toEqual([...JWKS.keys()].sort());
  });
});
