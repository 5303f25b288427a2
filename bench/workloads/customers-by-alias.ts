import { customerFields } from './customer-by-id.ts';
import { ALIASES, customersByAlias as queryOf } from './queries.ts';
import type { Workload } from './workload.ts';

const QUERY = queryOf(ALIASES);

export const customersByAlias: Workload = {
  name: 'W9',
  title: `${ALIASES} aliased point reads in one request`,
  size: 500,
  makeRequest({ shop }, random) {
    const customers = Array.from({ length: ALIASES }, () => random.pick(shop.customers));
    const variables = customers.flatMap(({ tenant_id, id }, index) => [
      [`tenant${index}`, tenant_id],
      [`id${index}`, id],
    ]);
    return {
      query: QUERY,
      variables: Object.fromEntries(variables),
      expected: () => Object.fromEntries(customers.map((customer, index) => [`c${index}`, customerFields(customer)])),
    };
  },
};
