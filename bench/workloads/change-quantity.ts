import type { Shop } from '../../scripts/demo/shop.ts';
import { INCREMENT_QUANTITY, QUANTITY_OF_ITEM, SET_QUANTITY } from './queries.ts';
import type { OrderItem } from './shop-index.ts';
import type { GraphqlRequest, Workload } from './workload.ts';

const QUANTITY = 7;

export const setQuantity: Workload = {
  name: 'set-W13',
  title: 'set the quantity of an order item',
  server: 'growing',
  size: 4_000,
  makeRequest: ({ shop }, _random, index) => changeOf(SET_QUANTITY, itemAt(shop, index, 0), QUANTITY),
};

export const incrementQuantity: Workload = {
  name: 'W13',
  title: 'increment the quantity of an order item in place',
  server: 'growing',
  size: 4_000,
  makeRequest({ shop }, _random, index) {
    const item = itemAt(shop, index, 1);
    return changeOf(INCREMENT_QUANTITY, item, item.quantity + 1);
  },
};

/** A prime: items are taken from all tenants, and each once before any comes again. */
const STEP = 7_919;

/** What an item holds is known until it is changed again: each of the two workloads has half of the items to itself. */
function itemAt({ order_items }: Shop, index: number, half: 0 | 1): OrderItem {
  const place = (index * STEP) % Math.floor(order_items.length / 2);
  return order_items[2 * place + half]!;
}

/** @param quantity the item's, once it is changed for the first time. */
function changeOf(query: string, { id, tenant_id: tenant }: OrderItem, quantity: number): GraphqlRequest {
  const key = { tenant, id };
  return {
    query,
    variables: query === SET_QUANTITY ? { ...key, quantity } : key,
    expected: () => ({ updateOrderItem: { id, quantity } }),
    readBack: { query: QUANTITY_OF_ITEM, variables: key, expected: () => ({ orderItem: { id, quantity } }) },
  };
}
