import { UPSERT_PHONE } from './queries.ts';
import { updatePhoneOf } from './update-phone.ts';
import type { Workload } from './workload.ts';

/** W6 by an upsert: the customer is there, and a new one is described in vain. */
export const upsertPhone: Workload = {
  name: 'W12',
  title: 'the same by an upsert',
  size: 4_000,
  makeRequest({ shop }, random) {
    const customer = random.pick(shop.customers);
    const update = updatePhoneOf(customer, random);
    const { name, email, attributes } = customer;
    return {
      ...update,
      query: UPSERT_PHONE,
      variables: { ...update.variables, create: { name, email, attributes } },
      expected: () => ({ upsertCustomer: { id: customer.id, phone: update.variables.phone } }),
    };
  },
};
