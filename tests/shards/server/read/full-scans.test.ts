/**
 * Which usual queries of the demo read a whole table, or all rows of a tenant, although they show few: held as a list,
 * so that neither a change of the statements nor one of the model's indexes adds to it unseen.
 */
import { describe, expect, it } from 'vitest';
import demo from '../../../../src/schema/model.ts';
import { scansOf, withoutIndex } from './scans-of.ts';
import { USUAL_QUERIES } from './usual-queries.ts';

/** All other usual queries find their rows by an index. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  // All rows are what is counted.
  'how many orders a tenant has': ['tenant orders'],
  'turnover of a tenant by status': ['tenant orders'],
  // No index can hold values of other rows.
  'orders by their customers’ names': ['tenant orders', 'sort for order by'],
  'products by their average rating': ['tenant products', 'sort for order by'],
  // The first rows of each tenant, found by index, are put in order.
  'newest orders of all tenants': ['sort for order by'],
  // Related rows of several parents, found by index, are put in order for each of them.
  'orders and reviews of customers': ['sort for order by'],
  'customer and items with products of orders': ['sort for order by'],
};

it('finds rows by an index, but for the queries that have to look at all of them', async () => {
  const scans = await scansOf(demo, USUAL_QUERIES);
  expect(Object.fromEntries(Object.entries(scans).filter(([, found]) => found.length > 0))).toEqual(EXPECTED);
});

const INDEXES = demo.tables.flatMap(({ indexes }) => indexes.map(({ name }) => name));

describe('without an index of the model', () => {
  it.each(INDEXES)('%s, more is read than expected', async (name) => {
    const scans = await scansOf(withoutIndex(demo, name), USUAL_QUERIES);
    const unexpected = Object.entries(scans).filter(([query, found]) => `${found}` !== `${EXPECTED[query] ?? []}`);
    expect(unexpected).not.toEqual([]);
  });
});
