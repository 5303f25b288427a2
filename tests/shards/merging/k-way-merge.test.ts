import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeSorted } from '../../../src/shards/merging/k-way-merge.ts';

type Entry = readonly [value: number, list: number];
const compare = (a: Entry, b: Entry) => a[0] - b[0];

describe('merging sorted lists', () => {
  it('equals sorting everything, cut to the limit', () => {
    const lists = fc
      .array(fc.array(fc.integer({ min: 0, max: 20 })), { maxLength: 9 })
      .map((given) => given.map((values, list) => values.sort((a, b) => a - b).map((value): Entry => [value, list])));
    fc.assert(
      fc.property(lists, fc.nat(30), (given, limit) => {
        // Array.prototype.sort is stable, so equal values stay in the order of their lists.
        expect(mergeSorted(given, compare, limit)).toEqual(given.flat().sort(compare).slice(0, limit));
      }),
      { numRuns: 1_000 },
    );
  });

  it('compares about limit × log(lists) times', () => {
    const lists = Array.from({ length: 256 }, (_, list) =>
      Array.from({ length: 100 }, (_, n): Entry => [n * 256 + list, list]),
    );
    let comparisons = 0;
    const counted = (a: Entry, b: Entry) => {
      comparisons++;
      return compare(a, b);
    };
    mergeSorted(lists, counted, 100);
    expect(comparisons).toBeLessThan(2 * 256 + 100 * 2 * 8 + 1);
  });
});
