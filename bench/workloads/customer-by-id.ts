import { CUSTOMER_BY_ID } from './queries.ts';
import type { Customer } from './shop-index.ts';
import type { GraphqlRequest, Workload } from './workload.ts';

export const customerById: Workload = {
  name: 'W1',
  title: 'customer by id, 3 fields',
  size: 4_000,
  makeRequest: ({ shop }, random) => readCustomer(random.pick(shop.customers)),
};

export const readCustomer = (customer: Customer): GraphqlRequest => ({
  query: CUSTOMER_BY_ID,
  variables: { tenant: customer.tenant_id, id: customer.id },
  expected: () => ({ customer: customerFields(customer) }),
});

export const customerFields = ({ id, name, email }: Customer) => ({ id, name, email });
