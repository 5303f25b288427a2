import { describe, expect, it } from 'vitest';
import type { OperationOf, OperationValues, RowOperation, WireValues } from '../../../../src/shards/operation.ts';
import { fromJsonText } from '../../../../src/shards/protocol/json-text.ts';
import { dropTriggers } from '../../../../src/shards/server/log/install-triggers.ts';
import { readLogBackwards } from '../../../../src/shards/server/tables/log-table.ts';
import { undoLogRow } from '../../../support/undo-log-row.ts';
import type { LabShard } from '../lab-shard.ts';
import { create, oneOfEach, remove, shopRow, update } from '../shop-rows.ts';
import { fail, inShop, succeed } from './commit-lab.ts';

const TABLES = ['tenants', 'customers', 'products', 'orders', 'order_items', 'reviews'];
const key = (id: string) => ({ columns: ['tenantId', 'id'], values: ['t1', id] });

const upsert = (
  type: string,
  create: OperationValues,
  set: WireValues = {},
  changes: Partial<OperationOf<'upsert'>> = {},
): OperationOf<'upsert'> => ({
  kind: 'upsert',
  table: type,
  key: key(String(create.id)),
  within: null,
  expectedVersion: null,
  create,
  set,
  atomic: {},
  select: null,
  ...changes,
});

const find = (type: string, changes: Partial<OperationOf<'find'>>): OperationOf<'find'> => ({
  kind: 'find',
  table: type,
  key: null,
  within: null,
  expectedVersion: null,
  required: true,
  ...changes,
});

const unlink = (
  type: string,
  match: OperationValues,
  changes: Partial<OperationOf<'unlink'>> = {},
): OperationOf<'unlink'> => ({
  kind: 'unlink',
  table: type,
  match: { tenantId: 't1', ...match },
  keep: [],
  set: null,
  required: false,
  ...changes,
});

const outcomesOf = (shard: LabShard, ...operations: readonly RowOperation[]) => {
  const answer = shard.write('t:t1', operations);
  if (answer.status !== 'OK') throw new Error(`Expected OK, but got ${JSON.stringify(answer)}.`);
  return fromJsonText(answer.results).map((result) => ('outcomes' in result ? result.outcomes : null));
};

const stateOf = (shard: LabShard) => TABLES.map((table) => shard.rows(`SELECT * FROM ${table} ORDER BY 1, 2`));

/** Undoes all that was written since by its log alone. */
function expectUndoable(shard: LabShard, before: readonly unknown[], seq: number) {
  dropTriggers(shard.session);
  for (const row of readLogBackwards(shard.session, seq, 1_000)) undoLogRow(shard.session, row);
  expect(stateOf(shard)).toEqual(before);
}

const lastSeq = (shard: LabShard) => shard.value('SELECT max(seq) FROM _log') as number;

