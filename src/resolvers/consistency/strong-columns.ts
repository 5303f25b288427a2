import type { Model } from '../../model/types.ts';
import type { PlanNode } from '../../shards/plan.ts';

const modelsWithStrongColumns = new WeakMap<Model, boolean>();

/**
 * True if the plan selects, filters or orders by a column that is always read STRONG. Parts of a plan name their table in
 * `table` and columns in `column` and `columns`, so this looks for these alone.
 */
export function readsStrongColumn(model: Model, node: PlanNode): boolean {
  let hasAny = modelsWithStrongColumns.get(model);
  if (hasAny === undefined) {
    hasAny = model.tables.some(({ cache }) => cache.strongColumns.length > 0);
    modelsWithStrongColumns.set(model, hasAny);
  }
  return hasAny && mentions(model, node, []);
}

function mentions(model: Model, part: unknown, outer: readonly string[]): boolean {
  if (typeof part !== 'object' || part === null) return false;
  if (Array.isArray(part)) return part.some((each) => mentions(model, each, outer));
  const { table } = part as { readonly table?: unknown };
  const strong = typeof table === 'string' ? model.tableByType.get(table)!.cache.strongColumns : outer;
  return Object.entries(part).some(([name, value]) => {
    if (name === 'column') return strong.includes(value as string);
    if (name === 'columns') return (value as readonly string[]).some((column) => strong.includes(column));
    return mentions(model, value, strong);
  });
}
