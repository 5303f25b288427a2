import { env } from 'cloudflare:workers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MapKv } from '../../../support/cache/map-kv.ts';
import { publishingKv } from '../../../worker/publishing-kv.ts';
import { failureOf, graphql, type Send, shopWorker } from '../../support.ts';

const DEVELOPMENT = { SHARDQL_DEVELOPMENT: 'true' };
const SHARDS = { SHARD: env.PUBLISHING_SHARD, CATALOG: env.PUBLISHING_CATALOG };

/** It looks in KV however near its shards are. */
const isolateOver = (KV: MapKv): Send => shopWorker({ ...DEVELOPMENT, ...SHARDS, KV }, { cache: { kvDistanceMs: 0 } });

/** What shards have published. */
const stamps = new MapKv();
const namespaces: MapKv[] = [];

/** A namespace without entries. */
function emptyKv(): MapKv {
  const kv = new MapKv();
  for (const [key, value] of stamps.values) kv.values.set(key, value);
  namespaces.push(kv);
  return kv;
}

const warm = (send: Send, body: unknown) =>
  send('/warm', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });

const warmed = async (send: Send, body: unknown) => {
  const answer = await warm(send, body);
  expect(await answer.clone().text()).toMatch(/^\{"put"/);
  return await answer.json<{ put: number; failed: number; complete: boolean }>();
};

/** Where an isolate that has never read anything gets an answer from. */
async function sourceOf(kv: MapKv, query: string): Promise<string> {
  const answer = await (await isolateOver(kv)('/graphql', graphql(query))).json<{
    errors?: unknown;
    extensions: { consistency: { fields: { source: string }[] } };
  }>();
  expect(answer.errors).toBeUndefined();
  return answer.extensions.consistency.fields[0]!.source;
}

const customer = (id: string, tenant = 'warm') =>
  `{ customer(by: { id: "${id}" }, shardKey: "${tenant}") @consistency(mode: CACHED) { name email } }`;

const ORDERS = '{ orders(shardKey: "warm", first: 3) { nodes { id } } }';

afterAll(() => {
  publishingKv.current = null;
});
beforeAll(async () => {
  publishingKv.current = {
    put: async (key, value) => {
      for (const kv of [stamps, ...namespaces]) kv.values.set(key, value);
    },
  };
  const send = shopWorker({ ...DEVELOPMENT, ...SHARDS });
  const rows = async (table: string, list: readonly object[]) => {
    const body = list.map((row) => JSON.stringify(row)).join('\n');
    const report = await (await send(`/import?table=${table}`, { method: 'POST', body })).json<{
      failures: unknown[];
    }>();
    expect(report.failures).toEqual([]);
  };
  const created_at = '2026-01-01T00:00:00Z';
  const tenants = ['warm', 'other'].map((id) => ({ id, name: 'N', plan: 'free', settings: {}, created_at }));
  await rows('tenants', tenants);
  const customers = ['c1', 'c2', 'c3'].map((id) => ({
    tenant_id: 'warm',
    id,
    name: 'N',
    email: `${id}@example.com`,
    attributes: {},
    created_at,
  }));
  await rows('customers', customers);
});

describe('POST /warm', () => {
  it('puts all rows of a table under a shard key where point reads of other isolates look, once', async () => {
    const kv = emptyKv();
    const send = isolateOver(kv);
    expect(await sourceOf(emptyKv(), customer('c1'))).toBe('shard');
    expect(await warmed(send, { table: 'customers', shardKey: 'warm' })).toEqual({ put: 3, failed: 0, complete: true });
    for (const id of ['c1', 'c2', 'c3']) expect(await sourceOf(kv, customer(id))).toBe('kv');
    expect(await sourceOf(kv, customer('c1', 'other'))).toBe('shard');
    expect(await warmed(send, { table: 'Customer', shardKey: 'warm' })).toMatchObject({ put: 0 });
  });

  it('puts single rows, those too that do not exist', async () => {
    const kv = emptyKv();
    const send = isolateOver(kv);
    expect(await warmed(send, { table: 'customers', shardKey: 'warm', ids: ['c2', 'none'] })).toMatchObject({ put: 2 });
    expect(await sourceOf(kv, customer('c2'))).toBe('kv');
    expect(await sourceOf(kv, customer('none'))).toBe('kv');
    expect(await sourceOf(kv, customer('c1'))).toBe('shard');
    const answer = await send('/graphql', graphql('{ customer(by: { id: "c3" }, shardKey: "warm") { nodeId } }'));
    const { nodeId } = (await answer.json<{ data: { customer: { nodeId: string } } }>()).data.customer;
    expect(await warmed(send, { nodeIds: [nodeId] })).toMatchObject({ put: 1 });
    expect(await sourceOf(kv, customer('c3'))).toBe('kv');
  });

  it('puts what a query reads, as cached reads of it will look for', async () => {
    const kv = emptyKv();
    const send = isolateOver(kv);
    expect(await warmed(send, { query: ORDERS })).toMatchObject({ put: 1 });
    expect(await sourceOf(kv, ORDERS.replace('{', 'query @consistency(mode: CACHED) {'))).toBe('kv');
    const byId = 'query ($id: ID!) { customer(by: { id: $id }, shardKey: "warm") { name } }';
    expect(await warmed(send, { query: byId, variables: { id: 'c1' } })).toMatchObject({ put: 1 });
    expect(await sourceOf(kv, customer('c1'))).toBe('kv');
    const strong = ORDERS.replace('{', 'query @consistency(mode: STRONG) {').replace('3', '4');
    expect(await warmed(send, { query: strong })).toMatchObject({ put: 0 });
  });

  it('tells what KV did not take', async () => {
    const kv = emptyKv();
    kv.put = async () => {
      throw new Error('KV PUT failed: 500');
    };
    const body = { table: 'customers', shardKey: 'warm' };
    const send = isolateOver(kv);
    expect(await warmed(send, body)).toEqual({ put: 0, failed: 3, complete: true });
  });

  it.each<[unknown, RegExp]>([
    ['[]', /^Expected a JSON object, but got another text/],
    ['{', /^Expected a JSON object/],
    [{}, /^Expected a body with table, nodeIds or query, but got none/],
    [{ table: 'customers' }, /^Expected table with a shardKey, with ids, or with both, but got neither/],
    [{ table: 7, shardKey: 'warm' }, /^Expected table to be a text, but got 7/],
    [{ table: 'nothing', shardKey: 'warm' }, /^Expected table to name one of tenants, .*, but got "nothing"/],
    [{ table: 'customers', shardKey: {} }, /Customer.tenantId/],
    [{ table: 'customers', ids: ['c1'] }, /^Expected a shardKey with ids of Customer, but got none/],
    [{ table: 'customers', shardKey: 'warm', ids: [] }, /^Expected ids to be 1 to 1000 ids, but got 0/],
    [{ table: 'customers', shardKey: 'warm', ids: [null] }, /^Expected ids to be a list of ids/],
    [{ table: 'customers', shardKey: 'warm', first: 3 }, /^Expected beside table only .*, but got "first"/],
    [{ nodeIds: ['x'] }, /^Expected a nodeId that this API gave out/],
    [{ query: 7 }, /^Expected query to be the text of a GraphQL document, but got 7/],
    [{ query: '{' }, /but got one with this error: Syntax Error/],
    [{ query: '{ nothing }' }, /Cannot query field "nothing"/],
    [{ query: 'query A { orders { totalCount } } query B { orders { totalCount } }' }, /but got none, or several/],
    [{ query: 'mutation { deleteTenant(by: { id: "warm" }) { id } }' }, /^Expected a query .*, but got a mutation/],
    [{ query: 'query ($id: ID!) { tenant(by: { id: $id }) { id } }' }, /Variable "\$id"/],
    [{ query: ORDERS, variables: [] }, /^Expected variables to be an object/],
  ])('refuses %j', async (body, message) => {
    const failure = await failureOf(await warm(isolateOver(emptyKv()), body));
    expect(failure).toMatchObject({ status: 400, code: 'BAD_USER_INPUT', message: expect.stringMatching(message) });
  });

  it('is for developers alone', async () => {
    expect(await failureOf(await warm(shopWorker({}), {}))).toMatchObject({ status: 401 });
    expect(await failureOf(await shopWorker()('/warm'))).toMatchObject({ status: 405 });
  });
});
