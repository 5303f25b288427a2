import type { Workload } from './workload.ts';

/** A workload, asked by the admin of the tenant that it is about, with a token: rules are part of each plan. */
export const asAdmin = ({ name, title, makeRequest, ...workload }: Workload): Workload => ({
  ...workload,
  name: `${name}-rules`,
  title: `${name} with a token and access rules`,
  makeRequest(...args) {
    const request = makeRequest(...args);
    return { ...request, as: `admin ${JSON.stringify({ shardKey: request.variables.tenant })}` };
  },
});
