import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it, onTestFinished } from 'vitest';
import { checkAnswer } from '../../bench/cells/cell.ts';
import { customersByAlias } from '../../bench/workloads/customers-by-alias.ts';
import { filteredOrders } from '../../bench/workloads/filtered-orders.ts';
import { mixedReadsAndWrites } from '../../bench/workloads/mixed-reads-and-writes.ts';
import { newestOrdersOfCustomer } from '../../bench/workloads/newest-orders-of-customer.ts';
import { newestOrdersOfTenant } from '../../bench/workloads/newest-orders-of-tenant.ts';
import { indexShop } from '../../bench/workloads/shop-index.ts';
import { type GraphqlRequest, makeRequests, type Workload } from '../../bench/workloads/workload.ts';
import { makeZipf } from '../../bench/workloads/zipf.ts';
import { Random } from '../../scripts/demo/random.ts';
import { makeShop, type Shop } from '../../scripts/demo/shop.ts';
import { bundle } from '../../src/schema/migrations/index.ts';

const shop = makeShop({ tenants: 3, customers: 5, products: 6, orders: 60, reviews: 1 });
const database = fill(shop);

/** A SQLite database with the shop's tables and rows, against which expected answers are compared. */
function fill(rows: Shop): DatabaseSync {
  const filled = new DatabaseSync(':memory:');
  for (const { statements } of bundle.migrations) for (const statement of statements) filled.exec(statement);
  for (const [table, all] of Object.entries(rows) as [string, object[]][]) {
    const columns = Object.keys(all[0]!);
    const insert = filled.prepare(`INSERT INTO ${table} (${columns}) VALUES (${columns.map(() => '?')})`);
    for (const row of all)
      insert.run(...Object.values(row).map((cell) => (Object(cell) === cell ? JSON.stringify(cell) : cell)));
  }
  return filled;
}

const query = (sql: string, ...parameters: string[]): unknown =>
  JSON.parse(String(Object.values(database.prepare(sql).get(...parameters)!)[0]));

const requestsOf = (workload: Workload, seed = 1): GraphqlRequest[] =>
  makeRequests({ ...workload, size: 40 }, indexShop(shop), new Random(seed));

describe('expected answers are those of SQLite over the same rows', () => {
  const cases: readonly (readonly [Workload, string, readonly string[]])[] = [
    [
      newestOrdersOfCustomer,
      `SELECT json_object('customer', json_object('orders', json_object('nodes', json_group_array(json_object(
         'id', id, 'status', upper(status), 'totalCents', total_cents, 'createdAt', created_at)))))
       FROM (SELECT * FROM orders WHERE tenant_id = ?1 AND customer_id = ?2 ORDER BY created_at DESC, id LIMIT 20)`,
      ['tenant', 'id'],
    ],
    [
      newestOrdersOfTenant,
      `SELECT json_object('orders', json_object('nodes', json_group_array(json_object(
         'id', o.id, 'totalCents', o.total_cents,
         'customer', (SELECT json_object('name', c.name) FROM customers c WHERE c.id = o.customer_id),
         'items', json_object('nodes', (
           SELECT json_group_array(json_object('quantity', i.quantity, 'product',
             (SELECT json_object('name', p.name, 'priceCents', p.price_cents) FROM products p WHERE p.id = i.product_id)))
           FROM (SELECT * FROM order_items WHERE order_id = o.id ORDER BY id) i))))))
       FROM (SELECT * FROM orders WHERE tenant_id = ?1 ORDER BY created_at DESC, id LIMIT 20) o`,
      ['tenant'],
    ],
    [
      filteredOrders,
      `WITH matches AS (
         SELECT * FROM orders WHERE tenant_id = ?1 AND status = lower(?2) AND total_cents > ?3 + 0)
       SELECT json_object('orders', json_object('totalCount', (SELECT count(*) FROM matches), 'nodes', (
         SELECT json_group_array(json_object('id', id, 'totalCents', total_cents, 'createdAt', created_at))
         FROM (SELECT * FROM matches ORDER BY total_cents DESC, id LIMIT 20))))`,
      ['tenant', 'status', 'above'],
    ],
  ];

  it.each(cases.map((of) => [of[0].name, ...of] as const))('%s', (_name, workload, sql, parameters) => {
    for (const { variables, expected } of requestsOf(workload)) {
      expect(expected()).toEqual(query(sql, ...parameters.map((name) => String(variables[name]))));
    }
  });

  it('covers lists that are longer than a page, and lists without rows', () => {
    const counts = requestsOf(filteredOrders).map(
      ({ expected }) => (expected() as { orders: { totalCount: number } }).orders.totalCount,
    );
    expect(Math.min(...counts)).toBe(0);
    expect(shop.orders.length / shop.tenants.length).toBeGreaterThan(20);
  });
});

