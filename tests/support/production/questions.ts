/** What each caller of the demo gets for the same queries, over `TWO_TENANTS`. */

export const CALLERS = ['anonymous', 'customer', 'admin', 'operator'] as const;

/** `customer` is ada of t1, `admin` the admin of t1. */
export type CallerName = (typeof CALLERS)[number];

/** The data, or the code of the error. */
export type Outcome = object | string;

/** A query, and what callers get in the order of `CALLERS`. */
type Question = readonly [query: string, ...outcomes: readonly [Outcome, Outcome, Outcome, Outcome]];

/** The role's schema lacks a name of the operation. */
export const UNKNOWN = 'GRAPHQL_VALIDATION_FAILED';

const rows = (type: string, ...ids: readonly string[]) => ({ [type]: { nodes: ids.map((id) => ({ id })) } });
const counted = (type: string, totalCount: number) => ({ [type]: { totalCount } });

const two = <T>(outcome: T) => [outcome, outcome] as const;
const three = <T>(outcome: T) => [outcome, outcome, outcome] as const;
const all = <T>(outcome: T) => [outcome, outcome, outcome, outcome] as const;
const best = (...ids: readonly string[]) => ({ bestCustomers: ids.map((id) => ({ id, initials: id[0] })) });

const TABLES: readonly Question[] = [
  [
    '{ tenants { nodes { id } } }',
    rows('tenants', 't1', 't2'),
    rows('tenants', 't1'),
    rows('tenants', 't1'),
    rows('tenants', 't1', 't2'),
  ],
  [
    '{ customers { nodes { id } } }',
    UNKNOWN,
    rows('customers', 'ada'),
    rows('customers', 'ada', 'bob'),
    rows('customers', 'ada', 'bob', 'cyd'),
  ],
  [
    '{ products { nodes { id } } }',
    rows('products', 'lamp', 'mug'),
    rows('products', 'lamp'),
    rows('products', 'lamp'),
    rows('products', 'lamp', 'mug'),
  ],
  [
    '{ orders { nodes { id } } }',
    UNKNOWN,
    rows('orders', 'a1', 'a2'),
    rows('orders', 'a1', 'a2', 'b1'),
    rows('orders', 'a1', 'a2', 'b1', 'c1'),
  ],
  [
    '{ orderItems { nodes { id } } }',
    UNKNOWN,
    rows('orderItems', 'ia'),
    rows('orderItems', 'ia', 'ib'),
    rows('orderItems', 'ia', 'ib', 'ic'),
  ],
  [
    '{ reviews { nodes { id } } }',
    rows('reviews', 'ra', 'rb', 'rc'),
    rows('reviews', 'ra', 'rb'),
    rows('reviews', 'ra', 'rb'),
    rows('reviews', 'ra', 'rb', 'rc'),
  ],
  // Found by words.
  [
    '{ reviews(search: "by") { nodes { id } } }',
    rows('reviews', 'ra', 'rb', 'rc'),
    rows('reviews', 'ra', 'rb'),
    rows('reviews', 'ra', 'rb'),
    rows('reviews', 'ra', 'rb', 'rc'),
  ],
];

const status = (name: string, count: number) => ({ keys: { status: name }, count });

const COUNTS: readonly Question[] = [
  ['{ tenants { totalCount } }', UNKNOWN, counted('tenants', 1), counted('tenants', 1), counted('tenants', 2)],
  ['{ customers { totalCount } }', UNKNOWN, counted('customers', 1), counted('customers', 2), counted('customers', 3)],
  [
    '{ products { totalCount } }',
    counted('products', 2),
    counted('products', 1),
    counted('products', 1),
    counted('products', 2),
  ],
  ['{ orders { totalCount } }', UNKNOWN, counted('orders', 2), counted('orders', 3), counted('orders', 4)],
  [
    '{ orderItems { totalCount } }',
    UNKNOWN,
    counted('orderItems', 1),
    counted('orderItems', 2),
    counted('orderItems', 3),
  ],
  [
    '{ reviews { totalCount } }',
    counted('reviews', 3),
    counted('reviews', 2),
    counted('reviews', 2),
    counted('reviews', 3),
  ],
  [
    '{ orders { groupBy(by: [{ field: STATUS }]) { keys { status } count } } }',
    UNKNOWN,
    { orders: { groupBy: [status('PAID', 1), status('PENDING', 1)] } },
    { orders: { groupBy: [status('PAID', 1), status('PENDING', 2)] } },
    { orders: { groupBy: [status('PAID', 2), status('PENDING', 2)] } },
  ],
  [
    '{ tenant(by: { id: "t1" }) { customers { totalCount } orders { totalCount } } }',
    UNKNOWN,
    { tenant: { ...counted('customers', 1), ...counted('orders', 2) } },
    { tenant: { ...counted('customers', 2), ...counted('orders', 3) } },
    { tenant: { ...counted('customers', 2), ...counted('orders', 3) } },
  ],
];

const lamp = (more: object) => ({ product: { id: 'lamp', ...more } });
const LAMP = 'product(by: { id: "lamp" }, shardKey: "t1")';

