import type { TableModel } from '../model/types.ts';
import { type CompiledPlan, compilePlan } from '../shards/plan/compiled-plan.ts';
import { allOf } from '../shards/plan/filter.ts';
import { MATCH_ALL, type PageNode, pageNode } from '../shards/plan/node.ts';
import { firstRows } from '../shards/plan/page.ts';
import { type RowScope, visibleRows } from './access/visible-rows.ts';
import { keyOrder } from './arguments/order.ts';
import { whereToFilter } from './filter/filter.ts';
import { FilterBudget } from './filter/filter-budget.ts';
import type { WhereInput } from './filter/filter-terms.ts';
import type { FilterParts, IdSet } from './filter/id-set.ts';
import { PlanValues } from './plan-values.ts';
import { FieldArguments } from './selection/field-arguments.ts';

/** The rows that a write is about: their primary keys, in order. It is confined to a shard key where it is run. */
export interface RowKeysPlan {
  readonly plan: CompiledPlan<PageNode>;
  readonly values: PlanValues;
  /** What has to be read into the values before the plan can run. */
  readonly idSets: readonly IdSet[];
}

/**
 * The rows that a `where` finds, of those with which the caller may do that.
 *
 * @param atMost how many are expected; the plan looks one row further.
 */
export function rowsOfWhere(
  scope: RowScope,
  table: TableModel,
  { where, verb }: { readonly where: WhereInput; readonly verb: 'update' | 'delete' },
  atMost: number,
): RowKeysPlan {
  const values = new PlanValues();
  const args = FieldArguments.ofCode({ where });
  const parts: FilterParts = { model: scope.model, access: scope.access, args, values, idSets: [], computed: [] };
  const filter = whereToFilter(table, where, parts, new FilterBudget());
  const allowed = scope.access.whereOf(table.typeName, verb, values);
  const filters = [filter, allowed].filter((term) => term !== null);
  const rows = visibleRows(parts, table.typeName, { filter: allOf(filters), computed: parts.computed });
  const page = firstRows(keyOrder(table), values.add(atMost));
  const plan = compilePlan(pageNode(rows, { ...MATCH_ALL, columns: table.primaryKey.names }, page));
  return { plan, values, idSets: parts.idSets };
}