describe('an upsert', () => {
  const row = shopRow('Customer', { id: 'c2', email: 'c2' });

  it('creates a row that is not there, and changes one that is', async () => {
    await inShop((shard) => {
      succeed(shard, ...oneOfEach);
      const [before, seq] = [stateOf(shard), lastSeq(shard)];
      expect(outcomesOf(shard, upsert('Customer', row, { name: 'Eve' }))).toEqual([['INSERTED']]);
      expect(shard.rows("SELECT name FROM customers WHERE id = 'c2'")).toEqual([['Ada']]);
      const version = succeed(shard, upsert('Customer', row, { name: 'Eve' }));
      expect(shard.rows("SELECT name, _version FROM customers WHERE id = 'c2'")).toEqual([['Eve', version]]);
      expect(outcomesOf(shard, upsert('Customer', row, { name: 'Bob' }))).toEqual([['UPDATED']]);
      expectUndoable(shard, before, seq);
    });
  });

  it('with nothing to set finds the row, or creates it', async () => {
    await inShop((shard) => {
      succeed(shard, ...oneOfEach);
      expect(outcomesOf(shard, upsert('Customer', row), upsert('Customer', row))).toEqual([
        ['INSERTED'],
        ['UNCHANGED'],
      ]);
      const version = shard.rows('SELECT * FROM customers ORDER BY id');
      expect(outcomesOf(shard, upsert('Customer', row))).toEqual([['UNCHANGED']]);
      expect(shard.rows('SELECT * FROM customers ORDER BY id')).toEqual(version);
    });
  });

  it('goes by any key, whose values a new row takes over', async () => {
    await inShop((shard) => {
      succeed(shard, ...oneOfEach);
      const { email: _, tenantId: _tenant, ...rest } = row;
      const byEmail = { key: { columns: ['tenantId', 'email'], values: ['t1', 'new'] } };
      succeed(shard, upsert('Customer', rest, { name: 'Eve' }, byEmail));
      succeed(shard, upsert('Customer', { ...rest, id: 'c3' }, { name: 'Eve' }, byEmail));
      expect(shard.rows('SELECT id, email, name FROM customers ORDER BY id')).toEqual([
        ['c1', 'ada@x.org', 'Ada'],
        ['c2', 'new', 'Eve'],
      ]);
      expect(
        fail(
          shard,
          upsert(
            'Customer',
            { ...row, email: 'other', id: 'c4' },
            {},
            { key: { columns: ['tenantId', 'email'], values: ['t1', 'newer'] } },
          ),
        ),
      ).toMatchObject({
        code: 'BAD_USER_INPUT',
        field: 'email',
      });
    });
  });

  it('takes values of earlier rows for its key and for a new row, and for what its row is related to', async () => {
    await inShop((shard) => {
      succeed(shard, ...oneOfEach);
      const customer = { operation: 0, column: 'id' };
      const item = upsert(
        'Order',
        { ...shopRow('Order', { id: 'o2' }), customerId: customer },
        { totalCents: 5 },
        { within: { customerId: customer } },
      );
      expect(outcomesOf(shard, create('Customer', row), item)).toEqual([['INSERTED'], ['INSERTED']]);
      expect(shard.value("SELECT customer_id FROM orders WHERE id = 'o2'")).toBe('c2');
      // Not related: not there, and its key is taken.
      expect(fail(shard, update('Customer', 'c1', {}), item)).toMatchObject({ index: 1, code: 'UNIQUE_VIOLATION' });
    });
  });

  it('that expects a version neither creates a row nor changes another version', async () => {
    await inShop((shard) => {
      const version = succeed(shard, ...oneOfEach);
      const expecting = (id: string, expectedVersion: number) =>
        upsert('Customer', { ...row, id }, { name: 'Eve' }, { expectedVersion });
      expect(fail(shard, expecting('c2', version))).toMatchObject({ code: 'NOT_FOUND' });
      expect(fail(shard, expecting('c1', version - 1))).toMatchObject({
        code: 'CONFLICT',
        currentVersion: `${version}`,
      });
      succeed(shard, expecting('c1', version));
    });
  });

  it('costs one statement more than a create, and none more than an update', async () => {
    await inShop((shard) => {
      succeed(shard, ...oneOfEach);
      const statements = (...operations: readonly RowOperation[]) => shard.write('t:t1', operations).counts.statements;
      const updated = statements(update('Customer', 'c1', { name: 'Bob' }));
      expect(statements(upsert('Customer', shopRow('Customer'), { name: 'Eve' }))).toBe(updated);
      const created = statements(create('Customer', row));
      expect(statements(upsert('Customer', { ...row, id: 'c3', email: 'c3' }))).toBe(created + 1);
    });
  });
});

