/** Operations on the shop for tests: complete rows, of which a test changes what it is about. */
import type { RowOperation, WireValues } from '../../../src/shards/operation.ts';

const CREATED_AT = '2026-01-02T03:04:05.678Z';

const ROWS: Readonly<Record<string, WireValues>> = {
  Tenant: { id: 't1', name: 'One', plan: 'free', settings: '{}', createdAt: CREATED_AT },
  Customer: { id: 'c1', tenantId: 't1', name: 'Ada', email: 'ada@x.org', attributes: '{}', createdAt: CREATED_AT },
  Product: { id: 'p1', tenantId: 't1', sku: 's1', name: 'Pen', priceCents: 100, createdAt: CREATED_AT },
  Order: { id: 'o1', tenantId: 't1', customerId: 'c1', totalCents: 100, shipping: '{}', createdAt: CREATED_AT },
  OrderItem: { id: 'i1', tenantId: 't1', orderId: 'o1', productId: 'p1', quantity: 1, unitPriceCents: 100 },
  Review: {
    id: 'r1',
    tenantId: 't1',
    productId: 'p1',
    customerId: 'c1',
    rating: 5,
    body: 'Good.',
    createdAt: CREATED_AT,
  },
};

export const shopRow = (type: string, changes: WireValues = {}): WireValues => ({ ...ROWS[type], ...changes });

export const create = (type: string, changes: WireValues = {}): RowOperation => ({
  kind: 'create',
  table: type,
  values: shopRow(type, changes),
  select: null,
});

const keyOf = (type: string, id: string, tenantId: string) =>
  type === 'Tenant' ? { columns: ['id'], values: [id] } : { columns: ['tenantId', 'id'], values: [tenantId, id] };

export const update = (
  type: string,
  id: string,
  set: WireValues,
  expectedVersion: number | null = null,
): RowOperation => ({
  kind: 'update',
  table: type,
  key: keyOf(type, id, 't1'),
  set,
  within: null,
  atomic: {},
  expectedVersion,
  select: null,
});

export const remove = (type: string, id: string, expectedVersion: number | null = null): RowOperation => ({
  kind: 'delete',
  table: type,
  key: keyOf(type, id, 't1'),
  within: null,
  expectedVersion,
  select: null,
});

/** One row of each type, all of tenant t1. */
export const oneOfEach: readonly RowOperation[] = Object.keys(ROWS).map((type) => create(type));
