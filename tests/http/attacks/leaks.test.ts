/** What answers must not tell: stacks, sources, SQL, names inside, names of the schema, and whether there are things of others. */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { defineExtensions } from '../../../src/schema/extend/define-extensions.ts';
import { bundle } from '../../../src/schema/migrations/index.ts';
import model from '../../../src/schema/model.ts';
import { confirmed } from '../../support/operator/confirmed.ts';
import { graphql, type Send, shopWorker } from '../support.ts';
import { INSIDE, OPERATOR_TOKEN } from './cookie-shop.ts';

const OPERATOR = { authorization: `Bearer ${OPERATOR_TOKEN}` };
const SECRET = 'hunter2-in-an-error';

const extensions = defineExtensions(model, ({ builder }) => {
  builder.queryField('throws', (t) =>
    t.string({
      nullable: true,
      resolve: () => {
        throw new Error(`Cannot reach postgres://admin:${SECRET}@10.0.0.1/db`);
      },
    }),
  );
  builder.queryField('throwsText', (t) =>
    t.string({
      nullable: true,
      resolve: () => {
        throw SECRET;
      },
    }),
  );
  builder.queryField('throwsObject', (t) =>
    t.string({
      nullable: true,
      resolve: () => Promise.reject({ secret: SECRET, extensions: { secret: SECRET, code: SECRET } }),
    }),
  );
  builder.queryField('misfits', (t) => t.int({ nullable: true, resolve: () => SECRET as never }));
});

let send: Send;
beforeAll(() => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  vi.spyOn(console, 'warn').mockImplementation(() => {});
  send = shopWorker({ SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN }, { model, migrations: bundle, extensions });
});
afterAll(() => void vi.restoreAllMocks());

async function leaks(path: string, init: RequestInit): Promise<string[]> {
  const response = await send(path, init);
  const text = `${JSON.stringify([...response.headers])}${await response.text()}`;
  return [...INSIDE, new RegExp(SECRET), /10\.0\.0\.1|postgres/].filter((inside) => inside.test(text)).map(String);
}

describe('errors of the Worker’s own code are masked', () => {
  it.each(['throws', 'throwsText', 'throwsObject', 'misfits', 'a: throws b: throwsText c: misfits'])(
    '{ %s }',
    async (fields) => {
      expect(await leaks('/graphql', graphql(`{ ${fields} }`, OPERATOR))).toEqual([]);
      const { errors } = await (await send('/graphql', graphql(`{ ${fields} }`, OPERATOR))).json<{
        errors: { message: string; extensions: object }[];
      }>();
      for (const { message, extensions: shown } of errors) {
        expect(message).toBe('Internal server error');
        expect(Object.keys(shown).sort()).toEqual(['code', 'requestId', 'retryable']);
      }
    },
  );
});

