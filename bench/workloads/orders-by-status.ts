import { ORDERS_BY_STATUS } from './queries.ts';
import type { Workload } from './workload.ts';

export const ordersByStatus: Workload = {
  name: 'Q1',
  title: "groupBy: a tenant's orders by status, with sums",
  size: 200,
  makeRequest({ shop, ordersByTenant }, random) {
    const tenant = random.pick(shop.tenants).id;
    const groups = () =>
      [...Map.groupBy(ordersByTenant.get(tenant)!, ({ status }) => status)]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([status, orders]) => ({
          keys: { status: status.toUpperCase() },
          count: orders.length,
          sum: { totalCents: orders.reduce((sum, order) => sum + order.total_cents, 0) },
        }));
    return { query: ORDERS_BY_STATUS, variables: { tenant }, expected: () => ({ orders: { groupBy: groups() } }) };
  },
};
