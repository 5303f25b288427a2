import { NEWEST_ORDERS_OF_CUSTOMER } from './queries.ts';
import { newestFirst } from './shop-index.ts';
import type { Workload } from './workload.ts';

export const newestOrdersOfCustomer: Workload = {
  name: 'W2',
  title: '20 newest orders of a customer',
  size: 4_000,
  makeRequest({ shop, ordersByCustomer }, random) {
    const { tenant_id, customer_id } = random.pick(shop.orders);
    const nodes = () =>
      [...ordersByCustomer.get(customer_id)!]
        .sort(newestFirst)
        .slice(0, 20)
        .map((order) => ({
          id: order.id,
          status: order.status.toUpperCase(),
          totalCents: order.total_cents,
          createdAt: order.created_at,
        }));
    return {
      query: NEWEST_ORDERS_OF_CUSTOMER,
      variables: { tenant: tenant_id, id: customer_id },
      expected: () => ({ customer: { orders: { nodes: nodes() } } }),
    };
  },
};
