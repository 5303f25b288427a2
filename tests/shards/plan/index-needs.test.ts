import { describe, expect, it } from 'vitest';
import { allOf, isNull } from '../../../src/shards/plan/filter.ts';
import { type IndexNeeds, indexNeedsOf } from '../../../src/shards/plan/index-needs.ts';
import { MATCH_ALL, matchOn, oneNode, pageNode } from '../../../src/shards/plan/node.ts';
import { firstRows } from '../../../src/shards/plan/page.ts';
import { EVERYTHING, rowsOf } from '../../../src/shards/plan/source.ts';

const byId = { column: 'id', descending: false, nullsFirst: false };
const byPlacedAt = { column: 'placedAt', descending: true, nullsFirst: false };

describe('what a plan needs of indexes', () => {
  it('is its keys, the columns that equal a value, those in a range, and the order', () => {
    const filter = allOf([
      { op: 'eq', column: 'status', value: 1 },
      { op: 'gte', column: 'totalCents', value: 2 },
      { op: 'in', column: 'customerId', list: 3 },
      isNull('deletedAt'),
    ]);
    const rows = rowsOf('Order', { access: EVERYTHING, filter });
    const node = pageNode(rows, { ...matchOn(['tenantId']), columns: ['id'] }, firstRows([byPlacedAt, byId], 0));
    const needs: IndexNeeds[] = indexNeedsOf(node, [20, 'NEW', 5, ['a']]);
    expect(needs).toEqual([
      {
        table: 'Order',
        path: [],
        equals: ['tenantId', 'status', 'deletedAt'],
        ranges: ['totalCents', 'customerId'],
        order: [
          { column: 'placedAt', descending: true },
          { column: 'id', descending: false },
        ],
        limit: 20,
        hasOtherTests: false,
      },
    ]);
  });

  it('has the access rule in it, and an order without what is fixed', () => {
    const rows = rowsOf('Order', { access: { op: 'eq', column: 'placedAt', value: 1 } });
    const node = pageNode(rows, { ...MATCH_ALL, columns: ['id'] }, firstRows([byPlacedAt, byId], 0));
    expect(indexNeedsOf(node, [20, 5])).toMatchObject([
      { equals: ['placedAt'], order: [{ column: 'id', descending: false }] },
    ]);
  });

  it.each([
    ['or', { op: 'or', terms: [{ op: 'eq', column: 'status', value: 1 }] }],
    ['a text operator', { op: 'contains', column: 'note', value: 1 }],
    ['another negation', { op: 'not', term: { op: 'eq', column: 'status', value: 1 } }],
  ] as const)('says that rows are tested after they are read: %s', (_, filter) => {
    const rows = rowsOf('Order', { access: EVERYTHING, filter });
    expect(indexNeedsOf(oneNode(rows, { ...matchOn(['id']), columns: ['id'] }), [0, 'x'])).toMatchObject([
      { equals: ['id'], ranges: [], hasOtherTests: true },
    ]);
  });

  it('has no limit where all rows are looked at', () => {
    const rows = rowsOf('Order', { access: EVERYTHING });
    const page = { ...firstRows([byId], 0), totalCount: true };
    expect(indexNeedsOf(pageNode(rows, { ...MATCH_ALL, columns: ['id'] }, page), [20])).toMatchObject([
      { limit: null },
    ]);
  });

  it('is told of relations too', () => {
    const orders = pageNode(
      rowsOf('Order', { access: EVERYTHING }),
      { ...matchOn(['tenantId', 'customerId']), columns: ['id'] },
      firstRows([byId], 0),
    );
    const customer = oneNode(rowsOf('Customer', { access: EVERYTHING }), {
      ...matchOn(['tenantId', 'id']),
      columns: ['tenantId', 'id'],
      relations: [{ key: 'orders', from: ['tenantId', 'id'], node: orders }],
    });
    expect(indexNeedsOf(customer, [10])).toMatchObject([
      { table: 'Customer', path: [] },
      { table: 'Order', path: ['orders'], equals: ['tenantId', 'customerId'], limit: 10 },
    ]);
  });
});
