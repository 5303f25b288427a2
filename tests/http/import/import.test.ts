import { describe, expect, it } from 'vitest';
import type { ImportReport } from '../../../src/http/import/import-report.ts';
import { allTypesWorker, failureOf, graphql, type Send, shopWorker } from '../support.ts';

const send = shopWorker();

const importRows = async (
  table: string,
  rows: readonly (object | string)[],
  to: Send = send,
  query = '',
): Promise<ImportReport> => {
  const body = rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n');
  const answer = await to(`/import?table=${table}${query}`, { method: 'POST', body });
  expect(answer.status).toBe(200);
  return answer.json();
};

const dataOf = async (query: string, to: Send = send) =>
  (await (await to('/graphql', graphql(query))).json<{ data: Record<string, unknown> }>()).data;

const CREATED = '2026-01-02T03:04:05.000Z';
const tenant = (id: string, changes: object = {}) => ({
  id,
  name: `Tenant ${id}`,
  plan: 'pro',
  settings: { a: 1 },
  created_at: CREATED,
  ...changes,
});
const customer = (tenantId: string, id: string, changes: object = {}) => ({
  tenant_id: tenantId,
  id,
  name: `Customer ${id}`,
  email: `${id}@example.com`,
  phone: null,
  attributes: {},
  created_at: CREATED,
  ...changes,
});

