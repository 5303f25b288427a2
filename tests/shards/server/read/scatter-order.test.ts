/**
 * Pages without a shard key: in the order of all rows, by reading about as many as they show and as there are shard keys. Orders have an
 * index that begins with them, or one where they follow the shard key.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Model } from '../../../../src/model/types.ts';
import { bundle } from '../../../../src/schema/migrations/index.ts';
import demo from '../../../../src/schema/model.ts';
import type { PageAnswer } from '../../../../src/shards/plan/answer.ts';
import type { Filter } from '../../../../src/shards/plan/filter.ts';
import type { Boundary, OrderTerm } from '../../../../src/shards/plan/order.ts';
import type { PageShape } from '../../../../src/shards/plan/page.ts';
import { SourceFields } from '../../../../src/shards/server/read/compile/fields.ts';
import { resolveOrder } from '../../../../src/shards/server/read/compile/order.ts';
import { chooseScatterOrder } from '../../../../src/shards/server/read/compile/scatter-order.ts';
import { describeRuns, propertyRuns } from '../../../support/property-runs.ts';
import { inDatabase, type LabDatabase, plan, type WireRow } from './lab-database.ts';
import { evaluate } from './naive-plan.ts';

const term = (column: string, descending = false): OrderTerm => ({ column, descending, nullsFirst: !descending });
const NEWEST = [term('createdAt', true), term('tenantId'), term('id')];

const pageOf = (orderBy: readonly OrderTerm[], shape: Partial<PageShape> = {}): PageShape => ({
  orderBy,
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

const ordersOf = (page: PageShape, filter: Filter | null = null) =>
  plan({ table: 'Order', columns: ['tenantId', 'id', 'createdAt', 'status', 'totalCents'], filter, page });

/** The demo with one more index of orders. */
function withIndex(column: 'createdAt' | 'note'): Model {
  const index = { name: `orders_by_${column}`, unique: false, columns: [column], partial: false, liveOnly: false };
  const tables = demo.tables.map((table) =>
    table.typeName === 'Order' ? { ...table, indexes: [...table.indexes, index] } : table,
  );
  return { ...demo, tables, tableByType: new Map(tables.map((table) => [table.typeName, table])) };
}

const ofOrders = (model: Model, orders: readonly WireRow[], test: (database: LabDatabase) => void) =>
  inDatabase(model, bundle, (database) => {
    for (const { name, columns } of model.table('Order').indexes) {
      const column = model.table('Order').columnByName.get(columns[0] ?? '')!.sqlName;
      if (columns.length === 1) database.sql.exec(`CREATE INDEX "${name}" ON orders ("${column}")`);
    }
    database.insert('Order', orders);
    test(database);
  });

const orderOf = (terms: readonly OrderTerm[]) => resolveOrder(new SourceFields(demo, ordersOf(pageOf(terms))), terms);

const TENANTS = 30;
const ORDERS = 200;
const at = (minute: number): string => new Date(1.7e12 + minute * 60_000).toISOString();

/** Some tenants have orders of one hour alone, most of all the time. */
const rows = Array.from({ length: TENANTS * ORDERS }, (_, n): WireRow => {
  const [tenant, order] = [n % TENANTS, Math.floor(n / TENANTS)];
  const minute = tenant < 3 ? 2_000_000 + (order % 60) : (n * 7_919) % 2_100_000;
  return {
    ...{ tenantId: `t${tenant}`, id: `o${order}`, customerId: 'c', note: order % 3 === 0 ? null : `n${order % 11}` },
    ...{ status: ['paid', 'pending', 'shipped'][order % 3]!, totalCents: (n * 31) % 500, shipping: '{}', createdAt: at(minute) }, // biome-ignore format: one line
  };
});

