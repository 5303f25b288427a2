import { describe, expect, it } from 'vitest';
import type { PlanNode } from '../../src/shards/plan.ts';
import { tablesOfPlan } from '../../src/shards/tables-of-plan.ts';

const node = (table: string, changes: Partial<PlanNode> = {}): PlanNode => ({
  table,
  match: [],
  through: null,
  computed: [],
  columns: ['table'],
  filter: null,
  page: null,
  relations: [],
  ...changes,
});

describe('tablesOfPlan', () => {
  it('names every table, at any depth, join tables included', () => {
    const through = { table: 'Link', from: ['a'], to: ['b'] };
    const items = node('Item', { relations: [{ key: 'tags', from: ['id'], node: node('Tag', { through }) }] });
    const plan = node('Order', { relations: [{ key: 'items', from: ['id'], node: items }] });
    expect(tablesOfPlan(plan).toSorted()).toEqual(['Item', 'Link', 'Order', 'Tag']);
  });

  it('finds tables inside filters, however they are nested', () => {
    const related = { table: 'Review', from: ['id'], match: ['orderId'], through: null, filter: null };
    const filter = { op: 'and', terms: [{ op: 'not', term: { op: 'exists', related } }] };
    expect(tablesOfPlan(node('Order', { filter: filter as never })).toSorted()).toEqual(['Order', 'Review']);
  });

  it('takes no column for a table', () => {
    const filter = { op: 'eq', column: 'table', value: 0 } as const;
    expect(tablesOfPlan(node('Order', { filter }))).toEqual(['Order']);
  });
});
