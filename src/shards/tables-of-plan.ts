import type { PlanNode } from './plan.ts';

/**
 * The types of all tables whose rows can decide an answer: those of the node, of its relations and join tables, and those
 * that filters, orders and computed columns look at; as often as the plan names them. Every part of a plan that reads a
 * table names it in a property `table`, so this looks for that alone and need not know the parts.
 */
export function tablesOfPlan(node: PlanNode): readonly string[] {
  const tables: string[] = [];
  collect(node, tables);
  return tables;
}

function collect(part: unknown, tables: string[]): void {
  if (typeof part !== 'object' || part === null) return;
  for (const [name, value] of Object.entries(part)) {
    if (name === 'table' && typeof value === 'string') tables.push(value);
    else collect(value, tables);
  }
}
