import { describe, expect, it } from 'vitest';
import type { Model } from '../../../../src/model/types.ts';
import { bundle } from '../../../../src/schema/migrations/index.ts';
import demo from '../../../../src/schema/model.ts';
import type { Advice } from '../../../../src/shards/advice.ts';
import type { SlowRead } from '../../../../src/shards/isolate-report.ts';
import { advise } from '../../../../src/shards/monitor/advice/advise.ts';
import type { Filter } from '../../../../src/shards/plan/filter.ts';
import { indexNeedsOf } from '../../../../src/shards/plan/index-needs.ts';
import { firstRows } from '../../../../src/shards/plan/page.ts';
import { factsOf, slowOf } from '../../../support/monitor/advice-facts.ts';
import { inDatabase, LabDatabase, plan } from '../../server/read/lab-database.ts';
import { withoutIndex } from '../../server/read/scans-of.ts';

const ROWS = 4_000;
const STATUSES = ['pending', 'paid', 'shipped', 'delivered', 'cancelled'];

/** Orders of two tenants; every fifth has a status, every 80th a customer, every 40th a total. */
const orders = Array.from({ length: ROWS }, (_, at) => ({
  ...{ tenantId: at % 4 === 3 ? 'other' : 'acme', id: `o${at}`, customerId: `c${at % 80}`, status: STATUSES[at % 5]! },
  ...{ totalCents: at % 40, note: null, shipping: '{}', createdAt: 1_700_000_000 + at },
}));

/** The model as if an index had been declared. */
function withIndex(model: Model, { table: type, index }: Advice): Model {
  const added = { name: index!.name, unique: false, columns: index!.columns, partial: false, liveOnly: false };
  const tables = model.tables.map((table) =>
    table.typeName === type ? { ...table, indexes: [...table.indexes, added] } : table,
  );
  return { ...model, tables, tableByType: new Map(tables.map((table) => [table.typeName, table])) };
}

interface Query {
  readonly model?: Model;
  readonly filter: Filter | null;
  readonly values?: readonly (string | number)[];
  readonly orderBy?: string;
  readonly limit?: number;
}

const read = (
  database: LabDatabase,
  { filter, values = [], orderBy = 'createdAt', limit = 20 }: Query,
): { readonly slow: SlowRead; readonly rowsRead: number } => {
  const byId = { column: 'id', descending: true, nullsFirst: false };
  const order = orderBy === 'id' ? [byId] : [{ ...byId, column: orderBy }, byId];
  const node = plan({ table: 'Order', match: ['tenantId'], columns: ['id'], filter, page: firstRows(order, 0) });
  const all = [limit, ...values];
  const { answers, rowsRead } = database.count(node, { values: all, keys: [['acme']], shardKeys: ['t:acme'] });
  const { rows } = answers[0] as unknown as { rows: unknown[] };
  const rowsReturned = rows.length;
  const needs = indexNeedsOf(node, all);
  return { rowsRead, slow: { field: 'orders', needs, keys: 1, rowsRead, rowsReturned, durationMs: 100, plan: '' } };
};

const status: Filter = { op: 'eq', column: 'status', value: 1 };
const total: Filter = { op: 'eq', column: 'totalCents', value: 1 };
const bare = ['orders_by_status', 'orders_of_customer', 'orders_newest'].reduce(withoutIndex, demo);

const QUERIES: Readonly<Record<string, Query & { readonly columns: readonly string[] }>> = {
  'a status, newest first': {
    ...{ model: withoutIndex(demo, 'orders_by_status'), filter: status, values: ['nowhere'] },
    columns: ['tenantId', 'status', 'createdAt'],
  },
  'a total that few have': { filter: total, values: [7], columns: ['tenantId', 'totalCents', 'createdAt'], limit: 100 },
  'two columns': {
    filter: {
      op: 'and',
      terms: [
        { op: 'eq', column: 'note', value: 1 },
        { op: 'eq', column: 'totalCents', value: 2 },
      ],
    },
    ...{ values: ['x', 7], columns: ['tenantId', 'note', 'totalCents', 'createdAt'] },
  },
  'the newest, without an index for them': { model: bare, filter: null, columns: ['tenantId', 'createdAt'] },
  'a range, all of it on a page': {
    filter: { op: 'between', column: 'totalCents', low: 1, high: 2 },
    ...{ model: bare, values: [3, 3], orderBy: 'totalCents', limit: 100, columns: ['tenantId', 'totalCents'] },
  },
};

