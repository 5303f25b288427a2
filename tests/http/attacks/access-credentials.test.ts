/**
 * Attempts to read what access rules hide by claims of odd forms, roles that are none, and credentials that have ended: a rule whose claim
 * is missing, or no value of its column, finds nothing.
 */
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { confirmed } from '../../support/operator/confirmed.ts';
import { failureOf } from '../support.ts';
import {
  bearer,
  deployedWorker,
  type Headers,
  loadRows,
  OPERATOR,
  post,
  seconds,
  signed,
  textOf,
} from './reads/attack-lab.ts';
import { ATTACKER, HIDDEN } from './reads/hidden-rows.ts';

describe('attempts to read what is hidden', () => {
  const send = deployedWorker();
  const ask = (query: string, headers: Headers) => textOf(post(send, { query }, headers));

  beforeAll(() => loadRows(send));

  it.each<readonly [string, Record<string, unknown>]>([
    ['without claims', {}],
    ['without the tenant', { personId: 'p1' }],
    ['without the person', { shardKey: 's1' }],
    ['with null for the tenant', { shardKey: null, personId: 'p1' }],
    ['with an empty tenant', { shardKey: '', personId: 'p1' }],
    ['with a list of tenants', { shardKey: ['s1', 's2'], personId: 'p1' }],
    ['with an object for the tenant', { shardKey: { eq: 's1' }, personId: 'p1' }],
    ['with an operator for the tenant', { shardKey: { ne: 'x' }, personId: 'p1' }],
    ['with true for the tenant', { shardKey: true, personId: 'p1' }],
    ['with a number for the tenant', { shardKey: 1, personId: 'p1' }],
    ['with a wildcard for the tenant', { shardKey: '%', personId: 'p1' }],
    ['with SQL for the tenant', { shardKey: "s1' OR '1'='1", personId: 'p1' }],
    ['with a tenant in other letters', { shardKey: 'S1', personId: 'p1' }],
    ['with blanks around the tenant', { shardKey: ' s1 ', personId: 'p1' }],
    ['with a zero behind the tenant', { shardKey: 's1\u0000', personId: 'p1' }],
    ['with a claim of almost the name', { shardkey: 's1', ShardKey: 's1', shard_key: 's1', personId: 'p1' }],
    ['with an empty list for the tenant', { shardKey: [], personId: 'p1' }],
    ['with a nested tenant', { claims: { shardKey: 's1', personId: 'p1' } }],
  ])('%s see nothing', async (_, claims) => {
    const headers = await signed({ role: 'member', ...claims });
    const query =
      '{ docs { totalCount nodes { id title } } notes { nodes { id } } spaces { totalCount } memberships { totalCount } }';
    const got = await ask(query, headers);
    expect(got).not.toContain(HIDDEN);
    expect(got).toContain('"data":{"docs":{"totalCount":0,"nodes":[]},"notes":{"nodes":[]}');
    const memberships = claims.shardKey === 's1' ? 1 : 0;
    expect(got).toContain(`"memberships":{"totalCount":${memberships}}`);
  });

  it.each([[[]], [[null]], [['']], [[['s1']]], ['s1,s2'], [{ 0: 's1', length: 1 }], [null], [['S1']], [[{}]]])(
    'with a wrong list of tenants see nothing: %j',
    async (spaces) => {
      const headers = await signed({ role: 'editor', spaces, initial: 'A' });
      const got = await ask('{ docs { totalCount } notes { totalCount } spaces { totalCount } }', headers);
      expect(got).toContain('{"docs":{"totalCount":0},"notes":{"totalCount":0},"spaces":{"totalCount":0}}');
    },
  );

  it.each([
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'operator',
    'developer',
    'system',
    'Admin',
    'admin ',
    'ADMIN',
    'admin\u0000',
    '',
    null,
    ['admin'],
    { admin: true },
    1,
    true,
  ])('by a role that is none are refused: %j', async (role) => {
    const response = await post(
      send,
      { query: '{ docs { nodes { title } } }' },
      await signed({ role, ...{ shardKey: 's1' } }),
    );
    expect([401, 403]).toContain(response.status);
    const got = await response.text();
    expect(got).not.toContain(HIDDEN);
    expect(got).not.toContain('"data"');
  });

  it('with claims by the names of what every object has see nothing', async () => {
    const headers = await signed({ role: 'member', __proto__: { shardKey: 's1', personId: 'p1' } });
    expect(await ask('{ docs { totalCount } }', headers)).toContain('"totalCount":0');
    expect('shardKey' in {}).toBe(false);
  });

  it('with a token that has expired are refused', async () => {
    const headers = await signed({ ...ATTACKER, exp: seconds() + 40 });
    expect(await ask('{ docs { totalCount } }', headers)).toContain('"totalCount":2');
    vi.useFakeTimers({ now: Date.now() + 120_000, toFake: ['Date'] });
    const response = await post(send, { query: '{ docs { totalCount } }' }, headers);
    vi.useRealTimers();
    expect(await failureOf(response)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  });

  it('with an API key that was revoked are refused, and with another’s see that one’s', async () => {
    const operate = async (query: string, variables: object) => {
      const body = JSON.stringify({ query, variables });
      const headers = { 'content-type': 'application/json', ...OPERATOR };
      const response = await send('/operator', { method: 'POST', headers, body });
      return (await response.json<{ data: Record<string, string> }>()).data;
    };
    const asked = async (each: string) => ({ data: await operate(each, {}), errors: [] });
    const create =
      'mutation ($name: String!, $claims: JSON) { createApiKey(name: $name, role: "member", claims: $claims) }';
    const keyOf = async (name: string, shardKey: string) =>
      (await operate(create, { name, claims: { shardKey, personId: 'p2' } })).createApiKey!;
    const [one, two] = [await keyOf('one', 's1'), await keyOf('two', 's2')];
    const query = '{ docs { nodes { spaceId id } } }';
    expect(await ask(query, bearer(one))).toContain('"spaceId":"s1","id":"d2"');
    expect(await ask(query, bearer(one))).not.toContain('"s2"');
    expect(await ask(query, bearer(two))).not.toContain('"s1"');
    await confirmed(asked, 'revokeApiKey(name: "one")', 'apiKey { name }');
    expect(await failureOf(await post(send, { query }, bearer(one)))).toMatchObject({ status: 401 });
    expect(await ask(query, bearer(two))).toContain('"s2"');
  });

  it('as someone else are refused where it is deployed', async () => {
    for (const headers of [await signed(ATTACKER), await signed({ role: 'admin' }), OPERATOR]) {
      const response = await post(send, { query: '{ docs { totalCount } }' }, { ...headers, 'x-shardql-as': 'admin' });
      expect(await failureOf(response)).toMatchObject({ status: 403, code: 'FORBIDDEN' });
    }
  });
});
