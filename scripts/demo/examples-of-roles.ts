/** What a role of the demo may see and do, by an operation of its own. Undefined: all that the others do. */
export const exampleOfRole = (role: string, tenantId: string): string | undefined => EXAMPLES[role]?.(tenantId);

const EXAMPLES: Readonly<Record<string, (tenantId: string) => string>> = {
  anonymous: (tenantId) => `
# Anyone sees products and reviews, but no orders:
# look at the schema.
query WhatAnyoneSees {
  products(
    shardKey: "${tenantId}"
    orderBy: [{ priceCents: DESC }]
    first: 3
  ) {
    nodes {
      name
      priceCents
      reviews(first: 2) {
        nodes {
          rating
          body
        }
      }
    }
  }
}
`,
  customer: () => `
# A customer's own orders. The rule says whose:
# there is nothing to filter by.
query MyOrders {
  orders(orderBy: [{ createdAt: DESC }]) {
    totalCount
    nodes {
      createdAt
      status
      totalCents
      items {
        nodes {
          quantity
          product {
            name
          }
        }
      }
    }
  }
}
`,
  admin: () => `
# All of one tenant, and nothing of others.
query MyShop {
  orders {
    totalCount
    groupBy(by: [{ field: STATUS }]) {
      keys {
        status
      }
      count
      sum {
        totalCents
      }
    }
  }
  customers(
    orderBy: [{ ordersAggregate: { count: DESC } }]
    first: 3
  ) {
    nodes {
      name
      email
      orders {
        totalCount
      }
    }
  }
}
`,
};
