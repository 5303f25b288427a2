import { memoizeByObject } from '../../lib/memoize-by-object.ts';
import type { Model } from '../../model/types.ts';
import type { PlanNode } from '../../shards/plan/node.ts';
import type { Source } from '../../shards/plan/source.ts';
import { visitPlan } from '../../shards/plan/visit-plan.ts';

const hasStrongColumns = memoizeByObject(({ tables }: Model): boolean =>
  tables.some(({ cache }) => cache.strongColumns.length > 0),
);

/**
 * True if the plan selects, filters, searches, orders or computes by a column that is always read STRONG, or finds rows by
 * one.
 */
export const readsStrongColumn = (model: Model, node: PlanNode): boolean =>
  hasStrongColumns(model) && mentionsStrongColumn(model, node);

function mentionsStrongColumn(model: Model, node: PlanNode): boolean {
  let found = false;
  const column = ({ table }: Source, name: string) => {
    found ||= model.table(table).cache.strongColumns.includes(name);
  };
  visitPlan(node, {
    column,
    source: (source) => {
      if (source.search === null) return;
      for (const { name } of model.table(source.table).search) column(source, name);
    },
  });
  return found;
}