const COLUMNS: readonly Question[] = [
  [`{ ${LAMP} { id priceCents } }`, ...all(lamp({ priceCents: 100 }))],
  [`{ ${LAMP} { id stock } }`, UNKNOWN, UNKNOWN, lamp({ stock: 7 }), lamp({ stock: 7 })],
  [
    '{ products(where: { stock: { eq: 7 } }, shardKey: "t1") { nodes { id } } }',
    UNKNOWN,
    UNKNOWN,
    rows('products', 'lamp'),
    rows('products', 'lamp'),
  ],
  [
    '{ products(orderBy: [{ stock: ASC }], shardKey: "t1") { nodes { id } } }',
    UNKNOWN,
    UNKNOWN,
    rows('products', 'lamp'),
    rows('products', 'lamp'),
  ],
  [
    '{ products(shardKey: "t1") { aggregate { sum { stock } } } }',
    UNKNOWN,
    UNKNOWN,
    { products: { aggregate: { sum: { stock: 7 } } } },
    { products: { aggregate: { sum: { stock: 7 } } } },
  ],
  [
    '{ orderItem(by: { id: "ia" }, shardKey: "t1") { product { stock } } }',
    UNKNOWN,
    UNKNOWN,
    ...two({ orderItem: { product: { stock: 7 } } }),
  ],
  ['{ tenant(by: { id: "t1" }) { name } }', ...all({ tenant: { name: 't1' } })],
  ['{ tenant(by: { id: "t1" }) { plan } }', UNKNOWN, UNKNOWN, ...two({ tenant: { plan: 'PRO' } })],
  [
    '{ tenants(where: { id: { eq: "t1" }, plan: { eq: PRO } }) { nodes { id } } }',
    UNKNOWN,
    UNKNOWN,
    ...two(rows('tenants', 't1')),
  ],
  [
    '{ reviews(where: { id: { in: ["ra", "rb"] } }, shardKey: "t1") { nodes { body } } }',
    ...all({ reviews: { nodes: [{ body: 'by ada' }, { body: 'by bob' }] } }),
  ],
  ['{ review(by: { id: "rb" }, shardKey: "t1") { customerId } }', UNKNOWN, ...three({ review: { customerId: 'bob' } })],
  // A review's author, whom ada does not see.
  [
    '{ review(by: { id: "rb" }, shardKey: "t1") { customer { email } } }',
    UNKNOWN,
    { review: { customer: null } },
    ...two({ review: { customer: { email: 'bob@t1.example' } } }),
  ],
  [
    '{ products(where: { reviews: { some: { customer: { name: { eq: "bob" } } } } }) { nodes { id } } }',
    UNKNOWN,
    rows('products'),
    ...two(rows('products', 'lamp')),
  ],
];

const none = (type: string) => ({ [type]: null });

const OTHERS: readonly Question[] = [
  ['{ order(by: { id: "b1" }) { id } }', UNKNOWN, none('order'), ...two({ order: { id: 'b1' } })],
  ['{ order(by: { id: "c1" }) { id } }', UNKNOWN, none('order'), none('order'), { order: { id: 'c1' } }],
  [
    '{ order(by: { id: "c1" }, shardKey: "t2") { id } }',
    UNKNOWN,
    none('order'),
    none('order'),
    { order: { id: 'c1' } },
  ],
  [
    '{ orders(shardKey: "t2") { totalCount nodes { id } } }',
    UNKNOWN,
    ...two({ orders: { totalCount: 0, nodes: [] } }),
    { orders: { totalCount: 1, nodes: [{ id: 'c1' }] } },
  ],
  [
    '{ orders(where: { tenantId: { eq: "t2" } }) { nodes { id } } }',
    UNKNOWN,
    ...two(rows('orders')),
    rows('orders', 'c1'),
  ],
  [
    '{ orders(where: { OR: [{ customerId: { eq: "bob" } }, { tenantId: { eq: "t2" } }] }) { nodes { id } } }',
    UNKNOWN,
    rows('orders'),
    rows('orders', 'b1'),
    rows('orders', 'b1', 'c1'),
  ],
  [
    '{ customer(by: { email: "cyd@t2.example" }) { id } }',
    UNKNOWN,
    none('customer'),
    none('customer'),
    { customer: { id: 'cyd' } },
  ],
  [
    '{ product(by: { sku: "sku-mug" }, shardKey: "t2") { id } }',
    { product: { id: 'mug' } },
    none('product'),
    none('product'),
    { product: { id: 'mug' } },
  ],
  [
    '{ tenant(by: { id: "t2" }) { name } }',
    { tenant: { name: 't2' } },
    none('tenant'),
    none('tenant'),
    { tenant: { name: 't2' } },
  ],
  [
    `{ ${LAMP} { id orderItems { nodes { id } } } }`,
    UNKNOWN,
    lamp(rows('orderItems', 'ia')),
    ...two(lamp(rows('orderItems', 'ia', 'ib'))),
  ],
  // Fields of the application's own read as their caller.
  [
    '{ bestCustomers(tenantId: "t1", limit: 9) { id initials } }',
    UNKNOWN,
    best('ada'),
    best('ada', 'bob'),
    best('ada', 'bob'),
  ],
  ['{ bestCustomers(tenantId: "t2", limit: 9) { id initials } }', UNKNOWN, best(), best(), best('cyd')],
];

const NAMES: readonly Question[] = [
  ['{ __schema { queryType { name } } }', ...all(UNKNOWN)],
  ['{ __type(name: "Order") { name } }', ...all(UNKNOWN)],
  ['{ oders { nodes { id } } }', ...all(UNKNOWN)],
  ['{ products(wher: {}) { nodes { id } } }', ...all(UNKNOWN)],
  ['{ __typename }', ...all({ __typename: 'Query' })],
];

export const QUESTIONS: readonly Question[] = [...TABLES, ...COUNTS, ...COLUMNS, ...OTHERS, ...NAMES];
