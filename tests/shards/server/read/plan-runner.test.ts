import { describe, expect, it } from 'vitest';
import { bundle } from '../../../../src/schema/migrations/index.ts';
import model from '../../../../src/schema/model.ts';
import { ShardQLError } from '../../../../src/shards/errors.ts';
import type { PageAnswer } from '../../../../src/shards/plan/answer.ts';
import { type Filter, notNull } from '../../../../src/shards/plan/filter.ts';
import type { PlanNode } from '../../../../src/shards/plan/node.ts';
import type { OrderTerm } from '../../../../src/shards/plan/order.ts';
import type { PageShape } from '../../../../src/shards/plan/page.ts';
import { bundle as wideBundle } from '../../../models/wide/migrations/index.ts';
import wideModel from '../../../models/wide/model.ts';
import { relatedOf } from '../../../support/plans.ts';
import { checkSqlLimits } from '../../../support/sql-limits.ts';
import { inDatabase, type LabDatabase, plan, type WireRow } from './lab-database.ts';

const CREATED_AT = '2026-01-02T03:04:05.678Z';
const order = (column: string, descending = false): OrderTerm => ({ column, descending, nullsFirst: !descending });
const page = (shape: Partial<PageShape> & Pick<PageShape, 'limit'>): PageShape => ({
  orderBy: [order('tenantId'), order('id')],
  after: null,
  before: null,
  fromEnd: false,
  offset: null,
  rows: true,
  probeOtherSide: false,
  totalCount: false,
  ...shape,
});
const newestFirst = [order('createdAt', true), order('tenantId', true), order('id', true)];

const numbered = (count: number, row: (at: number) => WireRow): WireRow[] =>
  Array.from({ length: count }, (_, at) => row(at));
const customer = (at: number, changes: WireRow = {}): WireRow => ({
  id: `c${at}`,
  tenantId: 't1',
  name: `Customer ${at}`,
  email: `c${at}@x.org`,
  attributes: '{}',
  createdAt: CREATED_AT,
  ...changes,
});

/** Two tenants with customers, orders of three items each, and products. */
function fillShop(database: LabDatabase, orders = 40): void {
  for (const tenantId of ['t1', 't2']) {
    database.insert('Tenant', [{ id: tenantId, name: tenantId, plan: 'free', settings: '{}', createdAt: CREATED_AT }]);
    database.insert(
      'Customer',
      numbered(10, (at) => customer(at, { tenantId })),
    );
    database.insert(
      'Product',
      numbered(7, (at) => ({
        id: `p${at}`,
        tenantId,
        sku: `s${at}`,
        name: `P${at}`,
        priceCents: at,
        createdAt: CREATED_AT,
      })),
    );
    database.insert(
      'Order',
      numbered(orders, (at) => ({
        id: `o${String(at).padStart(4, '0')}`,
        tenantId,
        customerId: `c${at % 10}`,
        totalCents: at,
        shipping: '{}',
        createdAt: `2026-01-01T00:00:${String(at % 15).padStart(2, '0')}.000Z`,
      })),
    );
    database.insert(
      'OrderItem',
      numbered(orders * 3, (at) => ({
        id: `i${at}`,
        tenantId,
        orderId: `o${String(Math.floor(at / 3)).padStart(4, '0')}`,
        productId: `p${at % 7}`,
        quantity: 1,
        unitPriceCents: at,
      })),
    );
  }
}

const inShop = (test: (database: LabDatabase) => void) =>
  inDatabase(model, bundle, (database) => {
    fillShop(database);
    test(database);
  });

const customers = (filter: Filter | null, columns = ['id']): PlanNode =>
  plan({ table: 'Customer', match: ['tenantId'], columns, filter, page: page({ limit: 0 }) });

const ids = (answer: unknown): unknown[] => (answer as PageAnswer).rows.map(([id]) => id);

/** A tree as deep as the model goes: tenant → orders → items → product → order items → order. */
const orderOfItem = plan({ table: 'Order', match: ['tenantId', 'id'], columns: ['id'] });
const itemsOf = (relations: PlanNode['relations']): PlanNode =>
  plan({
    table: 'OrderItem',
    match: ['tenantId', 'orderId'],
    columns: ['id', 'tenantId', 'orderId', 'productId'],
    page: page({ limit: 0 }),
    relations,
  });
