import { customerFields } from './customer-by-id.ts';
import { CACHED_CUSTOMER_BY_ID } from './queries.ts';
import type { ServerKind, Workload } from './workload.ts';

/** Few enough that each is read again before it has to be looked at. */
const CUSTOMERS = 20;

export const cachedCustomer = (name: string, title: string, server: ServerKind): Workload => ({
  name,
  title,
  server,
  size: 200,
  makeRequest({ shop }, random) {
    const customer = random.pick(shop.customers.slice(0, CUSTOMERS));
    return {
      query: CACHED_CUSTOMER_BY_ID,
      variables: { tenant: customer.tenant_id, id: customer.id },
      expected: () => ({ customer: customerFields(customer) }),
    };
  },
});
