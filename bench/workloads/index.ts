import { cachedCustomer } from './cached-customer.ts';
import { incrementQuantity, setQuantity } from './change-quantity.ts';
import { evenWrites, zipfWrites } from './contended-writes.ts';
import { createBulk } from './create-bulk.ts';
import { createOrder } from './create-order.ts';
import { createOwnReviews, createReviews } from './create-reviews.ts';
import { customerAnywhere } from './customer-anywhere.ts';
import { customerById } from './customer-by-id.ts';
import { customersByAlias } from './customers-by-alias.ts';
import { customersWhoBought } from './customers-who-bought.ts';
import { filteredOrders } from './filtered-orders.ts';
import { itemsByAlias } from './items-by-alias.ts';
import { listedOrders } from './listed-orders.ts';
import { mixedReadsAndWrites } from './mixed-reads-and-writes.ts';
import { nestedItems } from './nested-items.ts';
import { newestOrdersOfCustomer } from './newest-orders-of-customer.ts';
import { newestOrdersOfTenant } from './newest-orders-of-tenant.ts';
import { ordersAnywhere } from './orders-anywhere.ts';
import { ordersByStatus } from './orders-by-status.ts';
import { pageOfOrders } from './page-of-orders.ts';
import { productsFound } from './products-found.ts';
import { CACHED_LISTED_ORDERS, LISTED_ORDERS } from './queries.ts';
import { unreadKeys } from './unread-keys.ts';
import { updateOwnPhone } from './update-own-phone.ts';
import { updatePhone } from './update-phone.ts';
import { upsertPhone } from './upsert-phone.ts';
import { asAdmin, counted } from './with-rules.ts';
import type { Workload } from './workload.ts';

/** What is asked of the API. Numbers that are missing are of workloads that the API cannot answer yet. */
export const WORKLOADS: readonly Workload[] = [
  // Rows that are compared stand beside each other: the nearer in time, the better they compare.
  customerById,
  asAdmin(customerById),
  counted(customerById, 'limits', 'the binding'),
  counted(customerById, 'exact-limits', 'a Durable Object'),
  newestOrdersOfCustomer,
  newestOrdersOfTenant,
  asAdmin(newestOrdersOfTenant),
  filteredOrders,
  updatePhone,
  asAdmin(updatePhone),
  updateOwnPhone,
  upsertPhone,
  evenWrites,
  zipfWrites,
  createReviews,
  createOwnReviews,
  mixedReadsAndWrites,
  customersByAlias,
  itemsByAlias,
  nestedItems,
  createBulk,
  createOrder,
  setQuantity,
  incrementQuantity,
  ordersByStatus,
  customersWhoBought,
  pageOfOrders('Q3', 1),
  pageOfOrders('Q4', 1_000),
  productsFound,
  customerAnywhere('S4', 'point read without shard key, 4 shards', 'api'),
  customerAnywhere('S64', 'point read without shard key, 64 shards', 'shards-64'),
  customerAnywhere('S256', 'point read without shard key, 256 shards', 'shards-256'),
  customerAnywhere('S256-flat', 'the same, each asked by the router', 'flat-256'),
  ordersAnywhere('A256', 'list without shard key, 256 shards', 'shards-256'),
  ordersAnywhere('A256-flat', 'the same, each asked by the router', 'flat-256'),
  cachedCustomer('C1', 'W1, CACHED, from memory', 'api'),
  asAdmin(cachedCustomer('C1', 'W1, CACHED, from memory', 'api')),
  cachedCustomer('C1-kv', 'W1, CACHED, from Workers KV', 'kv-only'),
  ...unreadKeys('unread', 'in a shard that is near', 'api'),
  ...unreadKeys('unread-far', 'in a shard that is far', 'far'),
  listedOrders('L3', 'three-level list, STRONG', LISTED_ORDERS, 'api'),
  listedOrders('C3', 'the same, CACHED, from memory', CACHED_LISTED_ORDERS, 'api'),
  listedOrders('C3-kv', 'the same, CACHED, from Workers KV', CACHED_LISTED_ORDERS, 'kv-only'),
];
