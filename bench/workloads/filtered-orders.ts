import { FILTERED_ORDERS } from './queries.ts';
import { byId } from './shop-index.ts';
import type { Workload } from './workload.ts';

const MAX_TOTAL_CENTS = 150_000;

export const filteredOrders: Workload = {
  name: 'W4',
  title: 'filtered list of orders with its total count',
  size: 1_000,
  makeRequest({ shop, ordersByTenant }, random) {
    const tenant = random.pick(shop.tenants).id;
    const { status } = random.pick(shop.orders);
    const above = random.integer(0, MAX_TOTAL_CENTS);
    const matches = () =>
      ordersByTenant
        .get(tenant)!
        .filter((order) => order.status === status && order.total_cents > above)
        .sort((a, b) => b.total_cents - a.total_cents || byId(a, b));
    return {
      query: FILTERED_ORDERS,
      variables: { tenant, status: status.toUpperCase(), above },
      expected() {
        const orders = matches();
        const nodes = orders
          .slice(0, 20)
          .map(({ id, total_cents, created_at }) => ({ id, totalCents: total_cents, createdAt: created_at }));
        return { orders: { totalCount: orders.length, nodes } };
      },
    };
  },
};
