import { readCustomer } from './customer-by-id.ts';
import { filteredOrders } from './filtered-orders.ts';
import { itemsByAlias } from './items-by-alias.ts';
import { ordersOfCustomer } from './newest-orders-of-customer.ts';
import type { Customer, ShopIndex } from './shop-index.ts';
import type { GraphqlRequest, ServerKind, Workload } from './workload.ts';

/** Rows of a scale of 2: what is in memory for two seconds is not asked for again within them. */
const CUSTOMERS = 20_000;
/** A prime: customers are taken from all tenants, and each once before any comes again. */
const STEP = 7_919;

const customerAt = ({ shop: { customers } }: ShopIndex, index: number): Customer =>
  customers[(index * STEP) % customers.length]!;

const cached = ({ query, ...request }: GraphqlRequest): GraphqlRequest => ({
  ...request,
  query: query.replace('STRONG', 'CACHED'),
});

/** Reads that might be answered by the cache, of what nobody has asked for: what it costs to look there, and to keep the answer. */
export const unreadKeys = (suffix: string, where: string, server: ServerKind): readonly Workload[] => {
  const unread = (name: string, size: number, makeRequest: Workload['makeRequest']): Workload => ({
    name: `${name}-${suffix}`,
    title: `${name}, CACHED, of what nobody has read, ${where}`,
    server,
    size,
    isUnread: true,
    makeRequest: (...args) => cached(makeRequest(...args)),
  });
  return [
    unread('W1', CUSTOMERS, (shop, _, index) => readCustomer(customerAt(shop, index))),
    unread('W2', CUSTOMERS, (shop, _, index) => {
      const { id, tenant_id } = customerAt(shop, index);
      return ordersOfCustomer(shop, tenant_id, id);
    }),
    unread('W4', CUSTOMERS, filteredOrders.makeRequest),
    unread(itemsByAlias.name, itemsByAlias.size, itemsByAlias.makeRequest),
  ];
};
