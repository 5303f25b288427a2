import type { Random } from '../../scripts/demo/random.ts';
import { PHONE_OF_CUSTOMER, UPDATE_PHONE } from './queries.ts';
import type { Customer } from './shop-index.ts';
import type { GraphqlRequest, Workload } from './workload.ts';

export const updatePhone: Workload = {
  name: 'W6',
  title: 'update one field of a customer',
  size: 4_000,
  makeRequest: ({ shop }, random) => updatePhoneOf(random.pick(shop.customers), random),
};

export function updatePhoneOf(customer: Customer, random: Random): GraphqlRequest {
  const key = { tenant: customer.tenant_id, id: customer.id };
  const fields = { id: customer.id, phone: `+1444${random.integer(1_000_000, 9_999_999)}` };
  return {
    query: UPDATE_PHONE,
    variables: { ...key, phone: fields.phone },
    expected: () => ({ updateCustomer: fields }),
    readBack: { query: PHONE_OF_CUSTOMER, variables: key, expected: () => ({ customer: fields }) },
  };
}
