/** Rows of the demo that the examples name, of the tenant that callers are of. */
interface Named {
  readonly tenantId: string;
  readonly productId: string;
}

/** What a role of the demo may see and do, by operations of its own. None: all that the others do. */
export const examplesOfRole = (role: string, named: Named): string[] =>
  (EXAMPLES[role] ?? []).map((example) => example(named));

const EXAMPLES: Readonly<Record<string, readonly ((named: Named) => string)[]>> = {
  anonymous: [
    ({ tenantId }) => `
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
  ],
  customer: [
    () => `
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
    ({ productId }) => `
# A customer's review. Shop and customer are not asked for:
# the rule gives them. Run it twice: it is written once.
mutation WriteReview {
  createReview(
    data: {
      productId: "${productId}"
      rating: 5
      body: "Keeps tea warm."
    }
  ) @idempotent(key: "my-first-review") {
    id
    rating
    product {
      name
    }
  }
}
`,
  ],
  admin: [
    () => `
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
  ],
};
