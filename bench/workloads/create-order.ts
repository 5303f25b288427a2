import type { Random } from '../../scripts/demo/random.ts';
import { CREATE_ORDER, ORDERS_WITH_NOTE } from './queries.ts';
import type { ShopIndex } from './shop-index.ts';
import type { GraphqlRequest, Workload } from './workload.ts';

const ITEMS = 5;

/** Ids are made by the server, so that a request can be sent again. */
export const createOrder: Workload = {
  name: 'W11',
  title: `create an order of a customer with ${ITEMS} items`,
  server: 'growing',
  size: 2_000,
  makeRequest: createOrderOf,
};

function createOrderOf({ shop }: ShopIndex, random: Random): GraphqlRequest {
  const { id: customerId, tenant_id: tenantId } = random.pick(shop.customers);
  const products = shop.products.filter((product) => product.tenant_id === tenantId);
  const note = `W11-${random.integer(0, 1_000_000_000)}`;
  const items = Array.from({ length: ITEMS }, () => {
    const { id: productId, price_cents: unitPriceCents } = random.pick(products);
    return { productId, quantity: random.integer(1, 3), unitPriceCents };
  });
  const totalCents = items.reduce((total, { quantity, unitPriceCents }) => total + quantity * unitPriceCents, 0);
  const created = { totalCents, items: { totalCount: ITEMS } };
  return {
    query: CREATE_ORDER,
    variables: { tenant: tenantId, customer: customerId, totalCents, note, items },
    expected: () => ({ createOrder: created }),
    readBack: {
      query: ORDERS_WITH_NOTE,
      variables: { tenant: tenantId, note },
      expected: () => ({ orders: { nodes: [created] } }),
    },
  };
}