describe('POST /import', () => {
  it('inserts, leaves equal rows alone, and updates others', async () => {
    const rows = [tenant('a1'), tenant('a2')];
    expect(await importRows('tenants', rows)).toMatchObject({ inserted: 2, updated: 0, unchanged: 0, failed: 0 });
    const versions = await dataOf('{ tenant(by: { id: "a1" }) { version } }');
    const changed = [tenant('a1'), tenant('a2', { name: 'Other' })];
    expect(await importRows('tenants', changed)).toMatchObject({ inserted: 0, updated: 1, unchanged: 1, failed: 0 });
    expect(await dataOf('{ tenant(by: { id: "a1" }) { version } }')).toEqual(versions);
    expect(await dataOf('{ tenant(by: { id: "a2" }) { name } }')).toEqual({ tenant: { name: 'Other' } });
  });

  it('takes columns and tables by SQL or GraphQL name', async () => {
    const { created_at, ...rest } = tenant('b1');
    expect(await importRows('Tenant', [{ ...rest, createdAt: created_at }])).toMatchObject({ inserted: 1 });
    expect(await importRows('tenants', [tenant('b1')])).toMatchObject({ unchanged: 1 });
  });

  it('lets each bad row fail alone, and names its line, code and field', async () => {
    await importRows('tenants', [tenant('c')]);
    await importRows('customers', [customer('c', 'taken')]);
    const report = await importRows('customers', [
      customer('c', 'c1'),
      '{ "id": ',
      '',
      '[1]',
      { ...customer('c', 'c2'), colour: 'red' },
      { ...customer('c', 'c3'), name: 5 },
      { ...customer('c', 'c4'), name: null },
      { ...customer('c', 'c5'), id: undefined },
      { ...customer('c', 'c6'), tenantId: 'c' },
      customer('nobody', 'c7'),
      customer('c', 'c8', { email: 'taken@example.com' }),
      customer('c', 'c9'),
    ]);
    expect(report).toMatchObject({ inserted: 2, failed: 9 });
    expect(report.failures.map(({ line, code }) => `${line} ${code}`)).toEqual([
      '2 BAD_USER_INPUT',
      '4 BAD_USER_INPUT',
      '5 BAD_USER_INPUT',
      '6 BAD_USER_INPUT',
      '7 NOT_NULL_VIOLATION',
      '8 NOT_NULL_VIOLATION',
      '9 BAD_USER_INPUT',
      '10 FOREIGN_KEY_VIOLATION',
      '11 UNIQUE_VIOLATION',
    ]);
    expect(report.failures.slice(0, 7).map(({ field }) => field)).toEqual([
      undefined,
      undefined,
      'colour',
      'name',
      'name',
      'id',
      'tenantId',
    ]);
    for (const { message } of report.failures) expect(message).not.toMatch(/SQLITE|INSERT|constraint failed/i);
  });

  it('says that imports do not compute values where a mutation would have computed the missing one', async () => {
    const withoutTime = { ...customer('c', 'c10'), created_at: undefined };
    await importRows('tenants', [tenant('c')]);
    for (const query of ['', '&dryRun=1']) {
      const rows = [{ ...withoutTime, id: undefined }, customer('c', 'c11', { name: null })];
      const { failures } = await importRows('customers', rows, send, query);
      expect(failures.map(({ field, message }) => [field, message.includes('do not run $defaultFn')])).toEqual([
        ['id', true],
        ['name', false],
      ]);
    }
    const { failures } = await importRows('customers', [withoutTime]);
    expect(failures).toMatchObject([{ field: 'createdAt', message: expect.stringContaining('do not run $defaultFn') }]);
  });

  it('lets the later of two lines with one key win, also if they give different columns', async () => {
    const { phone: _, ...withoutPhone } = customer('c', 'twice', { name: 'First' });
    await importRows('tenants', [tenant('c')]);
    const report = await importRows('customers', [
      customer('c', 'other'),
      withoutPhone,
      customer('c', 'twice', { name: 'Last', phone: '+1' }),
    ]);
    expect(report).toMatchObject({ inserted: 2, updated: 1, failed: 0 });
    expect(await dataOf('{ customer(by: { id: "twice" }, shardKey: "c") { name phone } }')).toEqual({
      customer: { name: 'Last', phone: '+1' },
    });
  });

  it('names both lines of a key that comes twice, also if the rows are equal or only checked', async () => {
    const rows = [tenant('d1'), 'bad', tenant('d2'), tenant('d1'), '', tenant('d1', { name: 'Other' }), tenant('d3')];
    const repeats = [
      { line: 4, firstLine: 1 },
      { line: 6, firstLine: 1 },
    ];
    expect(await importRows('tenants', rows, send, '&dryRun=1')).toMatchObject({ valid: 5, repeats });
    expect(await importRows('tenants', rows)).toMatchObject({ inserted: 3, updated: 1, unchanged: 1, repeats });
    expect((await importRows('tenants', [tenant('d1'), tenant('d2')])).repeats).toEqual([]);
  });

  it('counts keys that requests of one import repeat with other values', async () => {
    const rows = Array.from({ length: 100 }, (_, index) => tenant(`s${index}`));
    const changed = rows.slice(0, 7).map((row) => ({ ...row, name: 'Other' }));
    expect(await importRows('tenants', rows, send, '&import=one')).toMatchObject({ inserted: 100, rewritten: 0 });
    expect(await importRows('tenants', changed, send, '&import=one')).toMatchObject({ updated: 7, rewritten: 7 });
    expect(await importRows('tenants', rows, send, '&import=two')).toMatchObject({ updated: 7, rewritten: 0 });
    const answer = await send('/import?table=tenants&import=a%20b', { method: 'POST', body: '{}' });
    const { status, message } = await failureOf(answer);
    expect(status).toBe(400);
    expect(message).toBe('Expected ?import= to be 1 to 64 letters, digits, "-" or "_", but got 3 characters.');
  });

  it('takes bodies of many batches, over all shards', async () => {
    const tenants = Array.from({ length: 1_234 }, (_, index) => tenant(`many-${index}`));
    expect(await importRows('tenants', tenants)).toMatchObject({ inserted: 1_234, failed: 0 });
    const { tenants: found } = await dataOf('{ tenants(where: { id: { startsWith: "many-" } }) { totalCount } }');
    expect(found).toEqual({ totalCount: 1_234 });
  });

  it('keeps 64-bit integers and long decimals exact', async () => {
    const to = allTypesWorker();
    await importRows('accounts', [{ id: 'acc', name: 'n' }], to);
    const row = {
      account_id: 'acc',
      id: 's1',
      text_value: 't',
      integer_value: 1,
      bytes: 'AAE=',
      seconds: CREATED,
      moment: CREATED,
      updated_at: CREATED,
    };
    const text = JSON.stringify(row).replace(/}$/, ',"wide":9223372036854775807,"decimal":123456789012.345}');
    const report = await importRows('samples', [text], to);
    expect(report.failures).toEqual([]);
    expect(await dataOf('{ sample(by: { id: "s1" }, shardKey: "acc") { wide decimal } }', to)).toEqual({
      sample: { wide: '9223372036854775807', decimal: '123456789012.345' },
    });
  });

  it('gives the session token, with which reads see the rows, and keeps what the session had seen', async () => {
    const post = async (rows: readonly object[], headers: Record<string, string> = {}, query = '') => {
      const body = rows.map((row) => JSON.stringify(row)).join('\n');
      const answer = await send(`/import?table=tenants${query}`, { method: 'POST', headers, body });
      expect(await answer.json()).toMatchObject({ failed: 0 });
      return answer.headers.get('x-shardql-token');
    };
    const nameIn = async (token: string) => {
      const query = '{ tenant(by: { id: "token1" }) @consistency(mode: SESSION) { name } }';
      const answer = await send('/graphql', graphql(query, { 'x-shardql-token': token }));
      return (await answer.json<{ data: { tenant: { name: string } } }>()).data.tenant.name;
    };
    const token = await post([tenant('token1'), tenant('token2')]);
    expect(await nameIn(token!)).toBe('Tenant token1');
    const changed = await post([tenant('token1', { name: 'Changed' })]);
    expect(await nameIn(changed!)).toBe('Changed');
    // Of requests that follow each other, the last token holds all.
    const other = await post([tenant('token3')], { 'x-shardql-token': changed! });
    expect(await nameIn(other!)).toBe('Changed');
    expect(await post([tenant('token4')], {}, '&dryRun=1')).toBe(null);
    expect(await post([tenant('token4')], { 'x-shardql-token': changed! }, '&dryRun=1')).toBe(changed);
  });

  it('lets a row that is not UTF-8 fail alone, and says at which byte of its line', async () => {
    const encode = (text: string) => new TextEncoder().encode(text);
    const latin1 = Uint8Array.of(...encode('{"id":"latin1","name":"'), 0xe9, ...encode('"}'));
    const lines = [
      encode(JSON.stringify(tenant('utf8-1'))),
      latin1,
      encode(`\ufeff${JSON.stringify(tenant('utf8-2'))}`),
    ];
    const body = Uint8Array.from(lines.flatMap((line) => [...line, 0x0a]));
    const report = await (await send('/import?table=tenants', { method: 'POST', body })).json<ImportReport>();
    expect(report).toMatchObject({ inserted: 2, failed: 1 });
    expect(report.failures).toEqual([
      {
        line: 2,
        code: 'BAD_USER_INPUT',
        message: 'Expected a line in UTF-8, but got the byte 0xE9 at byte 23 of the line.',
      },
    ]);
  });

  it('lets no row end the request, whatever is in it', async () => {
    const deep = (levels: number) => `${'['.repeat(levels)}1.2345678901234567${']'.repeat(levels)}`;
    const start = JSON.stringify(tenant('odd')).slice(0, -1);
    const odd = [
      ...[400, 2_000, 20_000, 200_000].map((levels) => `${start},"settings":${deep(levels)}}`),
      `${start},"note":${deep(200_000)}}`,
      `${start},"__proto__":{"id":"x"},"constructor":1}`,
      `${start},"toString":1}`,
      `${start},"name":"\\ud800"}`,
      `${start},"settings":{"\\udc00":1}}`,
      `${start},"created_at":{"$date":1}}`,
      `${start},"name":${'9'.repeat(400)}}`,
      'null',
      '"text"',
      '\u0000',
      '}',
    ];
    const report = await importRows('tenants', [tenant('even1'), ...odd, tenant('even2')]);
    expect(report.failures.map(({ line }) => line)).toEqual(odd.map((_, at) => at + 2).slice(1));
    // One document of 400 levels is within the limits.
    expect(report.inserted).toBe(3);
    for (const { code } of report.failures) expect(code).toBe('BAD_USER_INPUT');
  });

  it('refuses an unknown table and lists the known ones', async () => {
    for (const path of ['/import?table=nope', '/import']) {
      const { status, code, message } = await failureOf(await send(path, { method: 'POST', body: '{}' }));
      expect([status, code]).toEqual([400, 'BAD_USER_INPUT']);
      expect(message).toContain('customers');
    }
  });
});

describe('GET /import', () => {
  it('lists the tables, referenced ones first', async () => {
    const { tables } = await (await send('/import')).json<{ tables: { type: string; table: string }[] }>();
    const order = tables.map(({ table }) => table);
    expect(order.toSorted()).toEqual(['customers', 'order_items', 'orders', 'products', 'reviews', 'tenants']);
    for (const [first, second] of [
      ['tenants', 'customers'],
      ['customers', 'orders'],
      ['orders', 'order_items'],
      ['products', 'reviews'],
    ] as const) {
      expect(order.indexOf(first)).toBeLessThan(order.indexOf(second));
    }
  });
});
