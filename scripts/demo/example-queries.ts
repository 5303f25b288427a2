import { callerText, demoCallers } from './callers.ts';
import { exampleMutations } from './example-mutations.ts';
import { examplesOfRole } from './examples-of-roles.ts';
import { makeShop } from './shop.ts';

/** A tab of GraphiQL. */
export interface ExampleTab {
  readonly query: string;
  /** Of whom it is an example: `<role> {claims as JSON}`. Absent: of the developer. */
  readonly as?: string;
}

/**
 * What GraphiQL shows at a first visit. Keys are those of the demo's rows, and stand in the text: GraphiQL leaves the
 * variables of the tab that is open at first empty. Each runs as it stands, again and again.
 */
export function exampleTabs(): ExampleTab[] {
  const { customers, products } = makeShop();
  const { tenant_id, id, email } = customers[0]!;
  const { sku, price_cents } = products[0]!;
  const ofRoles = demoCallers().flatMap((caller) =>
    examplesOfRole(caller.role, { tenantId: tenant_id, productId: products[0]!.id }).map((query) => ({
      query: query.trim(),
      as: callerText(caller),
    })),
  );
  const ofDeveloper = [
    newestOrders(tenant_id),
    customerByEmail(tenant_id, email),
    changePhone(tenant_id, id),
    ...exampleMutations({ tenantId: tenant_id, email, sku, priceCents: price_cents }),
  ].map((query) => ({ query: query.trim() }));
  return [ofDeveloper[0]!, ...ofRoles, ...ofDeveloper.slice(1)];
}

const newestOrders = (tenantId: string) => `
# Three levels, one round trip to one shard:
# a tenant's newest orders, items and products.
query NewestOrders {
  orders(
    shardKey: "${tenantId}"
    orderBy: [{ createdAt: DESC }]
    first: 5
  ) {
    totalCount
    nodes {
      id
      status
      totalCents
      customer {
        name
      }
      items {
        nodes {
          quantity
          product {
            name
            priceCents
          }
        }
      }
    }
  }
}
`;

const customerByEmail = (tenantId: string, email: string) => `
# One row by a unique key: an email is unique
# within its tenant.
query CustomerByEmail {
  customer(
    by: { email: "${email}" }
    shardKey: "${tenantId}"
  ) {
    id
    name
    phone
    version
    orders(first: 3) {
      nodes {
        id
        status
      }
    }
  }
}
`;

const changePhone = (tenantId: string, id: string) => `
# A change. With expectedVersion it is refused
# if somebody changed the row since you read it.
mutation ChangePhone {
  updateCustomer(
    by: { id: "${id}" }
    shardKey: "${tenantId}"
    data: { phone: "+15551234567" }
  ) {
    id
    phone
    version
  }
}
`;