describe('errors of requests show nothing inside', () => {
  it.each<[string, string]>([
    ['a parse error', '{ tenants('],
    ['an unknown field', '{ tenantz { id } }'],
    ['an unknown argument', '{ tenants(limit: 1) { nodes { id } } }'],
    ['an unknown type', 'query ($a: Tenantz) { tenants { nodes { id } } }'],
    ['an unknown enum value', '{ tenants(orderBy: [{ name: UP }]) { nodes { id } } }'],
    ['a wrong cursor', '{ tenants(after: "x") { nodes { id } } }'],
    ['a cursor of another order', '{ tenants(after: "5b5d") { nodes { id } } }'],
    ['a wrong node id', '{ node(nodeId: "x") { nodeId } }'],
    ['a node id of a table that is none', '{ node(nodeId: "5b225f6170695f6b657973222c2261225d") { nodeId } }'],
    [
      'a key that is taken',
      'mutation { a: createTenant(data: { id: "leak", name: "x", plan: FREE, settings: {} }) { id } b: createTenant(data: { id: "leak", name: "x", plan: FREE, settings: {} }) { id } }',
    ],
    [
      'a parent that is missing',
      'mutation { createCustomer(data: { tenantId: "none", name: "x", email: "a@b.c", attributes: {} }) { id } }',
    ],
    [
      'a check that fails',
      'mutation { createReview(data: { tenantId: "none", productId: "p", customerId: "c", rating: 9, body: "x" }) { id } }',
    ],
    ['a value that is missing', 'mutation { createCustomer(data: { tenantId: "none" }) { id } }'],
    ['a row that is missing', 'mutation { updateTenant(by: { id: "none" }, data: { name: "x" }) { id } }'],
    [
      'a version that is none',
      'mutation { updateTenant(by: { id: "leak" }, data: { name: "x" }, expectedVersion: "x") { id } }',
    ],
    [
      'a value that is too large',
      `mutation { createTenant(data: { id: "big", name: "${'x'.repeat(2_100_000)}", plan: FREE, settings: {} }) { id } }`,
    ],
    ['a number that is too large', '{ orders(where: { totalCents: { gt: 99999999999999999999 } }) { nodes { id } } }'],
    ['a moment that is none', '{ orders(where: { createdAt: { gt: "yesterday" } }) { nodes { id } } }'],
    ['a search of signs', '{ products(search: "\\" AND NEAR(") { nodes { id } } }'],
    ['a path of JSON', '{ tenants(where: { settings: { path: "a..b[0", eq: 1 } }) { nodes { id } } }'],
    ['a group that is too much', '{ orders { groupBy(by: [], first: 1000000) { count } } }'],
    [
      'an idempotency key',
      'mutation { createTenant(data: { name: "x", plan: FREE, settings: {} }) @idempotent(key: "") { id } }',
    ],
    ['consistency of a wrong mode', '{ tenants @consistency(mode: EVENTUAL) { nodes { id } } }'],
    ['a null in a filter', '{ tenants(where: { name: null }) { nodes { id } } }'],
    ['text with a zero', '{ tenants(where: { name: { eq: "\\u0000" } }) { nodes { id } } }'],
    ['half of a surrogate', '{ tenants(where: { name: { eq: "\\uD800" } }) { nodes { id } } }'],
  ])('%s', async (_, query) => {
    expect(await leaks('/graphql', graphql(query, OPERATOR))).toEqual([]);
  });

  it.each<[string, string, RequestInit]>([
    ['an import of another table', '/import?table=_api_keys', { method: 'POST', body: '{}' }],
    ['an import of broken rows', '/import?table=tenants', { method: 'POST', body: '{"id":\n{"id":5}\n[]' }],
    ['an export of another table', '/export?table=sqlite_master', {}],
    ['an export after a wrong place', '/export?table=tenants&after=%5B%5B%22x%22%5D%5D', {}],
    [
      'warming with no table',
      '/warm',
      { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"table":"x"}' },
    ],
    [
      'an undo of nothing',
      '/operator',
      graphql('mutation { undo(operationId: "x@shard-0.1", preview: true) { operationId } }'),
    ],
    ['a key of a wrong name', '/operator', graphql('mutation { createApiKey(name: "\'; --", role: "x") }')],
    ['a path that is none', '/internal/debug', {}],
  ])('%s', async (_, path, init) => {
    const found = await leaks(path, { ...init, headers: { ...init.headers, ...OPERATOR } });
    // Operators name tables by their SQL names there.
    expect(found.filter((inside) => !inside.includes('_api_keys') && !inside.includes('sqlite'))).toEqual([]);
  });
});

describe('who has no credential learns no names and no settings', () => {
  it.each<[string, string, RequestInit]>([
    ['by the field of a table', '/graphql', graphql('{ customers { nodes { id } } }')],
    ['by a field that is none', '/graphql', graphql('{ customerz { nodes { id } } }')],
    ['by asking operators', '/operator', graphql('{ apiKeys { name } }')],
    ['by an import of a table', '/import?table=customers', { method: 'POST', body: '{}' }],
    ['by an import of a table that is none', '/import?table=customerz', { method: 'POST', body: '{}' }],
    ['by an export', '/export?table=nothing', {}],
    ['by a wrong key', '/graphql', graphql('{ __typename }', { authorization: `Bearer shardql_${'0'.repeat(64)}` })],
    ['by a wrong token', '/graphql', graphql('{ __typename }', { authorization: 'Bearer a.b.c' })],
  ])('%s', async (_, path, init) => {
    const response = await send(path, init);
    const text = await response.text();
    expect(text).not.toMatch(/customerId|customers, |tenants|orderItems|did you mean|SHARDQL_|jwks|issuer|shard-\d/i);
    expect([...response.headers.keys()].filter((name) => /server|powered|via|runtime|version/.test(name))).toEqual([]);
  });

  it('gets one answer for paths of operators that are there, whatever is asked of them', async () => {
    const answers = await Promise.all(
      ['/export?table=tenants', '/export?table=none', '/status', '/metrics', '/schema'].map(async (path) => {
        const { errors } = await (await send(path)).json<{
          errors: [{ message: string; extensions: { code: string } }];
        }>();
        return [errors[0].message, errors[0].extensions.code];
      }),
    );
    expect(new Set(answers.map(String)).size).toBe(1);
  });

  it('is told of no difference between keys that are wrong, revoked or of other deployments', async () => {
    const create = 'mutation { createApiKey(name: "leaked", role: "customer") }';
    const { data } = await (await send('/operator', graphql(create, OPERATOR))).json<{
      data: { createApiKey: string };
    }>();
    const asked = async (query: string) => ({
      errors: [],
      ...(await (await send('/operator', graphql(query, OPERATOR))).json<{ data: object }>()),
    });
    await confirmed(asked, 'revokeApiKey(name: "leaked")', 'apiKey { name }');
    const answers = await Promise.all(
      [data.createApiKey, `shardql_${'0'.repeat(64)}`].map(async (key) => {
        const response = await send('/graphql', graphql('{ __typename }', { authorization: `Bearer ${key}` }));
        const { errors } = await response.json<{ errors: [{ message: string }] }>();
        return `${response.status} ${errors[0].message}`;
      }),
    );
    expect(new Set(answers).size).toBe(1);
  });
});
