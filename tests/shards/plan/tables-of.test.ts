import { describe, expect, it } from 'vitest';
import { exists, type Filter } from '../../../src/shards/plan/filter.ts';
import type { PlanNode } from '../../../src/shards/plan/node.ts';
import { tablesOf } from '../../../src/shards/plan/tables-of.ts';
import { joinOf, type NodeDraft, nodeOf, relatedOf } from '../../support/plans.ts';

const node = (table: string, changes: Partial<NodeDraft> = {}): PlanNode =>
  nodeOf({ table, columns: ['table'], ...changes });

describe('tablesOf', () => {
  it('names every table, at any depth, join tables included', () => {
    const through = joinOf({ table: 'Link', from: ['a'], to: ['b'] });
    const items = node('Item', { relations: [{ key: 'tags', from: ['id'], node: node('Tag', { through }) }] });
    const plan = node('Order', { relations: [{ key: 'items', from: ['id'], node: items }] });
    expect(tablesOf(plan).toSorted()).toEqual(['Item', 'Link', 'Order', 'Tag']);
  });

  it('finds tables inside filters, however they are nested', () => {
    const reviews = relatedOf({ table: 'Review', from: ['id'], match: ['orderId'] });
    const filter: Filter = { op: 'and', terms: [{ op: 'not', term: exists(reviews) }] };
    expect(tablesOf(node('Order', { filter })).toSorted()).toEqual(['Order', 'Review']);
  });

  it('takes no column for a table', () => {
    const filter = { op: 'eq', column: 'table', value: 0 } as const;
    expect(tablesOf(node('Order', { filter }))).toEqual(['Order']);
  });
});