const product = (relations: PlanNode['relations']): PlanNode =>
  plan({ table: 'Product', match: ['tenantId', 'id'], columns: ['id', 'tenantId'], relations });
const tree = plan({
  table: 'Order',
  match: ['tenantId'],
  columns: ['id', 'tenantId', 'customerId', 'createdAt'],
  page: page({ limit: 0, orderBy: newestFirst }),
  relations: [
    {
      key: 'items',
      from: ['tenantId', 'id'],
      node: itemsOf([
        {
          key: 'product',
          from: ['tenantId', 'productId'],
          node: product([
            {
              key: 'orderItems',
              from: ['tenantId', 'id'],
              node: {
                ...itemsOf([{ key: 'order', from: ['tenantId', 'orderId'], node: orderOfItem }]),
                match: ['tenantId', 'productId'],
              },
            },
          ]),
        },
      ]),
    },
    {
      key: 'customer',
      from: ['tenantId', 'customerId'],
      node: plan({ table: 'Customer', match: ['tenantId', 'id'], columns: ['name'] }),
    },
  ],
});

describe('statements', () => {
  it('are one per level, however many rows', async () => {
    await inShop((database) => {
      for (const limit of [2, 20, 40]) {
        const { statements, answers } = database.count(tree, { keys: [['t1']], values: [limit] });
        expect(ids(answers[0])).toHaveLength(limit);
        expect(statements).toBe(6);
      }
    });
  });

  it('are none for levels without keys', async () => {
    await inShop((database) => {
      expect(database.count(tree, { keys: [['t3']], values: [20] })).toMatchObject({
        answers: [{ rows: [], hasMore: false, hasBefore: false, total: null }],
        statements: 1,
      });
      expect(database.count(tree, { keys: [[null]], values: [20] }).statements).toBe(0);
    });
  });

  it('are one for many keys, one for their counts and one for their probes', async () => {
    await inShop((database) => {
      const node = plan({
        table: 'Order',
        match: ['tenantId', 'customerId'],
        columns: ['id'],
        page: page({ limit: 0, orderBy: newestFirst, after: [1, 2, 3], probeOtherSide: true, totalCount: true }),
      });
      const keys = numbered(10, (at) => ({ at })).map(({ at }) => ['t1', `c${at}`]);
      const { answers, statements } = database.count(node, {
        keys,
        values: [2, '2026-01-01T00:00:10.000Z', 't1', 'o0010'],
      });
      expect(statements).toBe(3);
      expect(answers).toHaveLength(10);
      expect(answers[0]).toEqual({ rows: [['o0020'], ['o0030']], hasMore: true, hasBefore: true, total: 4 });
    });
  });

  it('take no count where the page holds all rows', async () => {
    await inShop((database) => {
      const node = customers(null);
      const counted = { ...node, page: { ...node.page!, totalCount: true } };
      expect(database.count(counted, { keys: [['t1']], values: [10] })).toMatchObject({
        statements: 1,
        answers: [{ total: 10 }],
      });
      expect(database.count(counted, { keys: [['t1']], values: [9] })).toMatchObject({
        statements: 2,
        answers: [{ total: 10 }],
      });
      const countOnly = { ...counted, page: { ...counted.page, rows: false } };
      expect(database.count(countOnly, { keys: [['t1']], values: [0] })).toMatchObject({
        statements: 1,
        answers: [{ rows: [], hasMore: false, hasBefore: false, total: 10 }],
      });
    });
  });

  it('have the same text for other values', async () => {
    await inShop((database) => {
      const node = customers({ op: 'startsWith', column: 'name', value: 1 });
      const texts = ['Cust', 'é', '\u{10FFFF}', ''].map((prefix) =>
        database.explain(node, { keys: [[prefix]], values: [3, prefix] }).map(({ sql }) => sql),
      );
      expect(new Set(texts.map((text) => JSON.stringify(text))).size).toBe(1);
    });
  });
});

