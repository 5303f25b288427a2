import { NEWEST_ORDERS_OF_CUSTOMER } from './queries.ts';
import { newestFirst, type ShopIndex } from './shop-index.ts';
import type { GraphqlRequest, Workload } from './workload.ts';

export const newestOrdersOfCustomer: Workload = {
  name: 'W2',
  title: '20 newest orders of a customer',
  size: 4_000,
  makeRequest(shop, random) {
    const { tenant_id, customer_id } = random.pick(shop.shop.orders);
    return ordersOfCustomer(shop, tenant_id, customer_id);
  },
};

export function ordersOfCustomer({ ordersByCustomer }: ShopIndex, tenant: string, id: string): GraphqlRequest {
  const nodes = () =>
    [...(ordersByCustomer.get(id) ?? [])]
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
    variables: { tenant, id },
    expected: () => ({ customer: { orders: { nodes: nodes() } } }),
  };
}
