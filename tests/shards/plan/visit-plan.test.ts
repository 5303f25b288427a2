import { expect, it } from 'vitest';
import { exists, type Filter } from '../../../src/shards/plan/filter.ts';
import { visitPlan } from '../../../src/shards/plan/visit-plan.ts';
import { joinOf, nodeOf, relatedOf } from '../../support/plans.ts';

/** Each column is named after the table that it is of, and each value is another. */
const reviews = relatedOf({
  table: 'Review',
  from: ['Order.a'],
  match: ['Review.a'],
  through: joinOf({
    table: 'Link',
    from: ['Link.a'],
    to: ['Link.b'],
    access: { op: 'isNull', column: 'Link.c', isNull: true },
  }),
  filter: { op: 'between', column: 'Review.b', low: 0, high: 1 },
  access: { op: 'eq', column: 'Review.c', value: 2 },
});
const filter: Filter = {
  op: 'and',
  terms: [
    { op: 'not', term: { op: 'isTrue', term: exists(reviews) } },
    { op: 'inKeys', columns: ['Order.b'], list: 3 },
    { op: 'ilike', column: 'Order.c', value: 4 },
    { op: 'notIn', column: 'Order.d', list: 5 },
  ],
};
const PLAN = nodeOf({
  table: 'Order',
  match: ['Order.e'],
  columns: ['Order.f'],
  filter,
  search: { query: 6, columns: ['Order.o'] },
  computed: [
    {
      kind: 'related',
      name: '#a',
      related: relatedOf({ table: 'Tenant', from: ['Order.g'], match: ['Tenant.a'] }),
      column: 'Tenant.b',
    },
    {
      kind: 'aggregate',
      name: '#b',
      related: relatedOf({ table: 'Item', from: ['Order.h'], match: ['Item.a'] }),
      function: 'max',
      column: 'Item.b',
    },
    { kind: 'json', name: '#c', column: 'Order.i', path: 7, as: 'hasText', item: 8 },
  ],
  page: {
    orderBy: [{ column: 'Order.j', descending: false, nullsFirst: true }],
    after: [9, null, { stored: 10 }],
    before: null,
    fromEnd: false,
    limit: 11,
    offset: 12,
    rows: true,
    probeOtherSide: false,
    totalCount: false,
    aggregate: [{ op: 'max', column: 'Order.k' }],
    groups: [
      { keys: [{ column: 'Order.l', trunc: 'DAY', timeZone: 13 }], measures: [{ op: 'sum', column: 'Order.m' }] },
    ],
  },
  relations: [{ key: 'x', from: ['Order.n'], node: nodeOf({ table: 'Customer', match: ['Customer.a'], columns: [] }) }],
});

it('visits each column with the rows that it is of, and each value', () => {
  const columns: string[] = [];
  const values: number[] = [];
  const tables: string[] = [];
  visitPlan(PLAN, {
    source: ({ table }) => tables.push(table),
    column: ({ table }, name) => {
      expect(name.split('.')[0]).toBe(table);
      columns.push(name);
    },
    value: (ref) => values.push(ref),
    unknown: (name) => expect.fail(name),
  });
  expect(tables.toSorted()).toEqual(['Customer', 'Item', 'Link', 'Order', 'Review', 'Tenant']);
  expect(values.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 14 }, (_, at) => at));
  const letters = (table: string, last: string) =>
    'abcdefghijklmno'
      .slice(0, last.charCodeAt(0) - 96)
      .split('')
      .map((letter) => `${table}.${letter}`);
  expect(columns.toSorted()).toEqual([
    'Customer.a',
    ...letters('Item', 'b'),
    ...letters('Link', 'c'),
    ...letters('Order', 'o'),
    ...letters('Review', 'c'),
    ...letters('Tenant', 'b'),
  ]);
});
