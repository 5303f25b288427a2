import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeShop } from '../../scripts/demo/shop.ts';
import { freePort } from '../support/free-port.ts';
import { type Server, startServer } from '../support/server.ts';
import { Workplace } from './run-cli.ts';

const ALL_TYPES = 'tests/e2e/all-types-worker/wrangler.toml';

let place: Workplace;
beforeAll(() => {
  place = new Workplace();
});
afterAll(() => place.remove());

const read = (...path: string[]): string => readFileSync(join(place.folder, ...path), 'utf8');

/** Exports one server and imports the files into another; gives the NDJSON export of both. */
async function roundTrip(from: Server, to: Server, format: string, table: string): Promise<[string, string]> {
  const run = async (...args: readonly string[]) => {
    const outcome = await place.run(args);
    expect(outcome).toMatchObject({ code: 0, stderr: '' });
  };
  await run('export', '--out', `from-${format}`, '--format', format, '--url', from.origin);
  await run('import', `from-${format}`, '--url', to.origin);
  await run('export', '--out', 'from', '--table', table, '--url', from.origin);
  await run('export', '--out', 'to', '--table', table, '--url', to.origin);
  return [read('from', `${table}.ndjson`), read('to', `${table}.ndjson`)];
}

describe('npm run shardql -- export', () => {
  let from: Server;
  const shop = makeShop({ tenants: 3, customers: 30, products: 10, orders: 800, reviews: 20 });

  beforeAll(async () => {
    from = await startServer();
    for (const [table, rows] of Object.entries(shop)) place.writeRows(`shop/${table}.ndjson`, rows);
    expect(await place.run(['import', 'shop', '--url', from.origin])).toMatchObject({ code: 0 });
  });
  afterAll(() => from.stop());

  it.each(['ndjson', 'json', 'csv'])('writes %s that gives equal rows in an empty API', async (format) => {
    const to = await startServer({ shards: 3 });
    try {
      const [before, after] = await roundTrip(from, to, format, 'orders');
      expect(before.split('\n')).toHaveLength(shop.orders.length + 1);
      expect(after).toBe(before);
    } finally {
      await to.stop();
    }
  });

  it('gives each row once, by ascending primary key, over many pages', async () => {
    const { stdout } = await place.run(['export', '--table', 'Order', '--url', from.origin, '--json']);
    expect(JSON.parse(stdout)).toEqual({
      tables: [{ table: 'orders', file: 'export/orders.ndjson', rows: shop.orders.length }],
    });
    const keys = read('export/orders.ndjson')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .map(({ tenant_id, id }) => `${tenant_id} ${id}`);
    expect(keys).toEqual(shop.orders.map(({ tenant_id, id }) => `${tenant_id} ${id}`).sort());
  });

  it('shows schema and status of the API', async () => {
    const schema = await place.run(['schema', '--url', from.origin]);
    expect(schema).toEqual({ code: 0, stderr: '', stdout: readFileSync('schema.graphql', 'utf8') });
    const status = await place.run(['status', '--count', '--url', from.origin]);
    expect(status.code).toBe(0);
    expect(status.stdout).toMatch(/^Order +2,400$/m);
    const { stdout } = await place.run(['status', '--count', '--json', '--url', from.origin]);
    const { shards } = JSON.parse(stdout);
    const orders = shards.map(({ rowsByTable }: { rowsByTable: { Order: number } }) => rowsByTable.Order);
    expect(shards).toHaveLength(4);
    expect(orders.reduce((sum: number, rows: number) => sum + rows)).toBe(shop.orders.length);
  });

  it('asks for fewer rows where they are too large for one answer', async () => {
    const server = await startServer({ shards: 1 });
    try {
      const [tenant] = shop.tenants;
      const large = Array.from({ length: 24 }, (_, index) => ({
        ...tenant,
        id: `l${index}`,
        name: 'x'.repeat(1_700_000),
      }));
      place.writeRows('large/tenants.ndjson', large);
      expect(await place.run(['import', 'large', '--url', server.origin])).toMatchObject({ code: 0 });
      const { code, stderr } = await place.run([
        'export',
        '--out',
        'large-out',
        '--table',
        'tenants',
        '--url',
        server.origin,
      ]);
      expect([code, stderr]).toEqual([0, '']);
      expect(read('large-out/tenants.ndjson').trim().split('\n')).toHaveLength(large.length);
    } finally {
      await server.stop();
    }
  });

  it('exits with 2 and one line if it cannot work', async () => {
    const url = ['--url', from.origin];
    const nobody = ['--url', `http://127.0.0.1:${await freePort()}`];
    const cases = [
      [['export', '--table', 'nope', ...url], /^Expected --table to name one of tenants, .*, but got "nope"/],
      [['export', '--format', 'xml', ...url], /Allowed choices are ndjson, json, csv/],
      [['export', ...nobody], /^Cannot reach http/],
      [['export', '--out', join(place.folder, 'shop/tenants.ndjson/x'), ...url], /ENOTDIR/],
      [['schema', ...nobody], /^Cannot reach http/],
      [['status', ...nobody], /^Cannot reach http/],
      [['status', 'now', ...url], /too many arguments/],
    ] as const;
    for (const [args, message] of cases) {
      const { code, stderr } = await place.run(args);
      expect(stderr).toMatch(message);
      expect(stderr).not.toContain('    at ');
      expect(code).toBe(2);
    }
  });
});

describe('an export of every column type', () => {
  const sample = {
    account_id: 'acc',
    id: 's1',
    text_value: 'line\nbreak, "quote" é',
    integer_value: 1,
    bytes: 'AAE=',
    seconds: '2026-01-01T00:00:00.000Z',
    moment: '2026-01-01T00:00:00.123Z',
    updated_at: '2026-01-01T00:00:00.000Z',
    wide: '9223372036854775807',
    decimal: '123456789012.345',
  };

  it('gives equal rows in an empty API, and parents that come after their children get in', async () => {
    const [from, to] = await Promise.all([startServer({ config: ALL_TYPES }), startServer({ config: ALL_TYPES })]);
    try {
      place.writeRows('types/accounts.ndjson', [{ id: 'acc', name: 'n' }]);
      place.writeRows('types/samples.ndjson', [sample]);
      // More than one request, so that the last row's parents come from another than its own.
      const count = 9_000;
      const categories = Array.from({ length: count }, (_, id) => ({
        account_id: 'acc',
        id,
        parent_id: id < 10 ? count - 1 - id : null,
        name: `c${id}`,
      }));
      place.writeRows('types/categories.ndjson', categories);
      const first = await place.run(['import', 'types', '--url', from.origin]);
      expect(first.stderr).toBe('');
      expect(first.stdout).toContain(`categories: ${count} inserted, 0 updated, 0 unchanged, 0 failed\n`);
      const [before, after] = await roundTrip(from, to, 'ndjson', 'samples');
      expect(JSON.parse(before)).toMatchObject(sample);
      expect(after).toBe(before);
    } finally {
      await Promise.all([from.stop(), to.stop()]);
    }
  });
});
