/** What applications ask the demo: its lists by their usual filters, orders, relations and pages, and its lookups. */

const TENANT = 'shardKey: "t1"';
const CURSOR_PAGE = 'nodes { id } pageInfo { endCursor hasNextPage }';

/** Lists that have an index for their order, page by page. */
const pages = (list: string, orderBy: string): Record<string, string> => ({
  [`${list} of a tenant by ${orderBy}`]: `{ ${list}(${TENANT}, orderBy: [{ ${orderBy} }], first: 2) { ${CURSOR_PAGE} } }`,
  [`${list} of a tenant by ${orderBy}, second page`]: `{ ${list}(${TENANT}, orderBy: [{ ${orderBy} }], first: 1, after: "<cursor>") { ${CURSOR_PAGE} } }`,
});

/** By names that say what is asked. A `<cursor>` stands for the end of the first page of the query before. */
export const USUAL_QUERIES: Readonly<Record<string, string>> = {
  'tenant by id': '{ tenant(by: { id: "t1" }) { name } }',
  'customer by id': `{ customer(by: { id: "c1" }, ${TENANT}) { name } }`,
  'customer by email': `{ customer(by: { email: "c1@x.test" }, ${TENANT}) { name } }`,
  'product by id': `{ product(by: { id: "p1" }, ${TENANT}) { name } }`,
  'product by sku': `{ product(by: { sku: "s1" }, ${TENANT}) { name } }`,
  'order by id': `{ order(by: { id: "o1" }, ${TENANT}) { status } }`,
  'order item by id': `{ orderItem(by: { id: "i1" }, ${TENANT}) { quantity } }`,
  'review by id': `{ review(by: { id: "r1" }, ${TENANT}) { rating } }`,
  'customer by id, of any tenant': '{ customer(by: { id: "c4-of-t2" }) { name } }',
  'product by sku, of any tenant': '{ product(by: { sku: "s4" }) { name } }',

  ...pages('customers', 'createdAt: DESC'),
  ...pages('customers', 'name: ASC'),
  ...pages('products', 'createdAt: DESC'),
  ...pages('products', 'name: ASC'),
  ...pages('orders', 'createdAt: DESC'),
  ...pages('reviews', 'createdAt: DESC'),
  'orders of a tenant, last page': `{ orders(${TENANT}, orderBy: [{ createdAt: DESC }], last: 2) { ${CURSOR_PAGE} } }`,
  'orders of a tenant in a span of time': `{ orders(${TENANT}, where: { createdAt: { gte: "2026-01-01", lt: "2026-02-01" } }, orderBy: [{ createdAt: ASC }]) { nodes { id } } }`,
  'orders of a tenant by status': `{ orders(${TENANT}, where: { status: { eq: PAID } }, orderBy: [{ createdAt: DESC }]) { nodes { id } } }`,
  'orders of a tenant by a list of ids': `{ orders(${TENANT}, where: { id: { in: ["o1", "o2"] } }) { nodes { id } } }`,
  'orders of a customer by filter': `{ orders(${TENANT}, where: { customerId: { eq: "c1" } }, orderBy: [{ createdAt: DESC }]) { nodes { id } } }`,
  'reviews of a product by filter': `{ reviews(${TENANT}, where: { productId: { eq: "p1" } }, orderBy: [{ createdAt: DESC }]) { nodes { id } } }`,
  'how many orders a tenant has': `{ orders(${TENANT}) { totalCount } }`,
  'turnover of a tenant by status': `{ orders(${TENANT}) { aggregate { sum { totalCents } } groupBy(by: [{ field: STATUS }]) { keys { status } count } } }`,
  'newest orders of all tenants': `{ orders(orderBy: [{ createdAt: DESC }], first: 2) { nodes { id } } }`,

  'lists of a tenant':
    '{ tenant(by: { id: "t1" }) { customers { nodes { id } } products { nodes { id } } orders { nodes { id } } } }',
  'orders and reviews of customers': `{ customers(${TENANT}) { nodes { orders(orderBy: [{ createdAt: DESC }], first: 2) { nodes { id } } reviews(first: 2) { nodes { id } } } } }`,
  'customer and items with products of orders': `{ orders(${TENANT}) { nodes { customer { name } items { nodes { product { name } } } } } }`,
  'reviews and items of products': `{ products(${TENANT}) { nodes { reviews(first: 2, orderBy: [{ createdAt: DESC }]) { nodes { id } } orderItems { totalCount } } } }`,
  'product and customer of reviews': `{ reviews(${TENANT}) { nodes { product { name } customer { name } } } }`,
  'number of orders of customers': `{ customers(${TENANT}) { nodes { orders { totalCount } } } }`,

  'orders by their customer': `{ orders(${TENANT}, where: { customer: { email: { eq: "c1@x.test" } } }) { nodes { id } } }`,
  'customers with some order': `{ customers(${TENANT}, where: { orders: { some: { status: { eq: PAID } } } }) { nodes { id } } }`,
  'customers without reviews': `{ customers(${TENANT}, where: { reviews: { none: {} } }) { nodes { id } } }`,
  'orders all of whose items are many': `{ orders(${TENANT}, where: { items: { every: { quantity: { gt: 1 } } } }) { nodes { id } } }`,
  'products with an item in an order of a customer': `{ products(${TENANT}, where: { orderItems: { some: { order: { customerId: { eq: "c1" } } } } }) { nodes { id } } }`,
  'customers with more than two orders': `{ customers(${TENANT}, where: { ordersAggregate: { count: { gt: 2 } } }) { nodes { id } } }`,
  'products by their average rating': `{ products(${TENANT}, orderBy: [{ reviewsAggregate: { avg: { rating: DESC } } }]) { nodes { id } } }`,
  'orders by their customers’ names': `{ orders(${TENANT}, orderBy: [{ customer: { name: ASC } }]) { nodes { id } } }`,
};
