import { makeShop } from './shop.ts';

/** A tab of GraphiQL. */
export interface ExampleTab {
  readonly query: string;
  readonly variables: string;
}

/** What GraphiQL shows at a first visit; keys are those of the demo's rows. */
export function exampleTabs(): ExampleTab[] {
  const shop = makeShop();
  const customer = shop.customers[0]!;
  const tab = (query: string, variables: object) => ({
    query: query.trim(),
    variables: JSON.stringify(variables, null, 2),
  });
  return [
    tab(NEWEST_ORDERS, { tenant: customer.tenant_id }),
    tab(CUSTOMER_BY_EMAIL, { tenant: customer.tenant_id, email: customer.email }),
    tab(CHANGE_PHONE, { tenant: customer.tenant_id, id: customer.id, phone: '+15551234567' }),
  ];
}

const NEWEST_ORDERS = `
# Three levels in one round trip: a tenant's newest orders, their items, each item's product.
query NewestOrders($tenant: ID!) {
  orders(shardKey: $tenant, orderBy: [{ createdAt: DESC }], first: 5) {
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

const CUSTOMER_BY_EMAIL = `
# One row by a unique key: an email is unique within its tenant.
query CustomerByEmail($tenant: ID!, $email: String!) {
  customer(by: { email: $email }, shardKey: $tenant) {
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

const CHANGE_PHONE = `
# A change. Add expectedVersion to have it refused if someone else changed the row since you read it.
mutation ChangePhone($tenant: ID!, $id: ID!, $phone: String!) {
  updateCustomer(by: { id: $id }, shardKey: $tenant, data: { phone: $phone }) {
    id
    phone
    version
  }
}
`;
