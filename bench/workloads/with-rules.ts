import type { GraphqlRequest, Workload } from './workload.ts';

/** A workload, asked by the admin of the tenant that it is about, with a token: rules are part of each plan. */
export const asAdmin = ({ name, title, makeRequest, ...workload }: Workload): Workload => ({
  ...workload,
  name: `${name}-rules`,
  title: `${name} with a token and access rules`,
  makeRequest(...args) {
    const request = makeRequest(...args);
    return { ...request, as: adminOf(request) };
  },
});

const adminOf = ({ variables }: GraphqlRequest): string => `admin ${JSON.stringify({ shardKey: variables.tenant })}`;

/** A request that a customer of the tenant sends. */
export const asCustomer = (request: GraphqlRequest, tenant: string, customerId: string): GraphqlRequest => ({
  ...request,
  as: `customer ${JSON.stringify({ shardKey: tenant, customerId })}`,
});

/** The same by the admin, where each request is counted, too. */
export const counted = (workload: Workload, server: 'limits' | 'exact-limits', by: string): Workload => {
  const { title, ...asked } = asAdmin(workload);
  return { ...asked, server, name: `${workload.name}-${server}`, title: `${title}, counted by ${by}` };
};