describe('requests', () => {
  it('are the same for the same seed, and differ from each other', () => {
    const variables = (seed: number) => requestsOf(customersByAlias, seed).map((request) => request.variables);
    expect(variables(7)).toEqual(variables(7));
    expect(variables(7)).not.toEqual(variables(8));
    expect(new Set(variables(7).map((one) => JSON.stringify(one))).size).toBe(40);
  });

  it('of W8 are writes, with a read of what they wrote, in about 5 of 100 cases', () => {
    const all = makeRequests({ ...mixedReadsAndWrites, size: 4_000 }, indexShop(shop), new Random(1));
    const writes = all.filter(({ readBack }) => readBack !== undefined);
    expect(writes.length / all.length).toBeGreaterThan(0.03);
    expect(writes.length / all.length).toBeLessThan(0.07);
    for (const { variables, readBack } of writes) {
      expect(readBack!.expected()).toEqual({ customer: { id: variables.id, phone: variables.phone } });
    }
  });

  it('of a Zipf distribution draw each rank in proportion to 1 / rank^0.99', () => {
    const rank = makeZipf(1_000);
    const random = new Random(3);
    const draws = 200_000;
    const counts = new Array<number>(1_000).fill(0);
    for (let draw = 0; draw < draws; draw++) counts[rank(random.next())]!++;
    const share = (of: number) => 1 / of ** 0.99;
    expect(counts[0]! / counts[9]!).toBeCloseTo(share(1) / share(10), -1);
    expect(counts[0]! / draws).toBeCloseTo(
      1 / Array.from({ length: 1_000 }, (_, index) => share(index + 1)).reduce((a, b) => a + b),
      2,
    );
    expect(rank(0)).toBe(0);
    expect(rank(1 - 2 ** -53)).toBe(999);
  });
});

describe('checkAnswer', () => {
  const serve = async (status: number, text: string): Promise<number> => {
    const server = createServer((_request, response) => response.writeHead(status).end(text)).listen(0, '127.0.0.1');
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    return (server.address() as AddressInfo).port;
  };

  it('takes the expected answer, whatever the order of its fields', async () => {
    await checkAnswer(await serve(200, '{"data":{"b":1,"a":[null]}}'), '/', '{}', { data: { a: [null], b: 1 } });
  });

  it('looks past extensions, which differ from answer to answer', async () => {
    await checkAnswer(await serve(200, '{"data":{"a":1},"extensions":{"b":2}}'), '/', '{}', { data: { a: 1 } });
  });

  it.each([
    ['another value', 200, '{"data":{"a":2}}'],
    ['a field too many', 200, '{"data":{"a":1,"b":1}}'],
    ['errors beside the data', 200, '{"data":{"a":1},"errors":[]}'],
    ['another status', 500, '{"data":{"a":1}}'],
  ])('throws at %s', async (_what, status, text) => {
    await expect(checkAnswer(await serve(status, text), '/', '{}', { data: { a: 1 } })).rejects.toThrow();
  });
});
