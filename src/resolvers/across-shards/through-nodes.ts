/** The three reads of a many-to-many relation whose join table lies on other shards than its target. */
import type { Model, RelationModel } from '../../model/types.ts';
import { keyOrder } from '../../plans/arguments/order.ts';
import { type CompiledPlan, compilePlan } from '../../shards/plan/compiled-plan.ts';
import { matchOn, type OneNode, oneNode, type PageNode, pageNode } from '../../shards/plan/node.ts';
import { firstRows } from '../../shards/plan/page.ts';
import { EVERYTHING, rowsOf } from '../../shards/plan/source.ts';
import { aggregatedColumns } from './aggregate-rows.ts';

/** The rows of the join table, at most as many as the first value says. */
export function linksPlan(model: Model, { through }: RelationModel): CompiledPlan<PageNode> {
  const { type, from, to } = through!;
  const page = firstRows(keyOrder(model.table(type)), 0);
  const columns = [...new Set([...to, ...page.orderBy.map(({ column }) => column)])];
  return compilePlan(pageNode(rowsOf(type, { access: EVERYTHING }), { ...matchOn(from), columns }, page));
}

/**
 * What of a target row decides whether and where it is on a page, and what it adds to aggregates. To be used as
 * `plan.derived(…)`, as the other one.
 */
export function candidatesPlan({ node }: CompiledPlan<PageNode>): CompiledPlan<OneNode> {
  const { match, through, page } = node;
  const order = page.orderBy.map(({ column }) => column);
  const columns = [...new Set([...match, ...order, ...aggregatedColumns(page)])];
  return compilePlan(oneNode(node, { match, through, columns }));
}

/** The rows that are shown. */
export const shownPlan = ({ node }: CompiledPlan<PageNode>): CompiledPlan<OneNode> => compilePlan(oneNode(node, node));
