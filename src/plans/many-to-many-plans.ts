/** The three reads of a many-to-many relation whose join table lies on other shards than its target. */
import type { RelationModel } from '../model/types.ts';
import { type CompiledPlan, compilePlan } from '../shards/plan/compiled-plan.ts';
import { matchOn, type OneNode, oneNode, type PageNode, pageNode } from '../shards/plan/node.ts';
import { firstRows, type PageShape } from '../shards/plan/page.ts';
import { type RowScope, visibleRows } from './access/visible-rows.ts';
import { keyOrder } from './arguments/order.ts';
import { MAX_LINKED_ROWS } from './limits.ts';
import type { LinksPlan } from './node-plan.ts';
import { PlanValues } from './plan-values.ts';

/** The rows of the join table, at most {@link MAX_LINKED_ROWS} of them. */
export function joinRowsPlan(scope: RowScope, { through }: RelationModel): LinksPlan {
  const { type, from, to } = through!;
  const values = new PlanValues();
  const page = firstRows(keyOrder(scope.model.table(type)), values.add(MAX_LINKED_ROWS));
  const columns = [...new Set([...to, ...page.orderBy.map(({ column }) => column)])];
  const rows = visibleRows({ ...scope, values }, type);
  return { plan: compilePlan(pageNode(rows, { ...matchOn(from), columns }, page)), values };
}

/**
 * What of a target row decides whether and where it is on a page, and what it adds to aggregates. To be used as
 * `plan.derived(…)`, as the other one.
 */
export function targetKeysPlan({ node }: CompiledPlan<PageNode>): CompiledPlan<OneNode> {
  const { match, through, page } = node;
  const order = page.orderBy.map(({ column }) => column);
  const columns = [...new Set([...match, ...order, ...aggregatedColumns(page)])];
  return compilePlan(oneNode(node, { match, through, columns }));
}

/** Columns that the aggregates of a page are computed from. */
const aggregatedColumns = ({ aggregate = [], groups = [] }: PageShape): string[] => [
  ...aggregate.map(({ column }) => column),
  ...groups.flatMap(({ keys, measures }) => [...keys, ...measures].map(({ column }) => column)),
];

/** The rows that are shown. */
export const targetRowsPlan = ({ node }: CompiledPlan<PageNode>): CompiledPlan<OneNode> =>
  compilePlan(oneNode(node, node));
