import { newestOrders } from './newest-orders-of-tenant.ts';
import type { Order, ShopIndex } from './shop-index.ts';
import { byId } from './shop-index.ts';
import type { ServerKind, Workload } from './workload.ts';

/** A three-level list of columns that may be cached. */
export const listedOrders = (name: string, title: string, query: string, server: ServerKind): Workload => ({
  name,
  title,
  server,
  size: 200,
  makeRequest(shop, random) {
    const tenant = random.pick(shop.shop.tenants).id;
    return {
      query,
      variables: { tenant },
      expected: () => ({ orders: { nodes: newestOrders(shop, tenant).map((order) => orderFields(shop, order)) } }),
    };
  },
});

function orderFields({ customerById, productById, itemsByOrder }: ShopIndex, order: Order) {
  const items = [...itemsByOrder.get(order.id)!].sort(byId).map(({ quantity, product_id }) => {
    const { name, sku } = productById.get(product_id)!;
    return { quantity, product: { name, sku } };
  });
  return {
    id: order.id,
    totalCents: order.total_cents,
    customer: { name: customerById.get(order.customer_id)!.name },
    items: { nodes: items },
  };
}
