import { ORDERS_ANYWHERE } from './queries.ts';
import type { ServerKind, Workload } from './workload.ts';

const MOST_ROWS = 50;

/** A list over all shards, in the order of the key, of which each shard gives a page. */
export const ordersAnywhere = (name: string, title: string, server: ServerKind): Workload => ({
  name,
  title,
  server,
  size: MOST_ROWS,
  makeRequest({ shop, ordersByTenant }, _random, index) {
    const rows = 1 + index;
    const tenants = shop.tenants.map(({ id }) => id).sort();
    // Ids are ASCII: code units order them as SQLite does.
    const orders = tenants.flatMap((tenant) => [...ordersByTenant.get(tenant)!].sort((a, b) => (a.id < b.id ? -1 : 1)));
    const nodes = orders.slice(0, rows).map(({ id, total_cents }) => ({ id, totalCents: total_cents }));
    return {
      query: ORDERS_ANYWHERE,
      variables: { rows },
      expected: () => ({ orders: { nodes } }),
    };
  },
});
