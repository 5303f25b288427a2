import { Random } from '../../scripts/demo/random.ts';
import { CACHED_CUSTOMER_BY_ID } from '../workloads/queries.ts';
import type { ShopIndex } from '../workloads/shop-index.ts';
import { updatePhoneOf } from '../workloads/update-phone.ts';
import type { ApiClient } from './api-client.ts';
import type { WriteTarget } from './invalidation-lag.ts';

const nothing = () => null;

/** A customer of each tenant of the shop: few shard keys. */
export function customerTargets({ shop }: ShopIndex): WriteTarget[] {
  const random = new Random(3);
  const firsts = [...new Map(shop.customers.map((customer) => [customer.tenant_id, customer])).values()];
  return firsts.map((customer) => ({
    read: {
      query: CACHED_CUSTOMER_BY_ID,
      variables: { tenant: customer.tenant_id, id: customer.id },
      expected: nothing,
    },
    write: () => updatePhoneOf(customer, random),
  }));
}

const CREATE = `mutation CreateTenant($id: ID!) {
  createTenant(data: { id: $id, name: "New", plan: FREE, settings: {} }) { id }
}`;
const READ = 'query TenantById($id: ID!) @consistency(mode: CACHED) { tenant(by: { id: $id }) { name } }';
const RENAME = `mutation RenameTenant($id: ID!, $name: String!) {
  updateTenant(by: { id: $id }, data: { name: $name }) { id }
}`;

/** New tenants: as many shard keys. */
export async function tenantTargets(client: ApiClient, count: number): Promise<WriteTarget[]> {
  const ids = Array.from({ length: count }, (_, at) => `written-${at}`);
  for (const id of ids) await client.ask(CREATE, { id });
  let written = 0;
  return ids.map((id) => ({
    read: { query: READ, variables: { id }, expected: nothing },
    write: () => ({ query: RENAME, variables: { id, name: `Name ${written++}` }, expected: nothing }),
  }));
}
