import { updatePhoneOf } from './update-phone.ts';
import { asCustomer } from './with-rules.ts';
import type { Workload } from './workload.ts';

/** By a rule for the row as it is and as it becomes, which names the tenant and the customer. */
export const updateOwnPhone: Workload = {
  name: 'W6-own',
  title: 'W6 by the customers themselves, each with a token',
  size: 4_000,
  makeRequest({ shop }, random) {
    const customer = random.pick(shop.customers);
    return asCustomer(updatePhoneOf(customer, random), customer.tenant_id, customer.id);
  },
};
