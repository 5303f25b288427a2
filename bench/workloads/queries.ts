/** The operations' texts: constant, so that every server may remember what it worked out about them. */

export const CUSTOMER_BY_ID = `query CustomerById($tenant: ID!, $id: ID!) @consistency(mode: STRONG) {
  customer(by: { id: $id }, shardKey: $tenant) { id name email }
}`;

export const NEWEST_ORDERS_OF_CUSTOMER = `query NewestOrdersOfCustomer($tenant: ID!, $id: ID!) @consistency(mode: STRONG) {
  customer(by: { id: $id }, shardKey: $tenant) {
    orders(first: 20, orderBy: [{ createdAt: DESC }]) { nodes { id status totalCents createdAt } }
  }
}`;

export const NEWEST_ORDERS_OF_TENANT = `query NewestOrdersOfTenant($tenant: ID!) @consistency(mode: STRONG) {
  orders(shardKey: $tenant, first: 20, orderBy: [{ createdAt: DESC }]) {
    nodes { id totalCents customer { name } items { nodes { quantity product { name priceCents } } } }
  }
}`;

export const FILTERED_ORDERS = `query FilteredOrders($tenant: ID!, $status: OrderStatus!, $above: Int!) @consistency(mode: STRONG) {
  orders(
    shardKey: $tenant
    where: { status: { eq: $status }, totalCents: { gt: $above } }
    orderBy: [{ totalCents: DESC }]
    first: 20
  ) { totalCount nodes { id totalCents createdAt } }
}`;

export const NESTED_ITEMS = `query NestedItems($tenant: ID!) @consistency(mode: STRONG) {
  products(shardKey: $tenant, first: 100) { nodes { id orderItems(first: 100) { nodes { id quantity } } } }
}`;

export const UPDATE_PHONE = `mutation UpdatePhone($tenant: ID!, $id: ID!, $phone: String!) {
  updateCustomer(by: { id: $id }, data: { phone: $phone }, shardKey: $tenant) { id phone }
}`;

export const PHONE_OF_CUSTOMER = `query PhoneOfCustomer($tenant: ID!, $id: ID!) @consistency(mode: STRONG) {
  customer(by: { id: $id }, shardKey: $tenant) { id phone }
}`;

export const CREATE_REVIEWS = `mutation CreateReviews($data: [ReviewCreateInput!]!) {
  createReviews(data: $data) { affectedCount }
}`;

export const REVIEWS_WITH_TITLE = `query ReviewsWithTitle($tenant: ID!, $title: String!) @consistency(mode: STRONG) {
  reviews(shardKey: $tenant, where: { title: { eq: $title } }) { totalCount }
}`;

export const CREATE_ORDER = `mutation CreateOrder(
  $tenant: ID!, $customer: ID!, $totalCents: Int!, $note: String!, $items: [OrderItemCreateInput!]!
) {
  createOrder(
    data: {
      tenantId: $tenant
      customer: { connect: { id: $customer } }
      totalCents: $totalCents
      note: $note
      shipping: {}
      items: { create: $items }
    }
  ) { totalCents items { totalCount } }
}`;

export const ORDERS_WITH_NOTE = `query OrdersWithNote($tenant: ID!, $note: String!) @consistency(mode: STRONG) {
  orders(shardKey: $tenant, where: { note: { eq: $note } }) { nodes { totalCents items { totalCount } } }
}`;

export const UPSERT_PHONE = `mutation UpsertPhone($tenant: ID!, $id: ID!, $phone: String!, $create: CustomerCreateInput!) {
  upsertCustomer(by: { id: $id }, create: $create, update: { phone: $phone }, shardKey: $tenant) { id phone }
}`;

export const SET_QUANTITY = `mutation SetQuantity($tenant: ID!, $id: ID!, $quantity: Int!) {
  updateOrderItem(by: { id: $id }, data: { quantity: $quantity }, shardKey: $tenant) { id quantity }
}`;

export const INCREMENT_QUANTITY = `mutation IncrementQuantity($tenant: ID!, $id: ID!) {
  updateOrderItem(by: { id: $id }, atomic: { quantity: { increment: 1 } }, shardKey: $tenant) { id quantity }
}`;

export const QUANTITY_OF_ITEM = `query QuantityOfItem($tenant: ID!, $id: ID!) @consistency(mode: STRONG) {
  orderItem(by: { id: $id }, shardKey: $tenant) { id quantity }
}`;

export const CACHED_CUSTOMER_BY_ID = CUSTOMER_BY_ID.replace('STRONG', 'CACHED');

/** W3 without prices, which are always read STRONG. */
export const LISTED_ORDERS = `query ListedOrders($tenant: ID!) @consistency(mode: STRONG) {
  orders(shardKey: $tenant, first: 20, orderBy: [{ createdAt: DESC }]) {
    nodes { id totalCents customer { name } items { nodes { quantity product { name sku } } } }
  }
}`;

export const CACHED_LISTED_ORDERS = LISTED_ORDERS.replace('STRONG', 'CACHED');

export const ORDERS_BY_STATUS = `query OrdersByStatus($tenant: ID!) @consistency(mode: STRONG) {
  orders(shardKey: $tenant) {
    groupBy(by: [{ field: STATUS }]) { keys { status } count sum { totalCents } }
  }
}`;

export const CUSTOMERS_WHO_BOUGHT = `query CustomersWhoBought($tenant: ID!, $product: ID!, $quantity: Int!) @consistency(mode: STRONG) {
  customers(
    shardKey: $tenant
    where: { orders: { some: { items: { some: { productId: { eq: $product }, quantity: { gte: $quantity } } } } } }
    first: 20
  ) { nodes { id name } }
}`;

export const PAGE_OF_ORDERS = `query PageOfOrders($tenant: ID!, $rows: Int!, $after: String) @consistency(mode: STRONG) {
  orders(shardKey: $tenant, first: $rows, after: $after, orderBy: [{ createdAt: DESC }]) { nodes { id totalCents } }
}`;

export const PRODUCTS_FOUND = `query ProductsFound($tenant: ID!, $search: String!) @consistency(mode: STRONG) {
  products(shardKey: $tenant, search: $search, first: 20) { totalCount nodes { __typename } }
}`;

export const CUSTOMER_ANYWHERE = `query CustomerAnywhere($id: ID!) @consistency(mode: STRONG) {
  customer(by: { id: $id }) { id name email }
}`;

/** Point reads of W9. */
export const ALIASES = 50;

/** As many point reads in one request. */
export const customersByAlias = (count: number): string =>
  byAlias('CustomersByAlias', 'customer', 'id name email', count);

/** The same of order items. */
export const itemsByAlias = (count: number): string => byAlias('ItemsByAlias', 'orderItem', 'id quantity', count);

function byAlias(name: string, field: string, selection: string, count: number): string {
  const indexes = Array.from({ length: count }, (_, index) => index);
  const variables = indexes.map((index) => `$tenant${index}: ID!, $id${index}: ID!`).join(', ');
  const fields = indexes.map(
    (index) => `  c${index}: ${field}(by: { id: $id${index} }, shardKey: $tenant${index}) { ${selection} }`,
  );
  return `query ${name}(${variables}) @consistency(mode: STRONG) {\n${fields.join('\n')}\n}`;
}

export const ORDERS_ANYWHERE = `query OrdersAnywhere($rows: Int!) @consistency(mode: STRONG) {
  orders(first: $rows) { nodes { id totalCents } }
}`;
