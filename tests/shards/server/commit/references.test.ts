import { describe, expect, it } from 'vitest';
import type { OperationValues, RowOperation } from '../../../../src/shards/operation.ts';
import { create, oneOfEach, remove, update } from '../shop-rows.ts';
import { fail, inShop, succeed } from './commit-lab.ts';

const from = (operation: number, column: string) => ({ operation, column });
const key = (id: string) => ({ columns: ['tenantId', 'id'], values: ['t1', id] });

/** An operation that takes some of its values from elsewhere. */
const createFrom = (type: string, values: Record<string, unknown>): RowOperation => {
  const operation = create(type) as RowOperation & { kind: 'create' };
  return { ...operation, values: { ...operation.values, ...values } as never };
};

describe('a value taken from an earlier operation', () => {
  it('is what the row of that operation has, also through a chain of rows', async () => {
    await inShop((shard) => {
      succeed(
        shard,
        create('Tenant'),
        create('Product'),
        create('Customer'),
        createFrom('Order', { tenantId: from(0, 'id'), customerId: from(2, 'id') }),
        createFrom('OrderItem', {
          tenantId: from(3, 'tenantId'),
          orderId: from(3, 'id'),
          productId: from(1, 'id'),
          unitPriceCents: from(1, 'priceCents'),
        }),
      );
      expect(shard.rows('SELECT tenant_id, order_id, product_id, unit_price_cents FROM order_items')).toEqual([
        ['t1', 'o1', 'p1', 100],
      ]);
    });
  });

  it('is read when it is used: what was changed in between is seen', async () => {
    await inShop((shard) => {
      succeed(shard, ...oneOfEach);
      succeed(shard, update('Product', 'p1', { priceCents: 200 }), update('Product', 'p1', { priceCents: 300 }), {
        ...update('Order', 'o1', {}),
        set: { totalCents: from(0, 'priceCents') },
      } as RowOperation);
      expect(shard.value('SELECT total_cents FROM orders')).toBe(300);
    });
  });

  it('may name the row to change, or what it must be related to', async () => {
    await inShop((shard) => {
      succeed(shard, ...oneOfEach, create('Customer', { id: 'c2', email: 'c2' }));
      const order = update('Order', 'o1', {});
      const renamed: RowOperation = {
        ...(update('Customer', '', { name: 'Eve' }) as RowOperation & { kind: 'update' }),
        key: { columns: ['tenantId', 'id'], values: ['t1', from(0, 'customerId')] },
      };
      succeed(shard, order, renamed);
      expect(shard.rows('SELECT id, name FROM customers ORDER BY id')).toEqual([
        ['c1', 'Eve'],
        ['c2', 'Ada'],
      ]);
      const ofCustomer = (id: string): readonly RowOperation[] => [
        update('Customer', id, {}),
        {
          ...(update('Order', 'o1', { totalCents: 7 }) as RowOperation & { kind: 'update' }),
          within: { customerId: from(0, 'id') },
        },
      ];
      expect(fail(shard, ...ofCustomer('c2'))).toMatchObject({ index: 1, code: 'NOT_FOUND', table: 'Order' });
      succeed(shard, ...ofCustomer('c1'));
      expect(shard.value('SELECT total_cents FROM orders')).toBe(7);
    });
  });

  it.each<[string, readonly RowOperation[], Record<string, unknown>]>([
    ['an operation of no row', [remove('Review', 'r1'), createFrom('Customer', { id: from(0, 'id') })], { index: 1 }],
    ['itself', [createFrom('Customer', { id: from(0, 'email') })], { index: 0 }],
    [
      'a later operation',
      [createFrom('Customer', { id: from(1, 'id') }), create('Customer', { id: 'c3', email: 'c3' })],
      { index: 0 },
    ],
    [
      'a column of values that the other cannot hold',
      [update('Product', 'p1', {}), createFrom('Customer', { name: from(0, 'priceCents') })],
      { index: 1, table: 'Customer', field: 'name' },
    ],
    [
      'a row that is gone',
      [update('Review', 'r1', {}), remove('Review', 'r1'), createFrom('Customer', { name: from(0, 'body') })],
      { index: 2, table: 'Review', field: 'body' },
    ],
  ])('is refused of %s', async (_, operations, place) => {
    await inShop((shard) => {
      succeed(shard, ...oneOfEach);
      expect(fail(shard, ...operations)).toMatchObject({ code: 'BAD_USER_INPUT', ...place });
    });
  });
});

describe('a row that must have other values besides its key', () => {
  it('counts as not there without them', async () => {
    await inShop((shard) => {
      succeed(shard, ...oneOfEach);
      const target = { table: 'Order', key: key('o1'), expectedVersion: null, select: null };
      const others: OperationValues[] = [{ customerId: 'other' }, { customerId: null }, { id: 'o2' }];
      for (const within of others) {
        expect(fail(shard, { ...target, kind: 'update', within, set: {}, atomic: {} })).toMatchObject({
          code: 'NOT_FOUND',
        });
        expect(fail(shard, { ...target, kind: 'delete', within })).toMatchObject({ code: 'NOT_FOUND', table: 'Order' });
      }
      succeed(shard, remove('OrderItem', 'i1'), {
        ...target,
        kind: 'delete',
        within: { customerId: 'c1', tenantId: 't1' },
      });
      expect(shard.value('SELECT count(*) FROM orders')).toBe(0);
    });
  });
});
