import type { Model } from '../../model/types.ts';
import type { PlanNode } from '../../shards/plan.ts';

const modelsWithStrongColumns = new WeakMap<Model, boolean>();

/**
 * True if the plan selects, filters, searches, orders or computes by a column that is always read STRONG, or finds rows by
 * one. Parts of a plan name their table in `table` and columns in a few properties, so this looks for these alone.
 */
export function readsStrongColumn(model: Model, node: PlanNode): boolean {
  let hasAny = modelsWithStrongColumns.get(model);
  if (hasAny === undefined) {
    hasAny = model.tables.some(({ cache }) => cache.strongColumns.length > 0);
    modelsWithStrongColumns.set(model, hasAny);
  }
  return hasAny && mentions(model, node, []);
}

/** What parts of a plan may hold that decides whose columns they name. */
interface Part {
  readonly table?: string;
  readonly related?: { readonly table: string };
  readonly to?: readonly string[];
}

/** `outer`: strong columns of the table around the part. */
function mentions(model: Model, part: unknown, outer: readonly string[]): boolean {
  if (typeof part !== 'object' || part === null) return false;
  if (Array.isArray(part)) return part.some((each) => mentions(model, each, outer));
  const { table, related, to } = part as Part;
  const own = table === undefined ? outer : strongColumns(model, table);
  const isStrong = (columns: readonly string[], strong: readonly string[]) =>
    columns.some((column) => strong.includes(column));
  return Object.entries(part).some(([name, value]) => {
    switch (name) {
      case 'column':
        // Of related rows, a computed column names one of theirs.
        return isStrong([value as string], related === undefined ? own : strongColumns(model, related.table));
      case 'columns':
      case 'match':
      case 'to':
        return isStrong(value as readonly string[], own);
      case 'from':
        // Columns of a join table, or of the row that others belong to.
        return isStrong(value as readonly string[], to === undefined ? outer : own);
      case 'search':
        return model.table(table!).search.some((column) => own.includes(column.name));
      default:
        return mentions(model, value, own);
    }
  });
}

const strongColumns = (model: Model, table: string): readonly string[] => model.table(table).cache.strongColumns;