describe('an index that is missing', () => {
  it.each(Object.entries(QUERIES))(
    'is recommended, and helps as predicted: %s',
    async (name, { columns, ...query }) => {
      await inDatabase(demo, bundle, (database) => {
        const model = query.model ?? demo;
        for (const { name: index } of demo.table('Order').indexes) {
          if (!model.table('Order').indexes.some((each) => each.name === index))
            database.sql.exec(`DROP INDEX ${index}`);
        }
        const before = new LabDatabase(model, { ...bundle, migrations: [] }, database.sql);
        before.insert('Order', orders);
        const { slow } = read(before, query);
        const facts = factsOf({ model, slow: [slowOf(name, [slow])] });
        const [advice, ...others] = advise(facts);
        expect(others).toEqual([]);
        expect(advice).toMatchObject({ kind: 'MISSING_INDEX', table: 'Order', operation: name, shardKey: 't:acme' });
        const { ddl, rowsReadNow, rowsReadThen } = advice!.index!;
        expect(advice!.index!.columns).toEqual(columns);
        expect(rowsReadNow).toBe(slow.rowsRead);
        database.sql.exec(ddl);
        const followed = withIndex(model, advice!);
        const after = read(new LabDatabase(followed, { ...bundle, migrations: [] }, database.sql), query);
        expect(after.slow.rowsReturned).toBe(slow.rowsReturned);
        expect(
          Math.abs(after.rowsRead - rowsReadThen!),
          `${after.rowsRead} rows, not ${rowsReadThen}`,
        ).toBeLessThanOrEqual(Math.max(1, 0.2 * after.rowsRead));
        // It closes by itself.
        expect(advise({ ...facts, model: followed })).toEqual([]);
      });
    },
  );
});

describe('what is recommended', () => {
  const needs = { table: 'Order', path: [], equals: ['status', 'tenantId'], ranges: [], order: [], limit: 20 };
  const slow = (parts: object, rowsRead = 3_000): SlowRead => ({
    ...{ field: 'orders', needs: [{ ...needs, hasOtherTests: false, ...parts }] },
    ...{ keys: 1, rowsRead, rowsReturned: 10, durationMs: 100, plan: '' },
  });
  const without = withoutIndex(demo, 'orders_by_status');
  const indexesFor = (read: SlowRead, model = without) =>
    advise(factsOf({ model, slow: [slowOf('Orders', [read])] })).map(({ index }) => index!);

  it('is a line for the model, and what its migration does', () => {
    expect(indexesFor(slow({}))).toMatchObject([
      {
        name: 'orders_by_status',
        drizzle: "index('orders_by_status').on(t.tenantId, t.status),",
        ddl: 'CREATE INDEX "orders_by_status" ON "orders" ("tenant_id", "status")',
      },
    ]);
  });

  it('is nothing where few rows are read, where an index is there, or one row is found', () => {
    expect(indexesFor(slow({}, 400))).toEqual([]);
    expect(indexesFor(slow({}), demo)).toEqual([]);
    expect(indexesFor(slow({ equals: ['tenantId', 'id', 'note'] }))).toEqual([]);
    expect(indexesFor({ ...slow({}), rowsReturned: 2_900 })).toEqual([]);
    expect(indexesFor(slow({ table: 'Gone' }))).toEqual([]);
  });

  it.each([
    ['another test of rows', { hasOtherTests: true }],
    ['a count of all', { limit: null }],
    ['several ranges', { ranges: ['totalCents', 'createdAt'] }],
  ])('predicts nothing with %s', (_, parts) => {
    expect(indexesFor(slow(parts))).toMatchObject([{ rowsReadNow: 3_000, rowsReadThen: null }]);
  });

  it('is one index for several operations, by how much they read on average', () => {
    const operations = [slowOf('A', [slow({}, 2_000)]), slowOf('B', [slow({}, 4_000)])];
    expect(advise(factsOf({ model: without, slow: operations }))).toMatchObject([
      { operation: 'A', index: { rowsReadNow: 3_000 } },
    ]);
  });
});
