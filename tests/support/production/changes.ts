import { type CallerName, type Outcome, UNKNOWN } from './questions.ts';

/** A mutation, and what its caller gets. They are sent one after the other: some need what others have changed. */
type Change = readonly [caller: CallerName, mutation: string, outcome: Outcome];

const NEW_ORDER = 'id: "n", customerId: "ada", totalCents: 1, shipping: {}';
const NEW_REVIEW = 'productId: "lamp", rating: 5, body: "Bright."';
const NEW_PRODUCT = 'id: "desk", sku: "sku-desk", name: "desk", priceCents: 900';

/** Roles that write nothing have no mutations at all. */
const NO_MUTATIONS = 'BAD_USER_INPUT';

const OF_ANONYMOUS: readonly Change[] = [
  ['anonymous', `createReview(data: { ${NEW_REVIEW} }) { id }`, NO_MUTATIONS],
  [
    'anonymous',
    'deleteReviews(where: { id: { eq: "ra" } }, atMost: 1, shardKey: "t1") { affectedCount }',
    NO_MUTATIONS,
  ],
  ['anonymous', 'updateProduct(by: { id: "lamp" }, shardKey: "t1", data: { priceCents: 0 }) { id }', NO_MUTATIONS],
];

const OF_CUSTOMER: readonly Change[] = [
  // Orders.
  ['customer', 'updateOrder(by: { id: "a1" }, data: { status: PAID }) { id }', 'FORBIDDEN'],
  ['customer', 'updateOrder(by: { id: "a1" }, data: { totalCents: 0 }) { id }', UNKNOWN],
  ['customer', 'updateOrder(by: { id: "a2" }, data: { note: "late" }) { id }', 'FORBIDDEN'],
  ['customer', 'updateOrder(by: { id: "b1" }, data: { status: CANCELLED }) { id }', 'NOT_FOUND'],
  ['customer', 'updateOrder(by: { id: "c1" }, shardKey: "t2", data: { note: "x" }) { id }', 'NOT_FOUND'],
  ['customer', `createOrder(data: { ${NEW_ORDER} }) { id }`, UNKNOWN],
  ['customer', 'deleteOrder(by: { id: "a1" }) { id }', UNKNOWN],
  ['customer', 'updateOrder(by: { id: "a1" }, data: { note: "ring" }) { note }', { updateOrder: { note: 'ring' } }],
  [
    'customer',
    'updateOrder(by: { id: "a1" }, data: { status: CANCELLED }) { status }',
    { updateOrder: { status: 'CANCELLED' } },
  ],
  ['customer', 'updateOrder(by: { id: "a1" }, data: { status: PENDING }) { id }', 'FORBIDDEN'],
  // Reviews.
  [
    'customer',
    `createReview(data: { ${NEW_REVIEW} }) { tenantId customerId }`,
    { createReview: { tenantId: 't1', customerId: 'ada' } },
  ],
  ['customer', `createReview(data: { ${NEW_REVIEW}, customerId: "bob" }) { id }`, UNKNOWN],
  ['customer', `createReview(data: { ${NEW_REVIEW}, tenantId: "t2" }) { id }`, UNKNOWN],
  [
    'customer',
    'createReview(data: { productId: "mug", rating: 1, body: "Of another shop." }) { id }',
    'FOREIGN_KEY_VIOLATION',
  ],
  ['customer', 'updateReview(by: { id: "ra" }, data: { rating: 5 }) { rating }', { updateReview: { rating: 5 } }],
  ['customer', 'updateReview(by: { id: "rb" }, data: { rating: 1 }) { id }', 'FORBIDDEN'],
  ['customer', 'deleteReview(by: { id: "rb" }) { id }', 'FORBIDDEN'],
  ['customer', 'deleteReview(by: { id: "rc" }, shardKey: "t2") { id }', 'NOT_FOUND'],
  // Itself, and others.
  [
    'customer',
    'updateCustomer(by: { id: "ada" }, data: { name: "Ada" }) { name }',
    { updateCustomer: { name: 'Ada' } },
  ],
  ['customer', 'updateCustomer(by: { id: "ada" }, data: { email: "x@x.example" }) { id }', UNKNOWN],
  ['customer', 'updateCustomer(by: { id: "bob" }, data: { name: "x" }) { id }', 'NOT_FOUND'],
  ['customer', 'updateProduct(by: { id: "lamp" }, data: { priceCents: 0 }) { id }', UNKNOWN],
  ['customer', 'updateTenant(by: { id: "t1" }, data: { name: "x" }) { id }', UNKNOWN],
  [
    'customer',
    'transaction(operations: [{ updateReview: { by: { id: "ra" }, data: { rating: 1 } } }, { updateReview: { by: { id: "rb" }, data: { rating: 1 } } }]) { results { affectedCount } }',
    'FORBIDDEN',
  ],
];

