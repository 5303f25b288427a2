import type { Shop } from '../../scripts/demo/shop.ts';

export type Customer = Shop['customers'][number];
export type Order = Shop['orders'][number];
export type OrderItem = Shop['order_items'][number];
export type Product = Shop['products'][number];

/** The rows with the lookups that expected answers need. Ids are unique across tenants. */
export interface ShopIndex {
  readonly shop: Shop;
  readonly customerById: ReadonlyMap<string, Customer>;
  readonly productById: ReadonlyMap<string, Product>;
  readonly ordersByTenant: ReadonlyMap<string, readonly Order[]>;
  readonly ordersByCustomer: ReadonlyMap<string, readonly Order[]>;
  readonly itemsByOrder: ReadonlyMap<string, readonly OrderItem[]>;
}

export function indexShop(shop: Shop): ShopIndex {
  return {
    shop,
    customerById: new Map(shop.customers.map((row) => [row.id, row])),
    productById: new Map(shop.products.map((row) => [row.id, row])),
    ordersByTenant: Map.groupBy(shop.orders, (row) => row.tenant_id),
    ordersByCustomer: Map.groupBy(shop.orders, (row) => row.customer_id),
    itemsByOrder: Map.groupBy(shop.order_items, (row) => row.order_id),
  };
}

/** Newest first; equal times in the order of the key. */
export const newestFirst = (a: Order, b: Order): number => compare(b.created_at, a.created_at) || compare(a.id, b.id);

export const byId = (a: { readonly id: string }, b: { readonly id: string }): number => compare(a.id, b.id);

/** The rows' ids and times are ASCII: code units order them as SQLite does. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
