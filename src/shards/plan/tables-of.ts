import type { PlanNode } from './node.ts';
import { visitPlan } from './visit-plan.ts';

/** The types of all tables whose rows can decide an answer, as often as the plan looks at them. */
export function tablesOf(node: PlanNode): string[] {
  const tables: string[] = [];
  visitPlan(node, { source: ({ table }) => tables.push(table) });
  return tables;
}
