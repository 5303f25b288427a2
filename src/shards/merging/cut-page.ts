import { unpackStored } from '../misfit.ts';
import type { PageAnswer, RowAnswer } from '../plan/answer.ts';
import type { Boundary } from '../plan/order.ts';
import type { PageShape } from '../plan/page.ts';
import type { PlanValue } from '../plan/value.ts';

/**
 * Cuts a page out of all rows of a list, as a shard does in SQL. `positions` has, for each cell of a row, which order
 * column it is (−1: none), so that a cursor's values can be compared with rows.
 */
export function cutPage(
  sorted: readonly RowAnswer[],
  compare: (a: readonly unknown[], b: readonly unknown[]) => number,
  page: PageShape,
  values: readonly PlanValue[],
  positions: readonly number[],
): PageAnswer {
  const rowAt = (boundary: Boundary): unknown[] =>
    positions.map((position) => {
      const ref = boundary[position] ?? null;
      if (ref === null) return null;
      return typeof ref === 'number' ? values[ref] : unpackStored(values[ref.stored] as string);
    });
  const { after, before, fromEnd } = page;
  const start = after === null ? 0 : countWhile(sorted, (row) => compare(row, rowAt(after)) <= 0);
  const end = before === null ? sorted.length : countWhile(sorted, (row) => compare(row, rowAt(before)) < 0);
  const limit = Number(values[page.limit]);
  const offset = page.offset === null ? 0 : Number(values[page.offset]);
  // Cursors may have crossed: the page is then empty, after the rows up to the one where it starts.
  const first = fromEnd ? Math.max(start, end - limit) : Math.min(start + offset, Math.max(start, end));
  const last = fromEnd ? end : Math.min(first + limit, end);
  const liesBefore = fromEnd ? first > start : first > 0;
  const liesAfter = fromEnd ? last < sorted.length : last < end;
  return {
    rows: page.rows ? sorted.slice(first, Math.max(first, last)) : [],
    hasMore: fromEnd ? liesBefore : liesAfter,
    hasBefore: page.probeOtherSide && (fromEnd ? liesAfter : liesBefore),
    total: page.totalCount ? sorted.length : null,
  };
}

/** Number of leading rows that pass. */
function countWhile(rows: readonly RowAnswer[], passes: (row: RowAnswer) => boolean): number {
  const index = rows.findIndex((row) => !passes(row));
  return index < 0 ? rows.length : index;
}