describe('indexes', () => {
  const queryPlan = (database: LabDatabase, ...args: Parameters<LabDatabase['explain']>) =>
    database.explain(...args).map(({ queryPlan }) => queryPlan.join('\n'));

  it('serve lookups by key, one or many', async () => {
    await inShop((database) => {
      const node = plan({ table: 'Customer', match: ['tenantId', 'id'], columns: ['name'] });
      for (const keys of [
        [['t1', 'c1']],
        [
          ['t1', 'c1'],
          ['t1', 'c2'],
        ],
        [
          ['t1', 'c1'],
          ['t2', 'c2'],
        ],
      ]) {
        const [text] = queryPlan(database, node, { keys });
        expect(text).toMatch(/SEARCH t USING INDEX \S+ \(tenant_id=\? AND id=\?\)/);
        expect(text).not.toMatch(/SCAN t/);
      }
    });
  });

  it('serve filters on related rows, and id sets', async () => {
    await inShop((database) => {
      const related = (table: string, from: string[], match: string[]): Filter => ({
        op: 'exists',
        related: relatedOf({ table, from, match, filter: notNull('id') }),
      });
      const filters: [Filter, RegExp][] = [
        [related('Order', ['tenantId', 'id'], ['tenantId', 'customerId']), /SEARCH f1 .*customer_id=\?/],
        [related('Tenant', ['tenantId'], ['id']), /SEARCH f1 .*id=\?/],
        [{ op: 'inKeys', columns: ['tenantId', 'id'], list: 1 }, /SEARCH t .*tenant_id=\? AND id=\?/],
      ];
      for (const [filter, search] of filters) {
        const node = plan({ table: 'Customer', columns: ['tenantId', 'id'], filter, page: page({ limit: 0 }) });
        const [text] = queryPlan(database, node, { values: [5, [['t1', 'c1']]] });
        expect(text).toMatch(search);
        expect(text).not.toMatch(/SCAN f1/);
      }
    });
  });

  it('serve lookups by each unique key, with the shard key and without', async () => {
    await inShop((database) => {
      for (const table of model.tables) {
        for (const { columns, byColumns } of [table.primaryKey, ...table.uniqueKeys]) {
          for (const key of [columns, byColumns]) {
            const match = key.map(({ name }) => name);
            const node = plan({ table: table.typeName, match, columns: [table.shardKey.name] });
            const keys = [0, 1].map((at) => match.map((name) => `${name}${at}`));
            for (const some of [keys.slice(1), keys]) {
              const [text] = queryPlan(database, node, { keys: some });
              expect(text).toMatch(/SEARCH t /);
              expect(text).not.toMatch(/SCAN t/);
            }
          }
        }
      }
    });
  });

  it('serve lookups without the shard key by one seek per shard key', async () => {
    await inShop((database) => {
      const node = plan({ table: 'Customer', match: ['id'], columns: ['name'] });
      const [text] = queryPlan(database, node, { keys: [['c1']] });
      expect(text).toMatch(/SEARCH t USING INDEX \S+ \(tenant_id=\? AND id=\?\)/);
      expect(database.run(node, { keys: [['c1'], ['none']] })).toEqual(['ambiguous', null]);
    });
  });

  it('serve the first page and the next ones in order', async () => {
    await inShop((database) => {
      const first = plan({
        table: 'Order',
        match: ['tenantId'],
        columns: ['id'],
        page: page({ limit: 0, orderBy: newestFirst }),
      });
      expect(queryPlan(database, first, { keys: [['t1']], values: [5] })[0]).toMatch(
        /SEARCH t USING INDEX orders_newest \(tenant_id=\?\)/,
      );
      const next = { ...first, page: { ...first.page!, after: [1, 2, 3] } };
      const call = { keys: [['t1']], values: [5, '2026-01-01T00:00:07.000Z', 't1', 'o0007'] };
      expect(queryPlan(database, next, call)[0]).toMatch(
        /USING INDEX orders_newest \(tenant_id=\? AND created_at<\?\)/,
      );
      const byKey = plan({
        table: 'Order',
        match: ['tenantId'],
        columns: ['id'],
        page: page({ limit: 0, after: [1, 2] }),
      });
      const byKeyCall = { keys: [['t1']], values: [5, 't1', 'o0007'] };
      expect(queryPlan(database, byKey, byKeyCall)[0]).toMatch(/\(tenant_id=\? AND id>\?\)$/m);
      // The shard key as a confinement instead of a key.
      const confined = { ...byKey, match: [] };
      expect(queryPlan(database, confined, { values: byKeyCall.values, shardKeys: ['t:t1'] })[0]).toMatch(
        /\(tenant_id=\? AND id>\?\)$/m,
      );
    });
  });

  it('make a deep page cost what the first page costs', async () => {
    await inDatabase(model, bundle, (database) => {
      fillShop(database, 1000);
      const node = plan({
        table: 'Order',
        match: ['tenantId'],
        columns: ['id', 'createdAt'],
        page: page({ limit: 0 }),
      });
      const first = database.count(node, { keys: [['t1']], values: [20] });
      const deep = database.count(
        { ...node, page: { ...node.page!, after: [1, 2] } },
        { keys: [['t1']], values: [20, 't1', 'o0900'] },
      );
      expect(ids(deep.answers[0])[0]).toBe('o0901');
      expect(deep.rowsRead).toBeLessThanOrEqual(first.rowsRead + 2);
    });
  });

  it('find the children of each parent, not those of the tenant, whatever order or filter could use another index', async () => {
    await inDatabase(model, bundle, (database) => {
      fillShop(database, 1000);
      const filter: Filter = { op: 'gt', column: 'id', value: 1 };
      for (const items of [itemsOf([]), { ...itemsOf([]), filter }]) {
        for (const keys of [
          [['t1', 'o0007']],
          [
            ['t1', 'o0007'],
            ['t1', 'o0008'],
          ],
        ]) {
          const { rowsRead, answers } = database.count(items, { keys, values: [20, ''] });
          expect(ids(answers[0])).toHaveLength(3);
          expect(rowsRead).toBeLessThan(40);
        }
      }
    });
  });

  it('serve startsWith and like with a literal start', async () => {
    await inShop((database) => {
      for (const op of ['startsWith', 'like'] as const) {
        const node = plan({
          table: 'Product',
          match: ['tenantId'],
          columns: ['id'],
          filter: { op, column: 'sku', value: 1 },
          page: page({ limit: 0, orderBy: [order('sku'), order('tenantId'), order('id')] }),
        });
        expect(queryPlan(database, node, { keys: [['t1']], values: [5, op === 'like' ? 's%' : 's'] })[0]).toMatch(
          /\(tenant_id=\? AND sku>\? AND sku<\?\)/,
        );
      }
    });
  });
});

