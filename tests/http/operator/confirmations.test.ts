import { afterEach, describe, expect, it, vi } from 'vitest';
import { postGraphQL } from '../../support/graphql.ts';
import { type Send, shopWorker } from '../support.ts';

const OPERATOR_TOKEN = '0123456789abcdef0123456789abcdef';
const deployed = (): Send => shopWorker({ SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN }, { authenticate: {} });

const askAs = (send: Send, credential: string) => (query: string) =>
  postGraphQL('/operator', query, {}, { authorization: `Bearer ${credential}` }, send);

/** An operator, by the token or an API key of their own. */
async function operators(name: string) {
  const byToken = askAs(deployed(), OPERATOR_TOKEN);
  const { data } = await byToken(`mutation { createApiKey(name: "${name}", role: "operator") }`);
  return { byToken, byKey: askAs(deployed(), data.createApiKey) };
}

type Ask = ReturnType<typeof askAs>;

async function previewed(ask: Ask, key: string): Promise<string> {
  const { data, errors } = await ask(
    `mutation { revokeApiKey(name: "${key}", preview: true) { preview { name } apiKey { name } confirmation { token expiresAt } } }`,
  );
  expect(errors).toEqual([]);
  const { preview, apiKey, confirmation } = data.revokeApiKey;
  expect([preview, apiKey]).toEqual([{ name: key }, null]);
  expect(Date.parse(confirmation.expiresAt) - Date.now()).toBeGreaterThan(590_000);
  return confirmation.token;
}

const revoke = (ask: Ask, key: string, token: string | null) =>
  ask(
    `mutation { revokeApiKey(name: "${key}", confirmation: ${JSON.stringify(token)}) { preview { name } apiKey { name revokedAt } } }`,
  );

async function problemOf(answer: ReturnType<Ask>): Promise<unknown> {
  const { data, errors } = await answer;
  expect(data).toEqual({ revokeApiKey: null });
  expect(errors).toHaveLength(1);
  const { message, extensions } = errors[0]!;
  expect(extensions).toMatchObject({ code: 'CONFIRMATION_REFUSED', retryable: false });
  expect(message).toMatch(/^Expected the confirmation of a preview .* but got .* Ask with preview: true/);
  return extensions?.problem;
}

const create = (ask: Ask, name: string) => ask(`mutation { createApiKey(name: "${name}", role: "customer") }`);

afterEach(() => void vi.useRealTimers());

describe('what cannot simply be taken back', () => {
  it('is done with the confirmation of its preview, in any isolate, and shows what it did', async () => {
    const { byToken } = await operators('c1');
    await create(byToken, 'done');
    const token = await previewed(byToken, 'done');
    const { data, errors } = await revoke(askAs(deployed(), OPERATOR_TOKEN), 'done', token);
    expect(errors).toEqual([]);
    expect(data.revokeApiKey).toEqual({
      preview: null,
      apiKey: { name: 'done', revokedAt: expect.stringMatching(/^20/) },
    });
  });

  it('is refused without one, with a made-up or cut one, and with that of other arguments or callers', async () => {
    const { byToken, byKey } = await operators('c2');
    await create(byToken, 'kept');
    await create(byToken, 'other');
    const token = await previewed(byToken, 'kept');
    expect(await problemOf(revoke(byToken, 'kept', null))).toBe('MISSING');
    const [mark, , digest, signature] = token.split('.');
    const later = (Date.now() + 1e9).toString(36);
    for (const made of ['', 'x', '…', token.slice(0, -1), `${token}.`, [mark, later, digest, signature].join('.')]) {
      expect(await problemOf(revoke(byToken, 'kept', made)), made).toBe('OTHER');
    }
    expect(await problemOf(revoke(byToken, 'other', token))).toBe('OTHER');
    expect(await problemOf(revoke(byKey, 'kept', token))).toBe('OTHER');
    expect(await problemOf(revoke(byToken, 'kept', await previewed(byKey, 'kept')))).toBe('OTHER');
    const { data } = await byToken('{ apiKeys { name revokedAt } }');
    for (const name of ['kept', 'other']) expect(data.apiKeys).toContainEqual({ name, revokedAt: null });
  });

  it('is refused with one of another action', async () => {
    const { byToken } = await operators('c3');
    const { data } = await byToken(
      'mutation { unplaceShardKeys(shardKeys: ["c3"], type: "Tenant", preview: true) { placements { shardKey } confirmation { token } } }',
    );
    expect(data.unplaceShardKeys.placements).toEqual([{ shardKey: 'c3' }]);
    await create(byToken, 'c3-key');
    expect(await problemOf(revoke(byToken, 'c3-key', data.unplaceShardKeys.confirmation.token))).toBe('OTHER');
  });

  it('is refused after ten minutes', async () => {
    const { byToken } = await operators('c4');
    await create(byToken, 'late');
    const token = await previewed(byToken, 'late');
    const now = Date.now();
    vi.useFakeTimers({ now: now + 599_000, toFake: ['Date'] });
    const { data } = await byToken('{ apiKeys { name } }');
    expect(data.apiKeys).toContainEqual({ name: 'late' });
    vi.setSystemTime(now + 601_000);
    expect(await problemOf(revoke(byToken, 'late', token))).toBe('EXPIRED');
    vi.setSystemTime(now + 599_000);
    expect((await revoke(byToken, 'late', token)).errors).toEqual([]);
  });

  it('is refused where the state is another one than people have seen: a name that is taken again, say', async () => {
    const { byToken } = await operators('c5');
    await create(byToken, 'again');
    const token = await previewed(byToken, 'again');
    await revoke(byToken, 'again', await previewed(byToken, 'again'));
    await new Promise((resolve) => setTimeout(resolve, 2));
    await create(byToken, 'again');
    expect(await problemOf(revoke(byToken, 'again', token))).toBe('STALE');
    expect((await revoke(byToken, 'again', await previewed(byToken, 'again'))).errors).toEqual([]);
  });

  it('is a preview, or has a confirmation, but not both', async () => {
    const { byToken } = await operators('c6');
    const { errors } = await byToken(
      'mutation { revokeApiKey(name: "c6", preview: true, confirmation: "x") { preview { name } } }',
    );
    expect(errors).toMatchObject([
      {
        message: expect.stringMatching(/^Expected preview: true or a confirmation, but got both/),
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });
});
