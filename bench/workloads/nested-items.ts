import { NESTED_ITEMS } from './queries.ts';
import { byId } from './shop-index.ts';
import type { Workload } from './workload.ts';

const ROWS = 100;

/** As many rows in one answer as two levels of full pages give. */
export const nestedItems: Workload = {
  name: 'N1',
  title: '100 products of a tenant, each with up to 100 of its order items',
  size: 20,
  makeRequest({ shop }, random) {
    const tenant = random.pick(shop.tenants).id;
    const nodes = () => {
      const items = shop.order_items.filter(({ tenant_id }) => tenant_id === tenant);
      const itemsByProduct = Map.groupBy(items, ({ product_id }) => product_id);
      return shop.products
        .filter(({ tenant_id }) => tenant_id === tenant)
        .sort(byId)
        .slice(0, ROWS)
        .map(({ id }) => {
          const ofProduct = [...(itemsByProduct.get(id) ?? [])].sort(byId).slice(0, ROWS);
          return { id, orderItems: { nodes: ofProduct.map((item) => ({ id: item.id, quantity: item.quantity })) } };
        });
    };
    return { query: NESTED_ITEMS, variables: { tenant }, expected: () => ({ products: { nodes: nodes() } }) };
  },
};
