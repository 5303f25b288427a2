import { describe, expect, it } from 'vitest';
import type { WireValue } from '../../../../src/model/types.ts';
import { bundle as shopBundle } from '../../../../src/schema/migrations/index.ts';
import shopModel from '../../../../src/schema/model.ts';
import type { PageAnswer, RowAnswer } from '../../../../src/shards/plan/answer.ts';
import type { AggregateFunction, ComputedColumn } from '../../../../src/shards/plan/computed.ts';
import type { PlanNode } from '../../../../src/shards/plan/node.ts';
import type { OrderTerm } from '../../../../src/shards/plan/order.ts';
import type { PageShape } from '../../../../src/shards/plan/page.ts';
import type { RelatedRows } from '../../../../src/shards/plan/source.ts';
import { bundle } from '../../../models/all-types/migrations/index.ts';
import model from '../../../models/all-types/model.ts';
import { bundle as wideBundle } from '../../../models/wide/migrations/index.ts';
import wideModel from '../../../models/wide/model.ts';
import { relatedOf } from '../../../support/plans.ts';
import { checkSqlLimits } from '../../../support/sql-limits.ts';
import { inDatabase, type LabDatabase, plan, type WireRow } from './lab-database.ts';

const rowsOf = (table: string, from: readonly string[], match: readonly string[]): RelatedRows =>
  relatedOf({ table, from, match });

const aggregate = (
  name: string,
  related: RelatedRows,
  fn: AggregateFunction,
  column: string | null,
): ComputedColumn => ({ kind: 'aggregate', name, related, function: fn, column });

