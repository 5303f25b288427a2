import type { Model, TableModel } from '../../model/types.ts';
import type { Answer, OneAnswer, PageAnswer, RowAnswer } from '../plan/answer.ts';
import type { PlanNode } from '../plan/node.ts';
import type { PageShape } from '../plan/page.ts';
import type { PlanValue } from '../plan/value.ts';
import { type Comparator, rowComparator } from './compare-rows.ts';
import { mergeSorted } from './k-way-merge.ts';
import { type Merged, mergeGroups, mergeMeasures } from './merge-groups.ts';

/** What is cut out of the merged rows of a page. */
interface PageWindow {
  /** Rows to leave out at the start; 0 when the page has no offset. */
  readonly offset: number;
  readonly limit: number;
}

/** The window that the values of a plan say; null for nodes without a page. */
export function windowOf({ page }: PlanNode, values: readonly PlanValue[]): PageWindow | null {
  if (page === null) return null;
  return { offset: page.offset === null ? 0 : Number(values[page.offset]), limit: Number(values[page.limit]) };
}

/**
 * Makes one answer of the shards' answers for the same key. `window` is null for nodes without a page. `merged`: what the answer is of: that
 * of some shards can be merged again, with others, and what comes of it is the same as if all had been merged at once.
 */
export function answerMerger(
  model: Model,
  node: PlanNode,
  window: PageWindow | null,
  merged: Merged = 'ALL_SHARDS',
): (parts: Answer[]) => Answer {
  const { page } = node;
  if (page === null || window === null) return (parts) => mergeOne(parts as OneAnswer[]);
  const table = model.table(node.table);
  const compare = rowComparator(model, node, page.orderBy);
  return (parts) => ({
    ...mergePages(parts as PageAnswer[], page, compare, window),
    ...mergeAggregates(parts as PageAnswer[], page, table, merged),
  });
}

/** A key that is unique only within a shard key may match on several shards, or on several of some that were merged. */
function mergeOne(parts: readonly OneAnswer[]): OneAnswer {
  const found = parts.filter((part) => part !== null);
  return found.length > 1 ? 'ambiguous' : (found[0] ?? null);
}

/** Shards without rows may have left theirs out. */
function mergeAggregates(
  parts: readonly PageAnswer[],
  page: PageShape,
  table: TableModel,
  merged: Merged,
): Partial<PageAnswer> {
  const { aggregate, groups } = page;
  const rows = parts.flatMap(({ aggregate: row }) => (row ? [row] : []));
  return {
    ...(aggregate && { aggregate: mergeMeasures(table, aggregate, rows, merged) }),
    ...(groups && {
      groups: groups.map((grouping, at) =>
        mergeGroups(
          table,
          grouping,
          parts.map((part) => (part.groups ? part.groups[at]! : [])),
          merged,
        ),
      ),
    }),
  };
}

/**
 * Each shard has given the `offset + limit` rows nearest to the page's start, and says whether it has more. So the
 * merged rows up to there are exact, and what lies beyond them is either among the rest or behind some shard's `hasMore`.
 */
function mergePages(
  parts: readonly PageAnswer[],
  page: PageShape,
  compare: Comparator<RowAnswer>,
  { offset, limit }: PageWindow,
): PageAnswer {
  const lists = parts.map(({ rows }) => rows);
  if (page.distinct) {
    const distinct = withoutRepeats(mergeSorted(lists, compare, Number.POSITIVE_INFINITY), compare);
    const hasMore = distinct.length > limit || parts.some((part) => part.hasMore);
    return { rows: distinct.slice(0, limit), hasMore, hasBefore: false, total: null };
  }
  const merged = page.fromEnd
    ? mergeSorted(
        lists.map((rows) => rows.toReversed()),
        (a, b) => compare(b, a),
        limit,
      ).reverse()
    : mergeSorted(lists, compare, offset + limit);
  const available = lists.reduce((sum, rows) => sum + rows.length, 0);
  const skipped = Math.min(offset, merged.length);
  return {
    rows: merged.slice(skipped),
    hasMore: available > merged.length || parts.some(({ hasMore }) => hasMore),
    hasBefore: parts.some(({ hasBefore }) => hasBefore) || (page.probeOtherSide && skipped > 0),
    total: page.totalCount ? parts.reduce((sum, { total }) => sum + total!, 0) : null,
  };
}

/** Sorted rows, the first of each run of equal ones. */
const withoutRepeats = (rows: readonly RowAnswer[], compare: Comparator<RowAnswer>): RowAnswer[] =>
  rows.filter((row, at) => at === 0 || compare(rows[at - 1]!, row) !== 0);
