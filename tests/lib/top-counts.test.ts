import { expect, it } from 'vitest';
import { TopCounts } from '../../src/lib/top-counts.ts';

it('counts all names while there is room, whatever they are', () => {
  const counts = new TopCounts(3);
  for (const name of ['a', 'constructor', 'a', 'b']) counts.add(name, 1);
  expect(counts.toRecord()).toEqual({ a: 2, constructor: 1, b: 1 });
});

it('has what is more than its part of all, however many others come', () => {
  const counts = new TopCounts(5);
  for (let at = 0; at < 1_000; at++) {
    counts.add('often', 1);
    counts.add('also', 1);
    counts.add(`once ${at}`, 1);
  }
  expect(counts.toRecord()).toMatchObject({ often: 1_000, also: 1_000 });
  expect(Object.keys(counts.toRecord())).toHaveLength(5);
});

it('lets somebody come up who begins late, and counts nobody too often', () => {
  const counts = new TopCounts(2);
  counts.addAll({ a: 5, b: 3 });
  counts.addAll({ c: 9, a: 1 });
  expect(counts.toRecord()).toEqual({ a: 6, c: 9 });
});
