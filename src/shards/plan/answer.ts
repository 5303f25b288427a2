/** Answers of plans, one per key. */
import type { WireValue } from '../../model/types.ts';
import type { Misfit } from '../misfit.ts';
import type { OneNode, PageNode, PlanNode } from './node.ts';

/**
 * A row: the plan's `columns` as wire values, then one answer per relation of the plan, in order. A stored value that does
 * not fit its column is a {@link Misfit}, in place of relations that go by the column too.
 */
export type RowAnswer = readonly (WireValue | Answer | Misfit)[];

/** Answer for one key of a node without a page: the row, null, or `'ambiguous'` if more than one row matches. */
export type OneAnswer = RowAnswer | null | 'ambiguous';

/** Answer for one key of a node with a page. */
export interface PageAnswer {
  readonly rows: readonly RowAnswer[];
  /** There are rows beyond the page's far end (in page direction). */
  readonly hasMore: boolean;
  /** There are rows before the page's near end; always false unless `probeOtherSide`. */
  readonly hasBefore: boolean;
  /** Null unless `totalCount`. Counts all rows that match key and filter, whatever the cursors. */
  readonly total: number | null;
  /** Of `PageShape.aggregate`; may be left out where no row matches. */
  readonly aggregate?: MeasureRow;
  /** Of each of `PageShape.groups`, in any order of groups; null: more than `MAX_GROUPS`. May be left out where no row matches. */
  readonly groups?: readonly (readonly GroupRow[] | null)[];
}

export type Answer = OneAnswer | PageAnswer;

/** The answer of a node of a certain kind. */
export type AnswerOf<Node extends PlanNode> = Node extends OneNode
  ? OneAnswer
  : Node extends PageNode
    ? PageAnswer
    : never;

/**
 * A measure of rows: `count` and `countDistinct` a number; `min` and `max` a wire value, null without values; `sum`
 * decimal text, or a number for `real` columns (`overflow` beyond their range), null without values,
 * and {@link MISFIT_NUMBER} where a value does not fit its column; `distinctValues` a
 * list, or null for more than `MAX_DISTINCT_VALUES` in a shard. Of some shards together, the sum of a `real` column is a list
 * of theirs: in which order they are added must not depend on which of them were merged first.
 */
export type MeasureAnswer = WireValue | readonly WireValue[];

/** In place of a sum, or extreme, where a value is no number of its column. */
export const MISFIT_NUMBER = 'misfit';

/** The number of rows, then the measures in their order. */
export type MeasureRow = readonly [count: number, ...MeasureAnswer[]];

export interface GroupRow {
  readonly keys: readonly WireValue[];
  readonly measures: MeasureRow;
}
