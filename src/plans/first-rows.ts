import type { OrderTerm, PageShape, ValueRef } from '../shards/plan.ts';

/** The page of a list's first rows, as many as the value at `limit` says: for reads of our own, without cursors and counts. */
export const firstRows = (orderBy: readonly OrderTerm[], limit: ValueRef): PageShape => ({
  orderBy,
  after: null,
  before: null,
  fromEnd: false,
  limit,
  offset: null,
  rows: true,
  probeOtherSide: false,
  totalCount: false,
});
