import { makeShop } from '../../../scripts/demo/shop.ts';
import type { Server } from '../server.ts';

/**
 * What the variables of examples stand for when their page gives no values: the demo's first tenant, and its first customer
 * with its version now.
 */
export async function demoVariables(server: Server): Promise<Readonly<Record<string, string>>> {
  const { id, tenant_id: tenant, email } = makeShop().customers[0]!;
  const query = 'query ($id: ID!, $tenant: ID!) { customer(by: { id: $id }, shardKey: $tenant) { version } }';
  const { data } = await server.graphql(query, { id, tenant });
  return { id, tenant, email, version: data.customer.version };
}
