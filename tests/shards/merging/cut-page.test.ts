import { expect, it } from 'vitest';
import { cutPage } from '../../../src/shards/merging/cut-page.ts';
import type { PageShape } from '../../../src/shards/plan/page.ts';

const ROWS = [[1], [2], [3], [4]];
const compare = (a: readonly unknown[], b: readonly unknown[]) => Number(a[0]) - Number(b[0]);

/** The page after one value and before another; values of the plan are those two and the limit. */
function page(after: number, before: number, shape: Partial<PageShape> = {}) {
  const values = [after, before, 10];
  const whole = { after: [0], before: [1], fromEnd: false, limit: 2, offset: null, rows: true, probeOtherSide: true };
  return cutPage(ROWS, compare, { ...whole, ...shape } as PageShape, values, [0]);
}

it('lies between its cursors, and tells of rows before it', () => {
  expect(page(1, 4)).toMatchObject({ rows: [[2], [3]], hasMore: false, hasBefore: true });
});

it.each([
  [3, 1],
  [4, 1],
  [2, 2],
])(
  'is empty where its cursors have crossed, and still tells of rows before it: after %i, before %i',
  (after, before) => {
    expect(page(after, before)).toMatchObject({ rows: [], hasMore: false, hasBefore: true });
  },
);