describe('a find', () => {
  it('gives its row to later operations and changes nothing', async () => {
    await inShop((shard) => {
      succeed(shard, ...oneOfEach);
      const before = stateOf(shard);
      expect(outcomesOf(shard, find('Product', { key: key('p1') }))).toEqual([['UNCHANGED']]);
      expect(outcomesOf(shard, find('Product', { key: key('p9'), required: false }))).toEqual([[]]);
      expect(stateOf(shard)).toEqual(before);
      succeed(shard, find('Product', { key: key('p1') }), {
        ...create('Customer', { id: 'c2', email: 'c2' }),
        ...{ values: { ...shopRow('Customer', { id: 'c2', email: 'c2' }), name: { operation: 0, column: 'name' } } },
      } as OperationOf<'create'>);
      expect(shard.value("SELECT name FROM customers WHERE id = 'c2'")).toBe('Pen');
    });
  });

  it('finds by key, within related rows, or any of these', async () => {
    await inShop((shard) => {
      const version = succeed(shard, ...oneOfEach);
      const related = { tenantId: 't1', customerId: 'c1' };
      succeed(
        shard,
        find('Order', { key: key('o1'), within: { customerId: 'c1' } }),
        find('Order', { within: related }),
      );
      const failing = (changes: Partial<OperationOf<'find'>>) => fail(shard, find('Order', changes));
      expect(failing({ key: key('o2') })).toMatchObject({ code: 'NOT_FOUND' });
      expect(failing({ key: key('o1'), within: { customerId: 'c2' } })).toMatchObject({ code: 'NOT_FOUND' });
      expect(failing({ within: { tenantId: 't1', customerId: 'c2' } })).toMatchObject({ code: 'NOT_FOUND' });
      expect(failing({ key: key('o1'), expectedVersion: version - 1 })).toMatchObject({ code: 'CONFLICT' });
      expect(failing({ within: { customerId: 'c1' } })).toMatchObject({
        code: 'NOT_NULL_VIOLATION',
        field: 'tenantId',
      });
      expect(failing({ within: { ...related, tenantId: 't2' } })).toMatchObject({ code: 'BAD_USER_INPUT' });
    });
  });
});

describe('an unlink', () => {
  const more = [
    create('Customer', { id: 'c2', email: 'c2' }),
    create('Product', { id: 'p2', sku: 's2' }),
    create('OrderItem', { id: 'i2', productId: 'p2' }),
  ];

  it('deletes all related rows but those it keeps, and what cascades from them', async () => {
    await inShop((shard) => {
      succeed(shard, ...oneOfEach, ...more);
      const [before, seq] = [stateOf(shard), lastSeq(shard)];
      const kept = find('OrderItem', { key: key('i2') });
      expect(outcomesOf(shard, kept, unlink('OrderItem', { orderId: 'o1' }, { keep: [0] }))).toEqual([
        ['UNCHANGED'],
        ['DELETED'],
      ]);
      expect(shard.rows('SELECT id FROM order_items')).toEqual([['i2']]);
      expect(outcomesOf(shard, unlink('OrderItem', { orderId: 'none' }))).toEqual([[]]);
      expectUndoable(shard, before, seq);
    });
  });

  it('gives them other values', async () => {
    await inShop((shard) => {
      succeed(shard, ...oneOfEach, ...more);
      const [before, seq] = [stateOf(shard), lastSeq(shard)];
      const found = find('Product', { key: key('p2') });
      const moved = unlink(
        'OrderItem',
        { orderId: 'o1', productId: { operation: 0, column: 'id' } },
        { set: { productId: 'p1' } },
      );
      expect(outcomesOf(shard, found, moved)).toEqual([['UNCHANGED'], ['UPDATED']]);
      expect(shard.rows('SELECT DISTINCT product_id FROM order_items')).toEqual([['p1']]);
      expectUndoable(shard, before, seq);
    });
  });

  it('is refused if it must find one and does not, and leaves all if one fails', async () => {
    await inShop((shard) => {
      succeed(shard, ...oneOfEach, ...more);
      expect(fail(shard, unlink('Order', { customerId: 'c2' }, { required: true }))).toMatchObject({
        code: 'NOT_FOUND',
        table: 'Order',
      });
      expect(fail(shard, unlink('OrderItem', { orderId: 'o1' }, { set: { productId: null } }))).toMatchObject({
        code: 'NOT_NULL_VIOLATION',
        field: 'productId',
      });
      expect(fail(shard, unlink('OrderItem', { orderId: 'o1' }, { set: { productId: 'p9' } }))).toMatchObject({
        code: 'FOREIGN_KEY_VIOLATION',
        field: 'productId',
      });
      expect(fail(shard, unlink('OrderItem', { orderId: 'o1' }, { set: { id: 'x' } }))).toMatchObject({
        code: 'BAD_USER_INPUT',
        field: 'id',
      });
      expect(fail(shard, unlink('OrderItem', { orderId: 'o1', tenantId: 't2' }))).toMatchObject({
        code: 'BAD_USER_INPUT',
      });
      expect(shard.value('SELECT count(*) FROM order_items')).toBe(2);
      succeed(shard, remove('OrderItem', 'i2'), unlink('OrderItem', { orderId: 'o1' }, { required: true }));
    });
  });
});
