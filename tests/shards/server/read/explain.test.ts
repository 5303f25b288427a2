/** Explaining makes the statements that running makes, and runs none of them. */

import { expect, it } from 'vitest';
import { bundle } from '../../../../src/schema/migrations/index.ts';
import model from '../../../../src/schema/model.ts';
import type { PlanNode } from '../../../../src/shards/plan/node.ts';
import type { OrderTerm } from '../../../../src/shards/plan/order.ts';
import type { PageShape } from '../../../../src/shards/plan/page.ts';
import { SqlSession } from '../../../../src/shards/sql/sql-session.ts';
import { inDatabase, type LabCall, type LabDatabase, plan } from './lab-database.ts';

const CREATED_AT = '2026-01-02T03:04:05.678Z';
const order = (column: string): OrderTerm => ({ column, descending: false, nullsFirst: true });
const page = (shape: Partial<PageShape> = {}): PageShape => ({
  orderBy: [order('tenantId'), order('id')],
  after: null,
  before: null,
  fromEnd: false,
  limit: 0,
  offset: null,
  rows: true,
  probeOtherSide: false,
  totalCount: false,
  ...shape,
});

function fill(database: LabDatabase, tenantId: string): void {
  const row = { tenantId, createdAt: CREATED_AT };
  const numbers = [1, 2, 3, 4, 5, 6];
  const rows = (type: string, values: (n: number) => Record<string, string | number>) =>
    database.insert(
      type,
      numbers.map((n) => ({ ...row, ...values(n) })),
    );
  rows('Customer', (n) => ({ id: `c${n}`, name: `Zoë ${n}`, email: `${n}`, attributes: '{}' }));
  rows('Product', (n) => ({ id: `p${n}`, sku: `${n}`, name: `P${n}`, priceCents: n }));
  rows('Order', (n) => ({
    id: `o${n}`,
    customerId: `c${1 + (n % 2)}`,
    status: 'paid',
    totalCents: n,
    shipping: '{}',
    note: 'É',
  }));
  rows('OrderItem', (n) => ({
    id: `i${n}`,
    orderId: `o${1 + (n % 2)}`,
    productId: `p${n}`,
    quantity: 1,
    unitPriceCents: 1,
  }));
}

const product = plan({ table: 'Product', match: ['tenantId', 'id'], columns: ['tenantId', 'id', 'name'] });
const items = plan({
  table: 'OrderItem',
  match: ['tenantId', 'orderId'],
  columns: ['tenantId', 'id', 'productId'],
  page: page({ totalCount: true, limit: 1 }),
  relations: [{ key: 'product', from: ['tenantId', 'productId'], node: product }],
});
const orders = plan({
  table: 'Order',
  match: ['tenantId'],
  columns: ['tenantId', 'id', 'customerId', 'status', '#version'],
  page: page(),
  relations: [
    {
      key: 'customer',
      from: ['tenantId', 'customerId'],
      node: plan({ table: 'Customer', match: ['tenantId', 'id'], columns: ['tenantId', 'id', 'name'] }),
    },
    { key: 'items', from: ['tenantId', 'id'], node: items },
  ],
});
const inZone = { column: 'createdAt', trunc: 'DAY', timeZone: 2 } as const;

const PLANS: Readonly<Record<string, readonly [PlanNode, LabCall]>> = {
  'a page with pages and rows below it': [orders, { keys: [['t1']] }],
  'a page of all rows': [
    { ...orders, match: [], page: page({ orderBy: [order('id'), order('tenantId')] }) },
    { values: [3, 1] },
  ],
  'several keys': [
    product,
    {
      keys: [
        ['t1', 'p1'],
        ['t1', 'p2'],
        ['t1', 'none'],
      ],
    },
  ],
  'a key whose shard key is named beside it': [
    plan({ table: 'Customer', match: ['email'], columns: ['tenantId', 'id'], relations: [] }),
    { keys: [['1']], shardKeys: ['t:t1'] },
  ],
  'a cursor, and whether there are rows before it': [
    { ...orders, page: page({ after: [2, 3], probeOtherSide: true, totalCount: true, limit: 1 }) },
    { keys: [['t1']], values: [2, 1, 't1', 'o1'] },
  ],
  'aggregates and groups in a time zone': [
    {
      ...orders,
      relations: [],
      page: page({
        rows: false,
        totalCount: true,
        aggregate: [{ op: 'sum', column: 'totalCents' }],
        groups: [
          {
            keys: [{ column: 'status', trunc: null, timeZone: null }, inZone],
            measures: [{ op: 'distinctValues', column: 'note' }],
          },
        ],
      }),
    },
    { keys: [['t1']], values: [2, 1, 'Europe/Berlin'] },
  ],
  'a filter that JavaScript decides': [
    { ...orders, filter: { op: 'icontains', column: 'note', value: 2 } },
    { keys: [['t1']], values: [5, 1, 'é'] },
  ],
};

it.each(Object.keys(PLANS))('makes the statements of %s, and reads nothing', async (name) => {
  const [node, call] = PLANS[name]!;
  await inDatabase(model, bundle, (database) => {
    fill(database, 't1');
    fill(database, 't2');
    const complete = database.call(node, { values: [2, 1], ...call });
    const run: string[] = [];
    const session = new SqlSession(database.sql);
    const recorder = {
      rows: (sql: string, ...bindings: SqlStorageValue[]) => {
        run.push(sql);
        return session.rows(sql, ...bindings);
      },
      each: (sql: string, ...bindings: SqlStorageValue[]) => {
        run.push(sql);
        return session.each(sql, ...bindings);
      },
      rowsWhile: (test: (row: SqlStorageValue[]) => boolean, sql: string, ...bindings: SqlStorageValue[]) => {
        run.push(sql);
        return session.rowsWhile(test, sql, ...bindings);
      },
      row: (sql: string, ...bindings: SqlStorageValue[]) => {
        run.push(sql);
        return session.row(sql, ...bindings);
      },
      within: <T>(_limit: unknown, work: () => T) => work(),
      counts: session.counts,
    };
    database.runner.run(recorder, complete, { visibleOnly: false });
    const explaining = new SqlSession(database.sql);
    const statements = database.runner.explain(explaining, complete, { visibleOnly: false });
    expect(statements.map(({ sql }) => sql)).toEqual(run);
    for (const { queryPlan } of statements) expect(queryPlan.join()).toMatch(/SEARCH|SCAN/);
    expect(explaining.counts).toEqual({ statements: run.length, rowsRead: 0, rowsWritten: 0 });
  });
});

it('makes as many statements as the plan is deep, not as wide as its rows', async () => {
  const deep = Array.from({ length: 40 }).reduce<PlanNode>(
    (inner, _, level) => ({
      ...(level % 2 === 0
        ? { ...orders, match: ['tenantId', 'customerId'] }
        : { ...orders, table: 'Customer', columns: ['tenantId', 'id'] }),
      relations: [{ key: 'x', from: level % 2 === 0 ? ['tenantId', 'customerId'] : ['tenantId', 'id'], node: inner }],
    }),
    product,
  );
  await inDatabase(model, bundle, (database) => {
    const call = database.call({ ...deep, match: [] }, { values: [2] });
    const statements = database.runner.explain(new SqlSession(database.sql), call, { visibleOnly: false });
    expect(statements).toHaveLength(41);
  });
});
