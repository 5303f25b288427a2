import type { Model } from '../../model/types.ts';
import type { PlanNode } from '../../shards/plan/node.ts';
import type { Source } from '../../shards/plan/source.ts';
import { visitFilter, visitPlan } from '../../shards/plan/visit-plan.ts';

/**
 * True if who may see a row of the plan can change while the row's key stays as it is, and the model does not accept that an
 * older answer is shown: what a rule is decided by has to be as it is now.
 */
export function hasChangingRule(model: Model, node: PlanNode): boolean {
  let found = false;
  visitPlan(node, {
    source: (source) => {
      found ||= source.access !== null && isChanging(model, source);
    },
  });
  return found;
}

function isChanging(model: Model, source: Source): boolean {
  const { primaryKey, cache } = model.table(source.table);
  let namesOthers = false;
  let namesColumns = false;
  visitFilter(source.access!, source, {
    source: () => {
      namesOthers = true;
    },
    column: ({ table }, name) => {
      namesColumns ||= table === source.table && !primaryKey.names.includes(name);
    },
  });
  return namesOthers || (namesColumns && !cache.staleAccess);
}
