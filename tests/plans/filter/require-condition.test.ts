import { describe, expect, it } from 'vitest';
import { requireCondition } from '../../../src/plans/filter/require-condition.ts';
import model from '../../../src/schema/model.ts';

const refusalOf = (where: object): string | null => {
  try {
    requireCondition(model, model.table('Order'), where as never);
    return null;
  } catch (error) {
    return (error as Error).message;
  }
};

describe('A filter of a write', () => {
  it.each<[object]>([
    [{ status: { eq: 'PAID' } }],
    [{ note: { isNull: false } }],
    [{ note: { contains: '' } }],
    [{ id: { in: [] } }],
    [{ OR: [{ id: { eq: 'a' } }, { status: { ne: 'PAID' } }] }],
    [{ NOT: { status: { eq: 'PAID' } } }],
    [{ NOT: { NOT: { status: { eq: 'PAID' } } } }],
    [{ AND: [{ id: { isNull: false } }, { status: { eq: 'PAID' } }] }],
    [{ customer: { email: { endsWith: '@x' } } }],
    [{ customer: { id: { isNull: false } } }],
    [{ items: { some: { quantity: { gt: 1 } } } }],
    [{ items: { none: { quantity: { gt: 1 } } } }],
    [{ itemsAggregate: { count: { gt: 3 } } }],
    [{ itemsAggregate: { count: { gte: 0 }, sum: { quantity: { gte: 3 } } } }],
    [{ status: { in: ['PENDING', 'PAID', 'PAID', 'PAID', 'PAID'] } }],
    [{ note: { gte: '' } }],
    [{ itemsAggregate: { where: { quantity: { gt: 1 } }, sum: { quantity: { gte: 3 } } } }],
    [{ shipping: { path: 'city', eq: 'Berlin' } }],
    [{ NOT: { id: { isNull: false } } }],
  ])('may be %j', (where) => {
    expect(refusalOf(where)).toBeNull();
  });

  it.each<[object, string]>([
    [{}, 'where'],
    [{ AND: [] }, 'where.AND'],
    [{ OR: [] }, 'where.OR'],
    [{ NOT: {} }, 'where.NOT'],
    [{ note: {} }, 'where.note'],
    [{ note: { eq: undefined } }, 'where.note'],
    [{ status: { eq: 'PAID' }, note: {} }, 'where.note'],
    [{ AND: [{ status: { eq: 'PAID' } }, {}] }, 'where.AND.1'],
    [{ OR: [{ status: { eq: 'PAID' } }, { NOT: { note: {} } }] }, 'where.OR.1.NOT.note'],
    [{ customer: {} }, 'where.customer'],
    [{ customer: { email: {} } }, 'where.customer.email'],
    [{ items: {} }, 'where.items'],
    [{ items: { some: {} } }, 'where.items.some'],
    [{ items: { every: { quantity: {} } } }, 'where.items.every.quantity'],
    [{ itemsAggregate: {} }, 'where.itemsAggregate'],
    [{ itemsAggregate: { count: {} } }, 'where.itemsAggregate.count'],
    [{ itemsAggregate: { where: {}, count: { gt: 1 } } }, 'where.itemsAggregate.where'],
    [{ itemsAggregate: { sum: { quantity: {} } } }, 'where.itemsAggregate.sum.quantity'],
    [{ shipping: {} }, 'where.shipping'],
    [{ shipping: { path: 'city' } }, 'where.shipping'],
    [{ note: null }, 'where.note'],
    [{ note: { eq: null } }, 'where.note.eq'],
  ])('may not be %j, since something in it says nothing', (where, path) => {
    expect(refusalOf(where)).toContain(`at ${path}, `);
  });

  it.each<[object]>([
    [{ id: { isNull: false } }],
    [{ id: { notIn: [] } }],
    [{ status: { notIn: [] } }],
    [{ id: { contains: '' } }],
    [{ id: { like: '%' } }],
    [{ NOT: { id: { isNull: true } } }],
    [{ NOT: { id: { in: [] } } }],
    [{ OR: [{ status: { eq: 'PAID' } }, { id: { isNull: false } }] }],
    [{ AND: [{ id: { isNull: false } }, { NOT: { id: { in: [] } } }] }],
    [{ id: { gte: '' } }],
    [{ status: { in: ['PENDING', 'PAID', 'SHIPPED', 'DELIVERED', 'CANCELLED'] } }],
    [{ NOT: { status: { notIn: ['PENDING', 'PAID', 'SHIPPED', 'DELIVERED', 'CANCELLED'] } } }],
    [{ itemsAggregate: { count: { gte: 0 } } }],
    [{ itemsAggregate: { where: { quantity: { gt: 1 } }, count: { ne: -1 } } }],
    [{ OR: [{ status: { eq: 'PAID' } }, { itemsAggregate: { count: { notIn: [-1] } } }] }],
    [{ items: { every: { id: { isNull: false } } } }],
    [{ items: { none: { id: { in: [] } } } }],
  ])('may not be %j, which holds for every row', (where) => {
    expect(refusalOf(where)).toMatch(/^Expected where to choose among the rows, but got/);
  });
});
