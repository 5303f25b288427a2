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

export const UPDATE_PHONE = `mutation UpdatePhone($tenant: ID!, $id: ID!, $phone: String!) {
  updateCustomer(by: { id: $id }, data: { phone: $phone }, shardKey: $tenant) { id phone }
}`;

export const PHONE_OF_CUSTOMER = `query PhoneOfCustomer($tenant: ID!, $id: ID!) @consistency(mode: STRONG) {
  customer(by: { id: $id }, shardKey: $tenant) { id phone }
}`;

/** As many point reads in one request. */
export function customersByAlias(count: number): string {
  const indexes = Array.from({ length: count }, (_, index) => index);
  const variables = indexes.map((index) => `$tenant${index}: ID!, $id${index}: ID!`).join(', ');
  const fields = indexes.map(
    (index) => `  c${index}: customer(by: { id: $id${index} }, shardKey: $tenant${index}) { id name email }`,
  );
  return `query CustomersByAlias(${variables}) @consistency(mode: STRONG) {\n${fields.join('\n')}\n}`;
}
