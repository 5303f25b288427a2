import type { Model } from '../../model/types.ts';
import type { PlanNode } from '../../shards/plan.ts';
import { tablesOfPlan } from '../../shards/tables-of-plan.ts';
import type { IdSet } from '../filter/id-set.ts';
import type { FreshnessNeeds } from './freshness-needs.ts';
import { readsStrongColumn } from './strong-columns.ts';

/**
 * Notes what the tables of a made plan and of its id sets require, whatever was asked: filters, orders and aggregates look
 * at tables too of which nothing is selected, and an answer tells of what they saw.
 */
export function notePlan(needs: FreshnessNeeds, model: Model, node: PlanNode, idSets: readonly IdSet[]): void {
  for (const table of tablesOfPlan(node)) needs.noteSeen(model.table(table));
  if (readsStrongColumn(model, node)) needs.requireStrong();
  for (const idSet of idSets) notePlan(needs, model, idSet.node, idSet.inner);
}