describe('limits', () => {
  const check = (database: LabDatabase, node: PlanNode, call: Parameters<LabDatabase['explain']>[1]) => {
    const explained = database.explain(node, call);
    expect(explained.length).toBeGreaterThan(0);
    expect(explained.flatMap(({ sql }) => checkSqlLimits(sql))).toEqual([]);
  };

  it('hold for 5,000 ids in one filter, and for 5,000 keys', async () => {
    await inShop((database) => {
      const many = numbered(5000, (at) => ({ id: `c${at}` })).map(({ id }) => id as string);
      const node = customers({ op: 'in', column: 'id', list: 1 });
      const call = { keys: [['t1']], values: [100, many] };
      expect(ids(database.run(node, call)[0])).toHaveLength(10);
      check(database, node, call);
      const lookups = plan({ table: 'Customer', match: ['tenantId', 'id'], columns: ['id'] });
      const { answers, statements } = database.count(lookups, { keys: many.map((id) => ['t1', id]) });
      expect(statements).toBe(1);
      expect(answers.filter((answer) => answer !== null)).toHaveLength(10);
    });
  });

  it.each(['and', 'or'] as const)('hold for 300 conditions joined by %s', async (op) => {
    await inShop((database) => {
      const value = (at: number) => at + 1;
      const terms = numbered(300, (at) => ({ at })).map(
        ({ at }): Filter =>
          op === 'or'
            ? { op: 'eq', column: 'name', value: value(at as number) }
            : { op: 'ne', column: 'name', value: value(at as number) },
      );
      const names = numbered(300, (at) => ({ name: `Customer ${at + 5}` })).map(({ name }) => name as string);
      const node = customers({ op, terms });
      const call = { keys: [['t1']], values: [100, ...names] };
      expect(ids(database.run(node, call)[0])).toEqual(
        op === 'or' ? ['c5', 'c6', 'c7', 'c8', 'c9'] : ['c0', 'c1', 'c2', 'c3', 'c4'],
      );
      check(database, node, call);
    });
  });

  it('refuse filters beyond them with the reason', async () => {
    await inShop((database) => {
      const isNull: Filter = { op: 'isNull', column: 'name', isNull: false };
      const tooMany = customers({ op: 'and', terms: Array.from({ length: 501 }, () => isNull) });
      expect(() => database.run(tooMany, { keys: [['t1']], values: [1] })).toThrow(
        'Expected at most 500 conditions, but got 501.',
      );
      let deep: Filter = isNull;
      for (let depth = 0; depth < 120; depth++) deep = { op: 'not', term: deep };
      expect(() => database.run(customers(deep), { keys: [['t1']], values: [1] })).toThrow(
        expect.objectContaining({
          code: 'DEPTH_LIMIT_EXCEEDED',
          message: expect.stringMatching(
            /^Expected a filter that takes at most 41 levels of nesting .* but got 12\d\. .*keys/,
          ),
        }),
      );
      expect(() =>
        database.run(customers({ op: 'like', column: 'rating', value: 1 }), { keys: [['t1']], values: [1, ''] }),
      ).toThrow(/Expected a column of Customer, but got "rating"/);
    });
  });

  it('hold at the greatest filter that is accepted', async () => {
    await inShop((database) => {
      const terms = Array.from({ length: 500 }, (_, at): Filter => ({ op: 'eq', column: 'name', value: at + 1 }));
      let filter: Filter = { op: 'or', terms };
      for (let depth = 0; depth < 22; depth++) filter = { op: 'not', term: filter };
      const node = customers(filter);
      const call = { keys: [['t1'], ['t2']], values: [5, ...terms.map((_, at) => `Customer ${at}`)] };
      expect(database.run(node, call).map(ids)).toEqual([
        ['c0', 'c1', 'c2', 'c3', 'c4'],
        ['c0', 'c1', 'c2', 'c3', 'c4'],
      ]);
      check(database, node, call);
    });
  });

  it.each(['eq', 'in', 'like', 'ilike'] as const)(
    'are what decides whether a nested filter (%s) is refused',
    async (op) => {
      await inDatabase(wideModel, wideBundle, (database) => {
        const column = 'c03';
        const orderBy = [
          order('c04'),
          order('c05', true),
          { ...order('c06'), nullsFirst: false },
          order('owner'),
          order('id'),
        ];
        const run = (filter: Filter) => {
          const shape = page({ limit: 0, orderBy, after: [1, null, 2, 3, 4], before: [1, 1, 2, 3, 4] });
          const node = plan({ table: 'Ninety', match: ['owner', 'c15'], columns: ['id'], filter, page: shape });
          const values = [1, 1, '00', 'o', 1, op === 'in' ? ['x'] : '%x_'];
          return database.run(
            node,
            {
              keys: [
                ['o', 'a'],
                ['p', 'b'],
              ],
              values,
            },
            { visibleOnly: true },
          );
        };
        let filter: Filter = op === 'in' ? { op, column, list: 5 } : { op, column, value: 5 };
        let depth = 0;
        const deepen = () => {
          for (; depth < 200; depth++) {
            run(filter);
            const other: Filter = { op: 'isNull', column, isNull: depth % 2 === 0 };
            filter = { op: 'not', term: { op: depth % 2 === 0 ? 'and' : 'or', terms: [filter, other] } };
          }
        };
        expect(deepen).toThrow(ShardQLError);
        expect(depth).toBeGreaterThan(8);
      });
    },
  );

  it('hold for the greatest number of order columns, directions and null placements mixed', async () => {
    await inDatabase(wideModel, wideBundle, (database) => {
      const columns = wideModel
        .table('Ninety')
        .columns.slice(2, 24)
        .map(({ name }) => name);
      const mixed = columns.map((column, at) => ({ column, descending: at % 3 === 0, nullsFirst: at % 2 === 0 }));
      const orderBy = [...mixed, order('owner'), order('id')];
      const shape = page({
        limit: 0,
        orderBy,
        after: orderBy.map(({ column }) => (column === 'c05' ? null : 1)),
        probeOtherSide: true,
      });
      const node = plan({ table: 'Ninety', match: ['owner'], columns: ['id'], page: shape });
      check(database, node, { keys: [['a'], ['b']], values: [1, 1] });
      const tooMany = { ...node, page: { ...shape, orderBy: [order('c99'), ...orderBy], after: null } };
      expect(() => database.run(tooMany, { keys: [['a']], values: [1] })).toThrow(
        'Expected at most 24 order columns (primary key included), but got 25.',
      );
    });
  });

  it.each(['Forty', 'Ninety'])('hold for all columns of %s, alone and per parent', async (type) => {
    await inDatabase(wideModel, wideBundle, (database) => {
      const table = wideModel.table(type);
      const rows = [1, 2, 3].map((id) => ({ owner: 'o', id }));
      database.insert(type, rows);
      const columns = [...table.columns.map(({ name }) => name), '#version'];
      for (const page_ of [null, page({ limit: 0, orderBy: [order('c03', true), order('owner'), order('id')] })]) {
        const node = plan({ table: type, match: ['owner', 'id'], columns, page: page_ });
        const call = { keys: rows.map(({ owner, id }) => [owner, id]), values: [20] };
        const answers = database.run(node, call);
        for (const [at, answer] of answers.entries()) {
          const row = (page_ ? (answer as PageAnswer).rows[0] : answer) as unknown[];
          expect(row).toHaveLength(columns.length);
          expect([row[0], row[1], row.at(-1)]).toEqual(['o', at + 1, '0']);
        }
        check(database, node, call);
      }
    });
  });
});