const pageBy = (orderBy: readonly OrderTerm[], shape: Partial<PageShape> = {}): PageShape => ({
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

const by = (column: string, descending = false, nullsFirst = !descending): OrderTerm => ({
  column,
  descending,
  nullsFirst,
});

describe('aggregates over related rows', () => {
  const samples = rowsOf('Sample', ['id'], ['accountId']);
  /** One row of computed columns for an account with these samples. */
  async function computedOf(
    rows: readonly WireRow[],
    columns: readonly (readonly [AggregateFunction, string | null])[],
  ) {
    return await inDatabase(model, bundle, (database) => {
      database.insert('Account', [{ id: 'a', name: 'A' }]);
      const filled = rows.map((row, at) => ({
        accountId: 'a',
        id: `s${at}`,
        textValue: 't',
        seconds: 0,
        bytes: '',
        wide: String(at),
        moment: '2026-01-01T00:00:00.000Z',
        updatedAt: '2026-01-01T00:00:00.000Z',
        ...row,
      }));
      database.insert('Sample', filled);
      const computed = columns.map(([fn, column]) => aggregate(`#${fn}.${column}`, samples, fn, column));
      const node = plan({ table: 'Account', match: ['id'], computed, columns: computed.map(({ name }) => name) });
      return database.run(node, { keys: [['a']] })[0] as RowAnswer;
    });
  }

  it('sum integers beyond 64 bits', async () => {
    const wide = ['9223372036854775807', '9223372036854775806', '9223372036854775805'];
    const rows = wide.map((value) => ({ wide: value, wideOrNull: value, blobBigint: value }));
    const sums = await computedOf(rows, [
      ['sum', 'wideOrNull'],
      ['avg', 'wideOrNull'],
      ['sum', 'blobBigint'],
    ]);
    expect(sums).toEqual([3 * 2 ** 63, 2 ** 63, 3 * 2 ** 63]);
  });

  it('sum doubles up to a finite end, since JSON has no infinity', async () => {
    const rows = (value: number) => [{ realOrNull: value }, { realOrNull: value }];
    const sums = [
      ['sum', 'realOrNull'],
      ['avg', 'realOrNull'],
    ] as const;
    expect(await computedOf(rows(1.7e308), [...sums])).toEqual([1.7e308, 1.7e308]);
    expect(await computedOf(rows(-1.7e308), [...sums])).toEqual([-1.7e308, -1.7e308]);
  });

  it('are NULL without a value, but for counts', async () => {
    const all: [AggregateFunction, string | null][] = [
      ['count', null],
      ['count', 'integerOrNull'],
      ['countDistinct', 'integerOrNull'],
      ['sum', 'integerOrNull'],
      ['avg', 'integerOrNull'],
      ['min', 'integerOrNull'],
      ['max', 'integerOrNull'],
    ];
    expect(await computedOf([], all)).toEqual([0, 0, 0, null, null, null, null]);
    expect(await computedOf([{ integerOrNull: null }], all)).toEqual([1, 0, 0, null, null, null, null]);
    expect(
      await computedOf(
        [4, 4, 1].map((value) => ({ integerOrNull: value })),
        all,
      ),
    ).toEqual([3, 3, 2, 9, 3, 1, 4]);
  });

  it('find the least and the greatest as each kind of column orders', async () => {
    const rows = [
      { wideOrNull: '-9007199254740993', blobBigint: '9', decimalOrNull: '-0.5', bytesOrNull: 'ff', textOrNull: '😀' },
      {
        wideOrNull: '9007199254740993',
        blobBigint: '10',
        decimalOrNull: '12.25',
        bytesOrNull: '00',
        textOrNull: '\uffff',
      },
    ];
    const columns = ['wideOrNull', 'blobBigint', 'decimalOrNull', 'bytesOrNull', 'textOrNull'];
    expect(
      await computedOf(
        rows,
        columns.flatMap(
          (column) =>
            [
              ['min', column],
              ['max', column],
            ] as [AggregateFunction, string][],
        ),
      ),
    ).toEqual([
      ...['-9007199254740993', '9007199254740993'],
      ...['9', '10'],
      ...['-0.5', '12.25'],
      ...['00', 'ff'],
      ...['\uffff', '😀'],
    ]);
  });
});

describe('computed columns', () => {
  const parent = (name: string, computed: ComputedColumn[], column: string): ComputedColumn => ({
    kind: 'related',
    name,
    related: { ...rowsOf('Category', ['accountId', 'parentId'], ['accountId', 'id']), computed },
    column,
  });
  /** `steps` parents up, then how many children that category has. */
  function ancestor(name: string, steps: number): ComputedColumn {
    if (steps === 0) {
      return aggregate(name, rowsOf('Category', ['accountId', 'id'], ['accountId', 'parentId']), 'count', null);
    }
    const inner = ancestor(`${name}+`, steps - 1);
    return parent(name, [inner], inner.name);
  }

  it('go up a tree as far as orders may ask, many at once, within the limits', async () => {
    await inDatabase(model, bundle, (database) => {
      const count = 12;
      const rows = Array.from({ length: count }, (_, id) => ({
        accountId: 'a',
        id,
        parentId: id === 0 ? null : id - 1,
        name: 'n',
      }));
      database.insert('Category', [...rows, { accountId: 'b', id: 5, parentId: null, name: 'n' }]);
      const computed = Array.from({ length: 8 }, (_, at) => ancestor(`#${at}`, 8));
      const orderBy = [
        ...computed.map(({ name }, at) => by(name, at % 2 === 0, at % 3 === 0)),
        by('accountId'),
        by('id'),
      ];
      const page = pageBy(orderBy, {
        after: [1, 1, null, 1, 1, 1, 1, 1, 2, 3],
        before: [1, 1, 1, 1, 1, 1, 1, 1, 2, 3],
        probeOtherSide: true,
        totalCount: true,
      });
      for (const [shape, values] of [
        [pageBy(orderBy), [100]],
        [page, [100, 1, 'a', 9]],
      ] as [PageShape, WireValue[]][]) {
        const node = plan({ table: 'Category', match: ['accountId'], computed, columns: ['id', '#0'], page: shape });
        const call = { keys: [['a'], ['b']], values };
        for (const { sql } of database.explain(node, call)) expect(checkSqlLimits(sql)).toEqual([]);
        if (shape.after === null) {
          const [answer] = database.run(node, call) as PageAnswer[];
          // The first row that has an ancestor eight steps up is number 8; that ancestor has one child.
          expect(new Map(answer!.rows.map(([id, children]) => [id, children]))).toEqual(
            new Map(Array.from({ length: count }, (_, id) => [id, id < 8 ? null : 1])),
          );
        }
      }
    });
  });

  it('are refused where they are nested too deeply, or name what is not there', async () => {
    await inDatabase(model, bundle, (database) => {
      const run = (column: ComputedColumn) =>
        database.run(
          plan({
            table: 'Category',
            match: ['accountId'],
            computed: [column],
            columns: [column.name],
            page: pageBy([by(column.name)]),
          }),
          {
            keys: [['a']],
            values: [1],
          },
        );
      let nested = aggregate('#x', rowsOf('Category', ['accountId', 'id'], ['accountId', 'parentId']), 'count', null);
      for (let depth = 0; depth < 30; depth++) {
        const related = rowsOf('Category', ['accountId', 'id'], ['accountId', 'parentId']);
        nested = aggregate('#x', { ...related, computed: [nested] }, 'max', '#x');
      }
      expect(() => run(nested)).toThrow(/Expected an order or a filter that takes at most 46 levels of nesting/);
      expect(() => run(parent('#x', [], 'color'))).toThrow(
        'Expected a column of Category, but got "color": a shard still runs another release.',
      );
      expect(() => run(aggregate('#x', rowsOf('Category', ['accountId'], ['accountId']), 'sum', 'name'))).toThrow(
        'Expected a column of numbers, but got name.',
      );
      expect(() => run(aggregate('#x', rowsOf('Shelf', ['accountId'], ['accountId']), 'count', null))).toThrow(
        'Expected a table of the model, but got "Shelf": a shard still runs another release.',
      );
    });
  });

  it('share the width of a result with the columns of a table', async () => {
    await inDatabase(wideModel, wideBundle, (database) => {
      const table = wideModel.table('Ninety');
      const all = [...table.columns.map(({ name }) => name), '#version'];
      const run = (width: number) => {
        const computed = Array.from({ length: width - all.length }, (_, at) =>
          aggregate(`#n${at}`, rowsOf('Ninety', ['owner'], ['owner']), 'count', null),
        );
        const columns = [...all, ...computed.map(({ name }) => name)];
        const node = plan({
          table: 'Ninety',
          match: ['owner'],
          computed,
          columns,
          page: pageBy([by('owner'), by('id')]),
        });
        return database.run(node, { keys: [['a'], ['b']], values: [1] });
      };
      expect(run(99)).toHaveLength(2);
      expect(() => run(100)).toThrow('Select fewer columns.');
    });
  });

  it('decide text filters on related rows in JavaScript where SQL cannot', async () => {
    await inDatabase(model, bundle, (database) => {
      database.insert('Account', [{ id: 'a', name: 'A' }]);
      const names = ['É', 'é', 'e', 'É'];
      database.insert(
        'Category',
        names.map((name, id) => ({ accountId: 'a', id, parentId: null, name })),
      );
      const related = {
        ...rowsOf('Category', ['id'], ['accountId']),
        filter: { op: 'ieq', column: 'name', value: 0 } as const,
      };
      const node = plan({
        table: 'Account',
        match: ['id'],
        computed: [aggregate('#x', related, 'count', null)],
        columns: ['#x'],
      });
      expect(database.run(node, { keys: [['a']], values: ['é'] })).toEqual([[3]]);
    });
  });
});

describe('orders by computed columns', () => {
  const customer: ComputedColumn = {
    kind: 'related',
    name: '#customer.name',
    related: rowsOf('Customer', ['tenantId', 'customerId'], ['tenantId', 'id']),
    column: 'name',
  };
  const items = rowsOf('OrderItem', ['tenantId', 'id'], ['tenantId', 'orderId']);
  const ordersBy = (computed: readonly ComputedColumn[], orderBy: readonly OrderTerm[]): PlanNode =>
    plan({ table: 'Order', match: ['tenantId'], computed, columns: ['id'], page: pageBy(orderBy) });
  const inShop = <T>(test: (database: LabDatabase) => T) => inDatabase(shopModel, shopBundle, test);

  it('find related rows by their indexes', async () => {
    await inShop((database) => {
      const computed = [
        customer,
        aggregate('#items.count', items, 'count', null),
        aggregate('#items.max', items, 'max', 'quantity'),
        aggregate('#items.min', items, 'min', 'id'),
      ];
      const node = ordersBy(computed, [...computed.map(({ name }) => by(name, true)), by('tenantId'), by('id')]);
      for (const keys of [[['t1']], [['t1'], ['t2']]]) {
        const lines = database.explain(node, { keys, values: [20] }).flatMap(({ queryPlan }) => queryPlan);
        const inner = lines.filter((line) => / f1\b/.test(line));
        expect(inner.length).toBeGreaterThanOrEqual(4);
        for (const line of inner) expect(line).toMatch(/SEARCH f1 USING .*\(tenant_id=\? AND (id|order_id)=\?/);
      }
    });
  });

  it('leave orders by plain columns the SQL that they had', async () => {
    await inShop((database) => {
      const node = ordersBy([customer], [by('createdAt', true), by('tenantId'), by('id')]);
      const after = { ...node, page: { ...node.page!, after: [1, 2, 3] } };
      const sqlOf = (plan: PlanNode) =>
        database.explain(plan, { keys: [['t1']], values: [20, '2026-01-01T00:00:00.000Z', 't1', 'o1'] })[0]!.sql;
      expect(sqlOf(node)).toBe(
        'SELECT t."id" FROM "orders" t WHERE t."tenant_id" = ?1 ORDER BY t."created_at" DESC, t."id" ASC LIMIT +?2',
      );
      expect(sqlOf(after)).toBe(
        'SELECT t."id" FROM "orders" t WHERE (t."tenant_id" = ?1 AND (t."created_at" <= ?2 AND' +
          ' (t."created_at" < ?2 OR (t."created_at" = ?2 AND t."id" > ?3))))' +
          ' ORDER BY t."created_at" DESC, t."id" ASC LIMIT +?4',
      );
    });
  });
});
