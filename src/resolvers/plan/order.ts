import type { TableModel } from '../../model/types.ts';
import type { OrderTerm } from '../../shards/plan.ts';

/** Directions of `orderBy`. Nulls are smallest, as in SQLite, unless the direction says where they go. */
export const SORT_ORDERS = {
  ASC: { descending: false, nullsFirst: true },
  DESC: { descending: true, nullsFirst: false },
  ASC_NULLS_FIRST: { descending: false, nullsFirst: true },
  ASC_NULLS_LAST: { descending: false, nullsFirst: false },
  DESC_NULLS_FIRST: { descending: true, nullsFirst: true },
  DESC_NULLS_LAST: { descending: true, nullsFirst: false },
} as const satisfies Record<string, Omit<OrderTerm, 'column'>>;

export type SortOrder = keyof typeof SORT_ORDERS;

/** The `orderBy` argument: each entry names one column (`@oneOf`). */
export type OrderByInput = readonly Readonly<Record<string, SortOrder>>[];

/**
 * The complete order of a list: what was asked for, then the primary key, ascending, so that no two rows are equal. A
 * column that is named again decides nothing any more and is left out.
 */
export function orderTerms(table: TableModel, orderBy: OrderByInput): OrderTerm[] {
  const terms = new Map<string, OrderTerm>();
  for (const entry of orderBy) {
    for (const [column, order] of Object.entries(entry)) {
      if (!terms.has(column)) terms.set(column, { column, ...SORT_ORDERS[order] });
    }
  }
  for (const { name } of table.primaryKey.columns) {
    if (!terms.has(name)) terms.set(name, { column: name, ...SORT_ORDERS.ASC });
  }
  return [...terms.values()];
}