describe('pages', () => {
  it.each([
    [1, false],
    [3, false],
    [7, false],
    [1, true],
    [4, true],
  ])('of %i rows walk a list once and in order (from the end: %s)', async (limit, fromEnd) => {
    await inShop((database) => {
      const orderBy = [order('createdAt', true), order('tenantId'), order('id')];
      const shape = page({ limit: 0, orderBy, fromEnd, probeOtherSide: true });
      const columns = ['createdAt', 'tenantId', 'id'];
      const whole = plan({ table: 'Order', match: ['tenantId'], columns, page: page({ limit: 0, orderBy }) });
      const expected = (database.run(whole, { keys: [['t1']], values: [100] })[0] as PageAnswer).rows;
      const walked: unknown[] = [];
      for (let position: unknown[] | null = null, pages = 0; ; pages++) {
        const boundary = position && [1, 2, 3];
        const node: PlanNode = { ...whole, page: { ...shape, [fromEnd ? 'before' : 'after']: boundary } };
        const answer: PageAnswer = database.run(node, {
          keys: [['t1']],
          values: [limit, ...((position ?? []) as string[])],
        })[0] as PageAnswer;
        expect(answer.hasBefore).toBe(position !== null);
        if (fromEnd) walked.unshift(...answer.rows);
        else walked.push(...answer.rows);
        if (!answer.hasMore) break;
        expect(pages).toBeLessThan(100);
        position = (fromEnd ? answer.rows[0] : answer.rows.at(-1)) as unknown[];
      }
      expect(walked).toEqual(expected);
    });
  });

  it('of no rows say whether there are any', async () => {
    await inShop((database) => {
      const empty = { rows: [], hasBefore: false, total: null };
      expect(database.run(customers(null), { keys: [['t1'], ['t3']], values: [0] })).toEqual([
        { ...empty, hasMore: true },
        { ...empty, hasMore: false },
      ]);
    });
  });
});

