import type { ApiClient } from '../cache/api-client.ts';
import type { ShopIndex } from '../workloads/shop-index.ts';

/** Rows that are changed by one commit, unless there are fewer. */
const ROWS_PER_COMMIT = 100;

/** Which rows of a tenant are changed, and how. */
export interface ChangedTable {
  readonly ids: readonly string[];
  /** Takes `$tenant`, `$ids` and `$value`. */
  readonly query: string;
  /** Another one for each commit. */
  readonly value: (commit: number) => string | number;
}

const updateOf = (field: string, type: string, column: string) => `
  mutation ($tenant: ID!, $ids: [ID!]!, $value: ${type}!) {
    ${field}(shardKey: $tenant, where: { id: { in: $ids } }, data: { ${column}: $value }, atMost: 10000) { affectedCount }
  }`;

const text = (commit: number): string => `Changed by commit ${commit}`;

/** The tables of a tenant that are changed, by what it takes to change a row of them. */
export function changedTables({ shop }: ShopIndex, tenant: string) {
  const idsOf = (rows: readonly { readonly id: string; readonly tenant_id: string }[]) =>
    rows.filter(({ tenant_id }) => tenant_id === tenant).map(({ id }) => id);
  return {
    orders: { ids: idsOf(shop.orders), query: updateOf('updateOrders', 'String', 'note'), value: text },
    items: {
      ids: idsOf(shop.order_items),
      query: updateOf('updateOrderItems', 'Int', 'quantity'),
      value: (commit: number) => 10 + (commit % 1_000),
    },
    /** In a search index, which has the changed column too. */
    reviews: { ids: idsOf(shop.reviews), query: updateOf('updateReviews', 'String', 'title'), value: text },
    customers: { ids: idsOf(shop.customers), query: updateOf('updateCustomers', 'String', 'phone'), value: text },
  } satisfies Record<string, ChangedTable>;
}

/** Changes so many rows, in commits of a hundred: each row once before any comes again. */
export async function changeRows(
  client: ApiClient,
  tenant: string,
  { ids, query, value }: ChangedTable,
  count: number,
  rowsPerCommit = ROWS_PER_COMMIT,
): Promise<void> {
  const size = Math.min(rowsPerCommit, ids.length);
  for (let changed = 0, commit = 0; changed < count; commit++) {
    const rows = Math.min(size, count - changed);
    const chosen = Array.from({ length: rows }, (_, at) => ids[(changed + at) % ids.length]!);
    await client.ask(query, { tenant, ids: chosen, value: value(commit) });
    changed += rows;
  }
}
