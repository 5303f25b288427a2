import { NEWEST_ORDERS_OF_TENANT } from './queries.ts';
import type { Order, ShopIndex } from './shop-index.ts';
import { byId, newestFirst } from './shop-index.ts';
import type { Workload } from './workload.ts';

export const newestOrdersOfTenant: Workload = {
  name: 'W3',
  title: '20 newest orders of a tenant, their items, products, customers',
  size: 200,
  makeRequest(shop, random) {
    const tenant = random.pick(shop.shop.tenants).id;
    return {
      query: NEWEST_ORDERS_OF_TENANT,
      variables: { tenant },
      expected: () => ({ orders: { nodes: newestOrders(shop, tenant).map((order) => orderFields(shop, order)) } }),
    };
  },
};

export const newestOrders = ({ ordersByTenant }: ShopIndex, tenant: string): Order[] =>
  [...ordersByTenant.get(tenant)!].sort(newestFirst).slice(0, 20);

function orderFields({ customerById, productById, itemsByOrder }: ShopIndex, order: Order) {
  const items = [...itemsByOrder.get(order.id)!].sort(byId).map(({ quantity, product_id }) => {
    const { name, price_cents } = productById.get(product_id)!;
    return { quantity, product: { name, priceCents: price_cents } };
  });
  return {
    id: order.id,
    totalCents: order.total_cents,
    customer: { name: customerById.get(order.customer_id)!.name },
    items: { nodes: items },
  };
}
