import { CUSTOMERS_WHO_BOUGHT } from './queries.ts';
import { byId } from './shop-index.ts';
import type { Workload } from './workload.ts';

export const customersWhoBought: Workload = {
  name: 'Q2',
  title: 'filter over two levels: customers with an order with an item',
  size: 1_000,
  makeRequest({ shop, ordersByTenant, itemsByOrder, customerById }, random) {
    const { tenant_id: tenant, product_id: product } = random.pick(shop.order_items);
    const quantity = random.integer(1, 3);
    function customers() {
      const orders = ordersByTenant
        .get(tenant)!
        .filter(({ id }) =>
          itemsByOrder.get(id)!.some((item) => item.product_id === product && item.quantity >= quantity),
        );
      return [...new Set(orders.map((order) => order.customer_id))].map((id) => customerById.get(id)!).sort(byId);
    }
    return {
      query: CUSTOMERS_WHO_BOUGHT,
      variables: { tenant, product, quantity },
      expected: () => ({
        customers: {
          nodes: customers()
            .slice(0, 20)
            .map(({ id, name }) => ({ id, name })),
        },
      }),
    };
  },
};
