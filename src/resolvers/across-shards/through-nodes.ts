/** The three reads of a many-to-many relation whose join table lies on other shards than its target. */
import type { Model, RelationModel } from '../../model/types.ts';
import { keyOrder } from '../../plans/arguments/order.ts';
import { firstRows } from '../../plans/first-rows.ts';
import type { PageShape, PlanNode } from '../../shards/plan.ts';
import { aggregatedColumns } from './aggregate-rows.ts';

/** The rows of the join table, at most as many as the first value says. */
export function linksNode(model: Model, { through }: RelationModel): PlanNode {
  const { type, from, to } = through!;
  const page = firstRows(keyOrder(model.table(type)), 0);
  const columns = [...new Set([...to, ...page.orderBy.map(({ column }) => column)])];
  return { table: type, match: from, through: null, computed: [], columns, filter: null, page, relations: [] };
}

/** What of a target row decides whether and where it is on a page, and what it adds to aggregates. */
export const candidateNode = (node: PlanNode, page: PageShape): PlanNode => ({
  ...node,
  columns: [...new Set([...node.match, ...page.orderBy.map(({ column }) => column), ...aggregatedColumns(page)])],
  page: null,
  relations: [],
});

/** The rows that are shown. */
export const shownNode = (node: PlanNode): PlanNode => ({ ...node, page: null });