describe('a page of all tenants', () => {
  const LIMIT = 20;
  it.each([
    { name: 'the newest orders', page: pageOf(NEWEST) },
    { name: 'the oldest orders', page: pageOf([term('createdAt'), term('tenantId'), term('id')]) },
    { name: 'the last of the newest', page: pageOf(NEWEST, { fromEnd: true }) },
    { name: 'orders after a position', page: pageOf(NEWEST, { after: [1, 2, 3], probeOtherSide: true }) },
    { name: 'orders before a position', page: pageOf(NEWEST, { before: [1, 2, 3], fromEnd: true }) },
    { name: 'orders by id', page: pageOf([term('id'), term('tenantId')]) },
    { name: 'paid orders', page: pageOf(NEWEST), filter: { op: 'eq', column: 'status', value: 4 } as const },
    { name: 'large orders', page: pageOf(NEWEST), filter: { op: 'gt', column: 'totalCents', value: 5 } as const },
  ])('reads a few rows of each, and those of the page: $name', async ({ page, filter }) => {
    const values = [LIMIT, at(1_900_000), 't7', 'o9', 'paid', 250];
    const node = ordersOf(page, filter);
    await ofOrders(demo, rows, (database) => {
      const { answers, rowsRead } = database.count(node, { values });
      expect(answers).toEqual(evaluate(demo, { Order: rows }, node, values, [[]]));
      expect((answers[0] as PageAnswer).rows).toHaveLength(LIMIT);
      // A key, its first row by index, itself, and put in order twice; the same of the page's; a filter looks at twice as many.
      expect(rowsRead).toBeLessThan(10 * TENANTS + 2 * 8 * LIMIT + (filter ? 4 * TENANTS : 0));
    });
  });

  it('reads the rows of the page alone by an index that begins with the order', async () => {
    const model = withIndex('createdAt');
    await ofOrders(model, rows, (database) => {
      const node = ordersOf(pageOf(NEWEST));
      const { answers, rowsRead } = database.count(node, { values: [LIMIT] });
      expect(answers).toEqual(evaluate(model, { Order: rows }, node, [LIMIT], [[]]));
      expect(rowsRead).toBeLessThan(4 * LIMIT);
    });
  });

  it('does not look at shard keys of other tables', async () => {
    await ofOrders(demo, rows, (database) => {
      database.insert('Tenant', Array.from({ length: 1_000 }, (_, n) => ({ id: `other${n}`, name: 'x', plan: 'free', settings: '{}', createdAt: at(0) }))); // biome-ignore format: one line
      const { rowsRead } = database.count(ordersOf(pageOf(NEWEST)), { values: [LIMIT] });
      expect(rowsRead).toBeLessThan(10 * TENANTS + 2 * 8 * LIMIT);
    });
  });

  it('is sorted if only an index of some rows begins with the shard key', async () => {
    const order = demo.table('Order');
    const primaryKey = { ...order.primaryKey, names: ['id', 'tenantId'] };
    const indexes = order.indexes.map((index) => ({ ...index, partial: true, liveOnly: true }));
    const live = { ...order, primaryKey, indexes, softDelete: order.columnByName.get('note')! };
    const node = { ...ordersOf(pageOf(NEWEST)), hiddenBy: 'note' };
    expect(chooseScatterOrder(live, node, orderOf(NEWEST))).toBeNull();
    expect(chooseScatterOrder({ ...live, indexes: order.indexes }, node, orderOf(NEWEST))).toEqual({
      by: 'SHARD_KEYS',
    });
  });

  it('reads about as many rows as there are if few tenants have more than the page', async () => {
    const few = rows.filter(({ tenantId }) => tenantId === 't5' || tenantId === 't6');
    await ofOrders(demo, few, (database) => {
      const node = ordersOf(pageOf(NEWEST));
      const { answers, rowsRead } = database.count(node, { values: [100] });
      expect(answers).toEqual(evaluate(demo, { Order: few }, node, [100], [[]]));
      expect(rowsRead).toBeLessThan(2_000);
    });
  });
});

const RUNS = propertyRuns(150);

describe('pages of several tenants', () => {
  const few = rows.filter(({ id }) => Number(String(id).slice(1)) < 12);
  const tenants = [...new Set(few.map(({ tenantId }) => `t:${tenantId}`))];
  const orders: readonly (readonly OrderTerm[])[] = ['createdAt', 'id', 'status', 'note', 'totalCents'].flatMap(
    (column) =>
      [true, false].flatMap((descending) =>
        [true, false].map((nullsFirst) => {
          const first = { column, descending, nullsFirst };
          return [first, ...[term('tenantId', nullsFirst), term('id')].filter((each) => each.column !== column)];
        }),
      ),
  );
  const position = fc.option(fc.constantFrom(...few), { freq: 2 });
  const pages = fc.record({
    orderBy: fc.constantFrom(...orders),
    after: position,
    before: position,
    fromEnd: fc.boolean(),
    limit: fc.constantFrom(0, 1, 3, 20, 100, 400),
    offset: fc.constantFrom(null, null, 0, 2, 50),
    probeOtherSide: fc.boolean(),
    filter: fc.constantFrom<Filter | null>(
      ...[null, null, { op: 'eq', column: 'status', value: 0 } as const],
      ...[{ op: 'gte', column: 'totalCents', value: 1 } as const, { op: 'eq', column: 'note', value: 2 } as const],
    ),
    shardKeys: fc.option(fc.subarray(tenants, { minLength: 1 }), { freq: 2 }),
    owned: fc.option(fc.subarray(tenants), { freq: 3 }),
  });

  it.each([
    { name: 'as the demo is', model: demo },
    { name: 'with an index on createdAt', model: withIndex('createdAt') },
    { name: 'with an index on note', model: withIndex('note') },
  ])(`are those of all rows, put in order: $name, ${describeRuns(RUNS)}`, async ({ model }) => {
    await ofOrders(model, few, (database) => {
      fc.assert(
        fc.property(pages, ({ filter, shardKeys, owned, orderBy, after, before, limit, offset, ...shape }) => {
          const values: (string | number)[] = ['paid', 250, 'n4', limit];
          const boundary = (row: WireRow | null): Boundary | null =>
            row && orderBy.map(({ column: name }) => (row[name] == null ? null : values.push(row[name] as string) - 1));
          const isPlain = after === null && before === null && !shape.fromEnd;
          const page = pageOf(orderBy, {
            ...shape,
            after: boundary(after),
            before: boundary(before),
            limit: 3,
            offset: isPlain && offset !== null ? values.push(offset) - 1 : null,
          });
          const node = ordersOf(page, filter);
          if (owned) database.own(owned);
          const answers = database.run(node, { values, shardKeys }, { visibleOnly: owned !== null });
          const seen = few.filter(({ tenantId }) =>
            [shardKeys, owned].every((keys) => (keys ?? tenants).includes(`t:${tenantId}`)),
          );
          expect(answers).toEqual(evaluate(model, { Order: seen }, node, values, [[]]));
        }),
        RUNS,
      );
    });
  });
});