describe('text filters', () => {
  const NAMES = ['Zoë', 'ZOË', 'zoe', 'a\0B', '\u212Aelvin', 'İzmir', 'ΟΔΟΣ', '100%', '1_0', '', 'x'.repeat(5000)];
  const matching = (database: LabDatabase, op: 'like' | 'ieq' | 'icontains' | 'ilike', operand: string) => {
    const node = customers({ op, column: 'name', value: 1 }, ['name']);
    return ids(database.run(node, { keys: [['t3']], values: [100, operand] })[0]);
  };

  it('fold case as JavaScript does and match patterns of any length', async () => {
    await inDatabase(model, bundle, (database) => {
      database.insert(
        'Customer',
        NAMES.map((name, at) => customer(at, { id: `c${String(at).padStart(2, '0')}`, tenantId: 't3', name })),
      );
      expect(matching(database, 'ieq', 'zoË')).toEqual(['Zoë', 'ZOË']);
      expect(matching(database, 'ieq', 'kelvin')).toEqual(['\u212Aelvin']);
      expect(matching(database, 'icontains', 'A\0b')).toEqual(['a\0B']);
      expect(matching(database, 'icontains', '')).toEqual(NAMES);
      expect(matching(database, 'ilike', '_O_')).toEqual(['Zoë', 'ZOË', 'zoe']);
      expect(matching(database, 'like', '%\\%')).toEqual(['100%']);
      expect(matching(database, 'like', '1\\_%')).toEqual(['1_0']);
      expect(matching(database, 'like', `${'x'.repeat(4999)}_`)).toEqual(['x'.repeat(5000)]);
      expect(matching(database, 'ilike', `%${'X'.repeat(4000)}%${'X'.repeat(1000)}%`)).toEqual(['x'.repeat(5000)]);
    });
  });
});

