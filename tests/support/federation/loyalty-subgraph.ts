/** A subgraph of another team: points of customers and ratings of products, which it knows by keys of the shop. */
import { buildSchema } from 'graphql';

const LINK = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key"])';

const OWN = `
  type Customer KEY_OF_CUSTOMER { nodeId: ID! points: Int! }
  type Product KEY_OF_PRODUCT { tenantId: ID! sku: String! stars: Float! }
  type Query { bestCustomer: Customer bestProducts: [Product!]! }
`;

/** What the supergraph is composed of. */
export const LOYALTY_SDL =
  LINK +
  OWN.replace('KEY_OF_CUSTOMER', '@key(fields: "nodeId")').replace('KEY_OF_PRODUCT', '@key(fields: "tenantId sku")');

export const loyaltySchema = buildSchema(
  `${OWN.replaceAll(/KEY_OF_\w+/g, '').replace('type Query {', 'type Query { _entities(representations: [_Any!]!): [_Entity]!')}
   scalar _Any
   union _Entity = Customer | Product`,
);

interface Representation {
  readonly __typename: string;
  readonly nodeId?: string;
  readonly tenantId?: string;
  readonly sku?: string;
}

/** What its root fields give. Points and stars follow from the keys, so that tests can tell them. */
export const loyaltyRoot = (bestCustomer: string, bestProducts: readonly { tenantId: string; sku: string }[]) => ({
  bestCustomer: { __typename: 'Customer', nodeId: bestCustomer, points: bestCustomer.length },
  bestProducts: bestProducts.map((product) => ({ __typename: 'Product', ...product, stars: product.sku.length })),
  _entities: ({ representations }: { readonly representations: readonly Representation[] }) =>
    representations.map((given) => ({ ...given, points: given.nodeId?.length, stars: given.sku?.length })),
});
