/** Rows of the demo that the examples name. */
interface Named {
  readonly tenantId: string;
  /** Of a customer. */
  readonly email: string;
  /** Of a product, as its price is. */
  readonly sku: string;
  readonly priceCents: number;
}

/** Orders, stock and mistakes: what mutations can do beyond one row. */
export const exampleMutations = (named: Named): string[] =>
  [orderOnce, manyProducts, changeInPlace, tryDeleting, deleteOrders].map((example) => example(named));

const orderOnce = ({ tenantId, email, sku, priceCents }: Named) => `
# An order, its item and the stock it takes: all of it,
# or nothing. Run it twice: it is made once.
mutation OrderOnce {
  transaction(
    operations: [
      {
        updateProduct: {
          as: "product"
          by: { sku: "${sku}" }
          shardKey: "${tenantId}"
          atomic: { stock: { decrement: 2 } }
        }
      }
      {
        createOrder: {
          as: "order"
          data: {
            totalCents: ${2 * priceCents}
            shipping: { city: "Lisboa" }
            customer: {
              connect: {
                email: "${email}"
              }
            }
          }
        }
      }
      {
        createOrderItem: {
          data: { quantity: 2, unitPriceCents: ${priceCents} }
          refs: {
            orderId: { from: "order", field: "id" }
            productId: { from: "product", field: "id" }
          }
        }
      }
    ]
  ) @idempotent(key: "my-first-order") {
    results {
      affectedCount
      node {
        ... on Product {
          name
          stock
        }
        ... on Order {
          id
          totalCents
        }
        ... on OrderItem {
          quantity
          unitPriceCents
        }
      }
    }
  }
}
`;

const manyProducts = ({ tenantId }: Named) => `
# Many rows in one mutation, with an outcome for each.
mutation ManyProducts {
  createProducts(
    data: [
      {
        tenantId: "${tenantId}"
        sku: "TEA"
        name: "Tea"
        priceCents: 900
      }
      {
        tenantId: "${tenantId}"
        sku: "CUP"
        name: "Cup"
        priceCents: 1400
      }
    ]
    onConflict: IGNORE
    conflictKey: SKU
  ) {
    affectedCount
    results {
      outcome
    }
  }
  upsertProducts(
    data: [
      {
        tenantId: "${tenantId}"
        sku: "CUP"
        name: "Cup"
        priceCents: 1500
        stock: 12
      }
      {
        tenantId: "${tenantId}"
        sku: "POT"
        name: "Pot"
        priceCents: 4200
        stock: 5
      }
    ]
    conflictKey: SKU
  ) {
    affectedCount
    results {
      outcome
    }
    nodes {
      sku
      stock
    }
  }
}
`;

const changeInPlace = ({ tenantId, sku }: Named) => `
# Changes in place: nobody has to read first,
# and none of two at once is lost.
mutation ChangeInPlace {
  updateProduct(
    by: { sku: "${sku}" }
    shardKey: "${tenantId}"
    atomic: { stock: { increment: 10 } }
  ) {
    name
    stock
  }
  updateTenant(
    by: { id: "${tenantId}" }
    atomic: {
      settings: {
        set: [{ path: "theme.dark", value: true }]
        unset: ["theme.old"]
      }
    }
  ) {
    settings
  }
}
`;

const tryDeleting = ({ tenantId }: Named) => `
# What would be deleted? All is checked and answered,
# and nothing is written.
mutation TryDeleting {
  deleteOrders(
    where: {
      status: { eq: CANCELLED }
      createdAt: { lt: "2025-02-01" }
    }
    atMost: 20
    shardKey: "${tenantId}"
    dryRun: true
  ) {
    affectedCount
    nodes {
      id
      status
    }
  }
}
`;

const deleteOrders = ({ tenantId }: Named) => `
# Now in earnest. If it was a mistake, take it back by
# the operationId in extensions:
# npm run -s shardql -- undo <operationId>
mutation DeleteOrders {
  deleteOrders(
    where: {
      status: { eq: CANCELLED }
      createdAt: { lt: "2025-02-01" }
    }
    atMost: 20
    shardKey: "${tenantId}"
  ) {
    affectedCount
    nodes {
      id
      status
    }
  }
}
`;
