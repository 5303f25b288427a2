import { customerFields } from './customer-by-id.ts';
import { CUSTOMER_ANYWHERE } from './queries.ts';
import type { ServerKind, Workload } from './workload.ts';

/** A point read that does not know the shard. */
export const customerAnywhere = (name: string, title: string, server: ServerKind): Workload => ({
  name,
  title,
  server,
  size: 2_000,
  makeRequest({ shop }, random) {
    const customer = random.pick(shop.customers);
    return {
      query: CUSTOMER_ANYWHERE,
      variables: { id: customer.id },
      expected: () => ({ customer: customerFields(customer) }),
    };
  },
});
