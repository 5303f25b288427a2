import { describe, expect, it } from 'vitest';
import { NEXT_HEADER } from '../../../src/http/core/headers.ts';
import { allTypesWorker, failureOf, type Send, shopWorker } from '../support.ts';

const importRows = async (send: Send, table: string, rows: readonly object[]): Promise<void> => {
  const body = rows.map((row) => JSON.stringify(row)).join('\n');
  const report = await (await send(`/import?table=${table}`, { method: 'POST', body })).json<{ failures: unknown[] }>();
  expect(report.failures).toEqual([]);
};

const exportAll = async (send: Send, table: string, limit: number): Promise<Record<string, unknown>[]> => {
  const rows: Record<string, unknown>[] = [];
  for (let query: string | null = `table=${table}&limit=${limit}`; query !== null; ) {
    const page = await send(`/export?${query}`);
    expect(page.status).toBe(200);
    const lines = new TextDecoder()
      .decode(await page.arrayBuffer())
      .split('\n')
      .slice(0, -1);
    expect(lines.length).toBeLessThanOrEqual(limit);
    rows.push(...lines.map((line) => JSON.parse(line)));
    const next = page.headers.get(NEXT_HEADER);
    query = next === null ? null : `table=${table}&limit=${limit}&after=${next}`;
  }
  return rows;
};

describe('GET /export', () => {
  it('gives all rows once, in pages by ascending primary key, whatever is in the keys', async () => {
    const send = shopWorker();
    const ids = ['x-1', 'x-"', 'x-é', 'x-\u{1f600}', 'x-&=%', 'x-0'];
    const tenants = ids.map((id) => ({
      id,
      name: 'N',
      plan: 'free',
      settings: {},
      created_at: '2026-01-01T00:00:00Z',
    }));
    await importRows(send, 'tenants', tenants);
    for (const limit of [1, 4, 5_000]) {
      const found = (await exportAll(send, 'tenants', limit)).map(({ id }) => id as string);
      expect(found.filter((id) => id.startsWith('x-'))).toEqual(['x-"', 'x-&=%', 'x-0', 'x-1', 'x-é', 'x-\u{1f600}']);
    }
  });

  it('gives rows that an import finds equal, JSON columns that hold text, null or numbers too', async () => {
    const send = allTypesWorker();
    const { tables } = await (await send('/import')).json<{ tables: { table: string; columns: object[] }[] }>();
    expect(tables.find(({ table }) => table === 'samples')!.columns.length).toBeGreaterThan(10);
    await importRows(send, 'accounts', [{ id: 'ex', name: 'n' }]);
    const moment = '2026-01-01T00:00:00.000Z';
    const sample = (id: string, changes: object) => ({
      account_id: 'ex',
      id,
      text_value: '',
      bytes: '',
      seconds: moment,
      moment,
      updated_at: moment,
      wide: '-9223372036854775808',
      ...changes,
    });
    const rest = {
      text_or_null: 'line\n\u2028"é',
      level: 'in between',
      json_or_null: { deep: [1.5, null, 'x'] },
      flag_or_null: true,
      seconds_or_null: 0,
      milliseconds_or_null: -1,
      real_or_null: 1e-300,
      decimal_or_null: '0.1',
      decimal_number: '5',
      decimal_bigint: '123',
      bytes_or_null: 'AP8=',
      blob_json: [{}],
      blob_bigint: '9223372036854775807',
      wide_or_null: '9007199254740993',
      moment_or_null: '2026-01-01T00:00:00.001Z',
    };
    const jsonTexts = ['null', '"text"', '12', '[]'];
    const changes = [{}, rest, ...jsonTexts.map((text) => ({ json: text, json_or_null: text }))];
    await importRows(
      send,
      'samples',
      changes.map((change, index) => sample(String(index), change)),
    );
    const rows = (await exportAll(send, 'samples', 1)).filter(({ account_id }) => account_id === 'ex');
    expect(rows).toHaveLength(changes.length);
    expect(rows[1]).toMatchObject({
      ...rest,
      seconds_or_null: '1970-01-01T00:00:00.000Z',
      milliseconds_or_null: '1969-12-31T23:59:59.999Z',
    });
    const body = rows.map((row) => JSON.stringify(row)).join('\n');
    const again = await send('/import?table=samples', { method: 'POST', body });
    expect(await again.json()).toMatchObject({ inserted: 0, updated: 0, unchanged: changes.length, failed: 0 });
  });

  it('refuses tables, limits and positions that cannot be', async () => {
    const send = shopWorker();
    for (const [query, message] of [
      ['', /^Expected \?table= to name one of tenants/],
      ['table=tenants&limit=0', /^Expected \?limit= to be an integer from 1 to 5000, but got "0"/],
      ['table=tenants&limit=x', /^Expected \?limit= /],
      ['table=tenants&after=x', /^Expected \?after= /],
      ['table=tenants&after=[1,2]', /^Expected \?after= /],
      ['table=tenants&after=[null]', /^Expected \?after= /],
    ] as const) {
      const failure = await failureOf(await send(`/export?${query}`));
      expect(failure).toMatchObject({ status: 400, code: 'BAD_USER_INPUT', message: expect.stringMatching(message) });
    }
  });
});

describe('POST /import?dryRun=…', () => {
  it('is refused unless it is 0 or 1', async () => {
    const answer = await shopWorker()('/import?table=tenants&dryRun=yes', { method: 'POST', body: '{}' });
    expect(await failureOf(answer)).toMatchObject({ status: 400, message: expect.stringContaining('but got "yes"') });
  });
});

it.each(['/import', '/export?table=tenants', '/schema', '/status'])('%s is for developers alone', async (path) => {
  expect(await failureOf(await shopWorker({})(path))).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  expect(await failureOf(await shopWorker()(path, { method: 'DELETE' }))).toMatchObject({ status: 405 });
});