describe('shard keys', () => {
  it('confine a call: rows of other shard keys are not read', async () => {
    await inShop((database) => {
      const lookup = plan({ table: 'Customer', match: ['tenantId', 'id'], columns: ['tenantId'] });
      const keys = [
        ['t1', 'c1'],
        ['t2', 'c1'],
      ];
      expect(database.run(lookup, { keys, shardKeys: ['t:t2'] })).toEqual([null, ['t2']]);
      const byId = plan({ table: 'Customer', match: ['id'], columns: ['tenantId'] });
      expect(database.run(byId, { keys: [['c1']], shardKeys: ['t:t2'] })).toEqual([['t2']]);
      expect(database.run(byId, { keys: [['c1']], shardKeys: ['t:t1', 't:t2'] })).toEqual(['ambiguous']);
    });
  });

  it('of slots that the shard does not own hide rows, counts and what lies before a page', async () => {
    await inShop((database) => {
      database.own(['t:t1']);
      const visibleOnly = { visibleOnly: true };
      const all = plan({ table: 'Customer', columns: ['tenantId'], page: page({ limit: 0, totalCount: true }) });
      expect(database.run(all, { values: [3] }, visibleOnly)).toMatchObject([{ hasMore: true, total: 10 }]);
      const one = customers(null);
      const counted = { ...one, page: { ...one.page!, after: [1, 2], probeOtherSide: true, totalCount: true } };
      const call = { keys: [['t1'], ['t2']], values: [3, 't1', 'c5'] };
      expect(database.run(counted, call, visibleOnly)).toMatchObject([
        { hasBefore: true, total: 10 },
        { rows: [], hasBefore: false, total: 0 },
      ]);
      expect(database.run(counted, call)).toMatchObject([{ total: 10 }, { total: 10 }]);
    });
  });
});

describe('rows of several keys', () => {
  const texts = ['"\\\u0000\u0001\u001f\u007f', "\u2028'\ud83d\ude00", '\ufffd', '9007199254740993', '[]'];
  const node = plan({ table: 'Customer', match: ['tenantId', 'id'], columns: ['name', 'email'] });
  const keys = texts.map((_, at) => ['t1', `c${at}`]);
  const rows = texts.map((name, at) => [name, `c${at}@x.org`]);

  it('hold texts as they are', () =>
    inDatabase(model, bundle, (database) => {
      database.insert(
        'Customer',
        texts.map((name, at) => customer(at, { name })),
      );
      expect(database.count(node, { keys })).toMatchObject({ answers: rows, statements: 1 });
    }));

  it('are read cell by cell where one holds what JSON cannot', () =>
    inDatabase(model, bundle, (database) => {
      database.insert(
        'Customer',
        texts.map((name, at) => customer(at, { name })),
      );
      database.sql.exec("UPDATE customers SET email = x'00ff' WHERE id = 'c2'");
      const answers = database.run(node, { keys });
      expect(answers.toSpliced(2, 1)).toEqual(rows.toSpliced(2, 1));
      expect(answers[2]).toMatchObject([texts[2], { storage: 'blob', value: '00ff' }]);
    }));
});