const OF_ADMIN: readonly Change[] = [
  ['admin', 'updateOrder(by: { id: "b1" }, data: { status: SHIPPED }) { id }', 'FORBIDDEN'],
  [
    'admin',
    'updateOrder(by: { id: "a2" }, data: { status: SHIPPED }) { status }',
    { updateOrder: { status: 'SHIPPED' } },
  ],
  ['admin', 'updateOrder(by: { id: "b1" }, data: { status: PAID }) { status }', { updateOrder: { status: 'PAID' } }],
  ['admin', 'updateOrder(by: { id: "c1" }, data: { status: SHIPPED }) { id }', 'NOT_FOUND'],
  ['admin', 'updateOrder(by: { id: "c1" }, shardKey: "t2", data: { status: SHIPPED }) { id }', 'NOT_FOUND'],
  ['admin', 'deleteOrder(by: { id: "b1" }) { id }', 'FORBIDDEN'],
  [
    'admin',
    `createProduct(data: { ${NEW_PRODUCT} }) { tenantId stock }`,
    { createProduct: { tenantId: 't1', stock: 0 } },
  ],
  ['admin', `createProduct(data: { ${NEW_PRODUCT}, tenantId: "t2" }) { id }`, UNKNOWN],
  ['admin', 'updateProduct(by: { id: "mug" }, shardKey: "t2", data: { priceCents: 0 }) { id }', 'NOT_FOUND'],
  ['admin', 'deleteReview(by: { id: "rc" }, shardKey: "t2") { id }', 'NOT_FOUND'],
  ['admin', 'deleteReview(by: { id: "rb" }) { id }', { deleteReview: { id: 'rb' } }],
  ['admin', 'updateReview(by: { id: "ra" }, data: { rating: 5 }) { id }', UNKNOWN],
  ['admin', 'updateTenant(by: { id: "t1" }, data: { name: "Lamps" }) { name }', { updateTenant: { name: 'Lamps' } }],
  ['admin', 'updateTenant(by: { id: "t1" }, data: { plan: SCALE }) { id }', UNKNOWN],
  ['admin', 'updateTenant(by: { id: "t2" }, data: { name: "x" }) { id }', 'NOT_FOUND'],
  ['admin', 'createTenant(data: { id: "t3", name: "x", plan: FREE, settings: {} }) { id }', UNKNOWN],
];

const OF_OPERATOR: readonly Change[] = [
  [
    'operator',
    'updateOrder(by: { id: "c1" }, shardKey: "t2", data: { status: SHIPPED }) { status }',
    { updateOrder: { status: 'SHIPPED' } },
  ],
  [
    'operator',
    'createTenant(data: { id: "t3", name: "t3", plan: FREE, settings: {} }) { id }',
    { createTenant: { id: 't3' } },
  ],
];

export const CHANGES: readonly Change[] = [...OF_ANONYMOUS, ...OF_CUSTOMER, ...OF_ADMIN, ...OF_OPERATOR];

/** What all of `CHANGES` leave behind. */
export const LEFT_BEHIND = `{
  tenants(orderBy: [{ id: ASC }]) { nodes { id name plan } }
  customers(orderBy: [{ id: ASC }]) { nodes { id name email } }
  products(orderBy: [{ id: ASC }]) { nodes { id tenantId priceCents } }
  orders(orderBy: [{ id: ASC }]) { nodes { id status note totalCents } }
  reviews(orderBy: [{ createdAt: ASC }, { id: ASC }]) { nodes { tenantId customerId rating } }
}`;

const review = (tenantId: string, customerId: string, rating: number) => ({ tenantId, customerId, rating });
const order = (id: string, status: string, note: string) => ({ id, status, note, totalCents: 100 });

export const EXPECTED_LEFT_BEHIND = {
  tenants: {
    nodes: [
      { id: 't1', name: 'Lamps', plan: 'PRO' },
      { id: 't2', name: 't2', plan: 'PRO' },
      { id: 't3', name: 't3', plan: 'FREE' },
    ],
  },
  customers: {
    nodes: [
      { id: 'ada', name: 'Ada', email: 'ada@t1.example' },
      { id: 'bob', name: 'bob', email: 'bob@t1.example' },
      { id: 'cyd', name: 'cyd', email: 'cyd@t2.example' },
    ],
  },
  products: {
    nodes: [
      { id: 'desk', tenantId: 't1', priceCents: 900 },
      { id: 'lamp', tenantId: 't1', priceCents: 100 },
      { id: 'mug', tenantId: 't2', priceCents: 100 },
    ],
  },
  orders: {
    nodes: [
      order('a1', 'CANCELLED', 'ring'),
      order('a2', 'SHIPPED', 'of ada'),
      order('b1', 'PAID', 'of bob'),
      order('c1', 'SHIPPED', 'of cyd'),
    ],
  },
  reviews: { nodes: [review('t1', 'ada', 5), review('t2', 'cyd', 4), review('t1', 'ada', 5)] },
};
