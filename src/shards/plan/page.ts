import type { Grouping, Measure } from './aggregate.ts';
import type { Boundary, OrderTerm } from './order.ts';
import type { ValueRef } from './value.ts';

/** A page of rows in order. */
export interface PageShape {
  /** Complete: the table's primary-key columns come last, as far as they are not ordered by already. */
  readonly orderBy: readonly OrderTerm[];
  /** Only rows strictly after / before these positions in `orderBy`. */
  readonly after: Boundary | null;
  readonly before: Boundary | null;
  /** True for `last`: the page is taken from the end; rows still come in `orderBy` order. */
  readonly fromEnd: boolean;
  /** Greatest number of rows of the page. The shard looks one row further to know whether there are more. */
  readonly limit: ValueRef;
  /** Rows to leave out at the start (never together with cursors or `fromEnd`). */
  readonly offset: ValueRef | null;
  /** False when neither nodes, edges nor page info are asked for: rows are not read. */
  readonly rows: boolean;
  /** Also find out whether rows lie on the other side of the boundary the page starts from (`hasBefore`). */
  readonly probeOtherSide: boolean;
  readonly totalCount: boolean;
  /**
   * Rows are the distinct tuples of `columns`, which are the columns of `orderBy` as well. For one key, without cursors,
   * offset, total and relations: it reads the id sets by which filters cross shards.
   */
  readonly distinct?: true;
  /** Computed over all rows that match key and filter, whatever the cursors; left out: not asked for. */
  readonly aggregate?: readonly Measure[];
  /** Groupings of the same rows. */
  readonly groups?: readonly Grouping[];
}

/** The page of a list's first rows, as many as the value at `limit` says, without cursors and counts. */
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
