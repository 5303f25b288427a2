/** Ways by which a caller may try to write what its rules do not let it write: each is blocked, tells nothing, and changes nothing. */
import { beforeAll, describe, expect, it } from 'vitest';
import { ask, codeOf, fillShop, type Role, snapshot } from '../access-shop.ts';

let before: unknown;

beforeAll(async () => {
  await fillShop();
  before = await snapshot();
});

type Attack = readonly [name: string, role: Role, code: string, mutation: string];

const NEW_ORDER = 'id: "n", totalCents: 1, shipping: {}';
const NEW_ITEM = 'id: "n", quantity: 1, unitPriceCents: 1';
const NEW_CUSTOMER = 'id: "n", name: "n", email: "n@t1.org", attributes: {}';
const INVALID = 'GRAPHQL_VALIDATION_FAILED';

/** Rows of the caller's own tenant that are not the caller's. */
const OTHERS: readonly Attack[] = [
  ['update an order of another', 'customer', 'NOT_FOUND', 'updateOrder(by: { id: "o2" }, data: { note: "x" }) { id }'],
  [
    'at a version',
    'customer',
    'NOT_FOUND',
    'updateOrder(by: { id: "o2" }, expectedVersion: "1", data: { note: "x" }) { id }',
  ],
  ['without a change', 'customer', 'NOT_FOUND', 'updateOrder(by: { id: "o2" }, data: {}) { id }'],
  [
    'in a transaction',
    'customer',
    'NOT_FOUND',
    'transaction(operations: [{ updateOrder: { by: { id: "o1" }, data: { note: "x" } } }, { updateOrder: { by: { id: "o2" }, data: { note: "x" } } }]) { results { affectedCount } }',
  ],
  [
    'upsert an order of another',
    'customer',
    'UNIQUE_VIOLATION',
    'upsertOrder(by: { id: "o2" }, create: { totalCents: 1, shipping: {} }, update: { note: "x" }) { id }',
  ],
  [
    'upsert rows over an order of another',
    'customer',
    'UNIQUE_VIOLATION',
    'upsertOrders(data: [{ id: "o2", totalCents: 1, shipping: {} }]) { affectedCount }',
  ],
  [
    'create over an order of another',
    'customer',
    'UNIQUE_VIOLATION',
    'createOrders(data: [{ id: "o2", totalCents: 1, shipping: {} }], onConflict: UPDATE) { affectedCount }',
  ],
  [
    'ignore an order of another',
    'customer',
    'UNIQUE_VIOLATION',
    'createOrders(data: [{ id: "o2", totalCents: 1, shipping: {} }], onConflict: IGNORE) { affectedCount }',
  ],
  [
    'an item into an order of another',
    'customer',
    'FOREIGN_KEY_VIOLATION',
    `createOrderItem(data: { ${NEW_ITEM}, orderId: "o2", productId: "p1" }) { id }`,
  ],
  [
    'connected',
    'customer',
    'NOT_FOUND',
    `createOrderItem(data: { ${NEW_ITEM}, order: { connect: { id: "o2" } }, productId: "p1" }) { id }`,
  ],
  [
    'among many',
    'customer',
    'FOREIGN_KEY_VIOLATION',
    `createOrderItems(data: [{ ${NEW_ITEM}, orderId: "o2", productId: "p1" }]) { affectedCount }`,
  ],
  [
    'in bulk with related rows',
    'customer',
    'NOT_FOUND',
    `createOrderItems(data: [{ ${NEW_ITEM}, order: { connect: { id: "o2" } }, productId: "p1" }]) { affectedCount }`,
  ],
  [
    'steal an item',
    'customer',
    'NOT_FOUND',
    'updateOrder(by: { id: "o1" }, data: { items: { update: [{ by: { id: "i2" }, data: { quantity: 9 } }] } }) { id }',
  ],
  ['delete an item of another', 'customer', 'NOT_FOUND', 'deleteOrderItem(by: { id: "i2" }) { id }'],
  [
    'through its own order',
    'customer',
    'NOT_FOUND',
    'updateOrder(by: { id: "o1" }, data: { items: { delete: [{ by: { id: "i2" } }] } }) { id }',
  ],
  [
    'an item of a product that is not shown',
    'customer',
    'FOREIGN_KEY_VIOLATION',
    `createOrderItem(data: { ${NEW_ITEM}, orderId: "o1", productId: "p2" }) { id }`,
  ],
  [
    'connect a product that is not shown',
    'customer',
    'NOT_FOUND',
    `createOrderItem(data: { ${NEW_ITEM}, orderId: "o1", product: { connect: { id: "p2" } } }) { id }`,
  ],
  ['change another customer', 'customer', 'NOT_FOUND', 'updateCustomer(by: { id: "c2" }, data: { name: "x" }) { id }'],
  ['by its address', 'customer', 'NOT_FOUND', 'updateCustomer(by: { email: "c2@t1.org" }, data: { name: "x" }) { id }'],
  ['a review of another', 'customer', 'FORBIDDEN', 'updateReview(by: { id: "r2" }, data: { body: "x" }) { id }'],
  ['delete a review of another', 'customer', 'FORBIDDEN', 'deleteReview(by: { id: "r2" }) { id }'],
  ['in place', 'customer', 'FORBIDDEN', 'updateReview(by: { id: "r2" }, atomic: { rating: { decrement: 4 } }) { id }'],
  [
    'upsert a review of another',
    'customer',
    'FORBIDDEN',
    'upsertReview(by: { id: "r2" }, create: { productId: "p1", rating: 1, body: "x" }, update: { rating: 1 }) { id }',
  ],
  [
    'upsert reviews',
    'customer',
    'FORBIDDEN',
    'upsertReviews(data: [{ id: "r2", productId: "p1", rating: 1, body: "x" }]) { affectedCount }',
  ],
  ['try it out', 'customer', 'FORBIDDEN', 'deleteReview(by: { id: "r2" }, dryRun: true) { id }'],
  [
    'a reference to a row of another',
    'customer',
    'NOT_FOUND',
    'transaction(operations: [{ updateOrder: { as: "o", by: { id: "o2" }, data: {} } }, { createOrderItem: { data: { id: "n", productId: "p1", quantity: 1, unitPriceCents: 1 }, refs: { orderId: { from: "o", field: "id" } } } }]) { results { affectedCount } }',
  ],
  [
    'a reference in which the other shows',
    'customer',
    'FOREIGN_KEY_VIOLATION',
    'transaction(operations: [{ createOrderItem: { data: { id: "n", orderId: "o2", productId: "p1", quantity: 1, unitPriceCents: 1 } } }]) { results { affectedCount } }',
  ],
];

/** States in which rows may not be changed, or not so. */
const STATES: readonly Attack[] = [
  [
    'change an order that is shipped',
    'customer',
    'FORBIDDEN',
    'updateOrder(by: { id: "o3" }, data: { note: "x" }) { id }',
  ],
  ['pay by saying so', 'customer', 'FORBIDDEN', 'updateOrder(by: { id: "o1" }, data: { status: PAID }) { id }'],
  [
    'in two steps',
    'customer',
    'FORBIDDEN',
    'transaction(operations: [{ updateOrder: { by: { id: "o1" }, data: { status: CANCELLED } } }, { updateOrder: { by: { id: "o1" }, data: { status: PAID } } }]) { results { affectedCount } }',
  ],
  [
    'by upsert',
    'customer',
    'FORBIDDEN',
    'upsertOrder(by: { id: "o1" }, create: { totalCents: 1, shipping: {} }, update: { status: DELIVERED }) { id }',
  ],
  [
    'all at once',
    'customer',
    'FORBIDDEN',
    'updateOrders(where: { status: { eq: PENDING } }, data: { status: PAID }, atMost: 10) { affectedCount }',
  ],
  [
    'an item of an order that is shipped',
    'customer',
    'FORBIDDEN',
    `createOrderItem(data: { ${NEW_ITEM}, orderId: "o3", productId: "p1" }) { id }`,
  ],
  ['change one', 'customer', 'FORBIDDEN', 'updateOrderItem(by: { id: "i3" }, data: { quantity: 2 }) { id }'],
  ['delete one', 'customer', 'FORBIDDEN', 'deleteOrderItem(by: { id: "i3" }) { id }'],
  [
    'below its order',
    'customer',
    'FORBIDDEN',
    'updateOrder(by: { id: "o3" }, data: { items: { create: [{ id: "n", productId: "p1", quantity: 1, unitPriceCents: 1 }] } }) { id }',
  ],
  [
    'in bulk',
    'customer',
    'FORBIDDEN',
    `createOrderItems(data: [{ ${NEW_ITEM}, orderId: "o1", productId: "p1" }, { id: "m", quantity: 1, unitPriceCents: 1, orderId: "o3", productId: "p1" }]) { affectedCount }`,
  ],
  [
    'an item, then its order is sent back',
    'customer',
    'FORBIDDEN',
    `transaction(operations: [{ createOrderItem: { data: { ${NEW_ITEM}, orderId: "o1", productId: "p1" } } }, { updateOrder: { by: { id: "o1" }, data: { status: CANCELLED } } }]) { results { affectedCount } }`,
  ],
];

/** Rows of another tenant, by all that may name one. */
const TENANTS: readonly Attack[] = (['customer', 'admin'] as const).flatMap((role): Attack[] => [
  [
    'update by shard key',
    role,
    'NOT_FOUND',
    'updateOrder(by: { id: "o1" }, shardKey: "t2", data: { note: "x" }) { id }',
  ],
  [
    'upsert by shard key',
    role,
    'NOT_FOUND',
    'upsertOrderItem(by: { id: "i1" }, shardKey: "t2", create: { orderId: "o1", productId: "p1", quantity: 1, unitPriceCents: 1 }, update: { quantity: 2 }) { id }',
  ],
  ['delete by shard key', role, 'NOT_FOUND', 'deleteReview(by: { id: "r1" }, shardKey: "t2") { id }'],
  [
    'an item by shard key',
    role,
    'NOT_FOUND',
    'updateOrderItem(by: { id: "i1" }, shardKey: "t2", data: { quantity: 2 }) { id }',
  ],
  [
    'in a transaction',
    role,
    'NOT_FOUND',
    'transaction(operations: [{ updateOrder: { by: { id: "o1" }, shardKey: "t2", data: { note: "x" } } }]) { results { affectedCount } }',
  ],
  [
    'create in a transaction of another',
    role,
    'BAD_USER_INPUT',
    `transaction(operations: [{ updateReview: { by: { id: "r1" }, shardKey: "t2", data: {} } }, { deleteReview: { by: { id: "r2" } } }]) { results { affectedCount } }`,
  ],
  ['give the tenant', role, INVALID, `createOrder(data: { ${NEW_ORDER}, tenantId: "t2" }) { id }`],
  [
    'give it to a row of many',
    role,
    INVALID,
    `createOrders(data: [{ ${NEW_ORDER}, tenantId: "t2" }]) { affectedCount }`,
  ],
  [
    'refer to it',
    role,
    INVALID,
    'transaction(operations: [{ updateReview: { as: "r", by: { id: "r1" }, data: {} } }, { createOrderItem: { data: { id: "n", orderId: "o1", productId: "p1", quantity: 1, unitPriceCents: 1 }, refs: { tenantId: { from: "r", field: "id" } } } }]) { results { affectedCount } }',
  ],
]);

const NO_ROWS: readonly Attack[] = [
  [
    'all rows of another tenant',
    'admin',
    'OK',
    'updateOrders(where: { totalCents: { gt: 0 } }, shardKey: "t2", data: { note: "x" }, atMost: 10) { affectedCount }',
  ],
  [
    'by condition',
    'admin',
    'OK',
    'updateOrders(where: { tenantId: { eq: "t2" }, totalCents: { gt: 0 } }, data: { note: "x" }, atMost: 10) { affectedCount }',
  ],
  [
    'delete them',
    'admin',
    'OK',
    'deleteReviews(where: { rating: { gt: 0 } }, shardKey: "t2", atMost: 10) { affectedCount }',
  ],
  [
    'reviews of another',
    'customer',
    'OK',
    'updateReviews(where: { customerId: { eq: "c2" } }, data: { rating: 1 }, atMost: 10) { affectedCount }',
  ],
  [
    'delete reviews of another',
    'customer',
    'OK',
    'deleteReviews(where: { customerId: { eq: "c2" } }, atMost: 10) { affectedCount }',
  ],
  [
    'orders of another',
    'customer',
    'OK',
    'updateOrders(where: { id: { eq: "o2" } }, data: { note: "x" }, atMost: 10) { affectedCount }',
  ],
  [
    'orders that are shipped',
    'customer',
    'OK',
    'updateOrders(where: { id: { eq: "o3" } }, data: { note: "x" }, atMost: 10) { affectedCount }',
  ],
  [
    'items of an order that is shipped',
    'customer',
    'OK',
    'deleteOrderItems(where: { orderId: { eq: "o3" } }, atMost: 10) { affectedCount }',
  ],
];

/** Columns, tables and verbs that the role's schema does not have. */
const UNKNOWN: readonly Attack[] = [
  [
    'choose the customer of an order',
    'customer',
    INVALID,
    `createOrder(data: { ${NEW_ORDER}, customerId: "c2" }) { id }`,
  ],
  [
    'connect one',
    'customer',
    INVALID,
    `createOrder(data: { ${NEW_ORDER}, customer: { connect: { id: "c2" } } }) { id }`,
  ],
  ['begin with a state', 'customer', INVALID, `createOrder(data: { ${NEW_ORDER}, status: PAID }) { id }`],
  ['hand an order over', 'customer', INVALID, 'updateOrder(by: { id: "o1" }, data: { customerId: "c2" }) { id }'],
  [
    'by its relation',
    'customer',
    INVALID,
    'updateOrder(by: { id: "o1" }, data: { customer: { connect: { id: "c2" } } }) { id }',
  ],
  ['change the total', 'customer', INVALID, 'updateOrder(by: { id: "o1" }, data: { totalCents: 0 }) { id }'],
  ['in place', 'customer', INVALID, 'updateOrder(by: { id: "o1" }, atomic: { totalCents: { decrement: 100 } }) { id }'],
  ['delete an order', 'customer', INVALID, 'deleteOrder(by: { id: "o1" }) { id }'],
  ['delete orders', 'customer', INVALID, 'deleteOrders(where: { id: { eq: "o1" } }, atMost: 1) { affectedCount }'],
  [
    'in a transaction',
    'customer',
    INVALID,
    'transaction(operations: [{ deleteOrder: { by: { id: "o1" } } }]) { results { affectedCount } }',
  ],
  ['move an item', 'customer', INVALID, 'updateOrderItem(by: { id: "i1" }, data: { orderId: "o3" }) { id }'],
  ['change its price', 'customer', INVALID, 'updateOrderItem(by: { id: "i1" }, data: { unitPriceCents: 0 }) { id }'],
  [
    'by an upsert of its order',
    'customer',
    INVALID,
    'updateOrder(by: { id: "o1" }, data: { items: { update: [{ by: { id: "i1" }, data: { unitPriceCents: 0 } }] } }) { id }',
  ],
  [
    'create a product',
    'customer',
    INVALID,
    'createProduct(data: { id: "n", sku: "n", name: "n", priceCents: 1 }) { id }',
  ],
  [
    'below an item',
    'customer',
    INVALID,
    `createOrderItem(data: { ${NEW_ITEM}, orderId: "o1", product: { create: { id: "n", sku: "n", name: "n", priceCents: 0 } } }) { id }`,
  ],
  ['change its address', 'customer', INVALID, 'updateCustomer(by: { id: "c1" }, data: { email: "x" }) { id }'],
  ['what is hidden', 'customer', INVALID, 'updateCustomer(by: { id: "c1" }, data: { attributes: {} }) { id }'],
  [
    'hidden, in place',
    'customer',
    INVALID,
    'updateCustomer(by: { id: "c1" }, atomic: { attributes: { unset: ["a"] } }) { id }',
  ],
  ['delete itself', 'customer', INVALID, 'deleteCustomer(by: { id: "c1" }) { id }'],
  ['a tenant', 'customer', INVALID, 'updateTenant(by: { id: "t1" }, data: { name: "x" }) { id }'],
  ['the plan of a tenant', 'admin', INVALID, 'updateTenant(by: { id: "t1" }, data: { plan: SCALE }) { id }'],
  ['another tenant', 'admin', 'NOT_FOUND', 'updateTenant(by: { id: "t2" }, data: { name: "x" }) { id }'],
  ['a new tenant', 'admin', INVALID, 'createTenant(data: { id: "t3", name: "x", plan: FREE, settings: {} }) { id }'],
  ['write as nobody', 'anonymous', INVALID, 'updateProduct(by: { id: "p1" }, data: { name: "x" }) { id }'],
  ['a transaction of nobody', 'anonymous', INVALID, 'transaction(operations: []) { results { affectedCount } }'],
  ['undo', 'admin', INVALID, 'undo(operationId: "x") { restored }'],
];

const CREDENTIALS: readonly Attack[] = [
  ['create without claims', 'nobody', 'FORBIDDEN', `createOrder(data: { ${NEW_ORDER} }) { id }`],
  [
    'update without claims',
    'nobody',
    'NOT_FOUND',
    'updateOrder(by: { id: "o1" }, shardKey: "t1", data: { note: "x" }) { id }',
  ],
  ['delete without claims', 'nobody', 'NOT_FOUND', 'deleteReview(by: { id: "r1" }, shardKey: "t1") { id }'],
  [
    'update some without claims',
    'nobody',
    'OK',
    'updateReviews(where: { rating: { gt: 0 } }, shardKey: "t1", data: { rating: 1 }, atMost: 10) { affectedCount }',
  ],
  [
    'take an address that is taken',
    'kiosk',
    'UNIQUE_VIOLATION',
    `createCustomer(data: { ${NEW_CUSTOMER.replace('n@t1.org', 'c1@t1.org')} }) { id }`,
  ],
  [
    'take one of many',
    'kiosk',
    'UNIQUE_VIOLATION',
    `createCustomers(data: [{ ${NEW_CUSTOMER.replace('n@t1.org', 'c1@t1.org')} }], onConflict: IGNORE) { affectedCount }`,
  ],
  ['change what it cannot see', 'kiosk', INVALID, 'updateCustomer(by: { id: "c1" }, data: { name: "x" }) { id }'],
  [
    'copy what it may write and not read to where it may be read',
    'clerk',
    'BAD_USER_INPUT',
    'transaction(operations: [{ updateCustomer: { as: "c", by: { id: "c1" }, data: {} } }, { updateCustomer: { by: { id: "c1" }, data: {}, refs: { name: { from: "c", field: "phone" } } } }]) { results { affectedCount } }',
  ],
  [
    'overwrite it',
    'kiosk',
    'FORBIDDEN',
    `createCustomers(data: [{ ${NEW_CUSTOMER} }], onConflict: UPDATE) { affectedCount }`,
  ],
];

describe.each([
  ['rows of others', OTHERS],
  ['rows in a state', STATES],
  ['another tenant', TENANTS],
  ['rows that are left out', NO_ROWS],
  ['what the schema lacks', UNKNOWN],
  ['few rights', CREDENTIALS],
] as const)('%s', (_kind, attacks: readonly Attack[]) => {
  it.each(attacks)('%s (%s): %s', async (_name, role, code, mutation) => {
    const answer = await ask(role, `mutation { a: ${mutation} }`);
    expect({ code: codeOf(answer), answer }).toMatchObject({ code });
    if (code === 'OK') expect(answer.data?.a).toEqual({ affectedCount: 0 });
    // Validation quotes what was sent.
    if (code !== INVALID) expect(JSON.stringify(answer.errors ?? [])).not.toMatch(/attributes|settings/);
    expect(await snapshot()).toEqual(before);
  });
});

it('there are many', () => {
  expect([OTHERS, STATES, TENANTS, NO_ROWS, UNKNOWN, CREDENTIALS].flat().length).toBeGreaterThanOrEqual(90);
});

describe('rows of others are like rows that are not there', () => {
  it.each([
    (id: string) => `updateOrder(by: { id: "${id}" }, data: { note: "x" }) { id }`,
    (id: string) => `createOrderItem(data: { ${NEW_ITEM}, orderId: "${id}", productId: "p1" }) { id }`,
    (id: string) =>
      `createOrderItem(data: { ${NEW_ITEM}, order: { connect: { id: "${id}" } }, productId: "p1" }) { id }`,
    (id: string) => `createOrderItems(data: [{ ${NEW_ITEM}, orderId: "${id}", productId: "p1" }]) { affectedCount }`,
    (id: string) =>
      `transaction(operations: [{ updateOrder: { by: { id: "${id}" }, data: {} } }, { deleteReview: { by: { id: "r2" } } }]) { results { affectedCount } }`,
    (id: string) => `updateOrder(by: { id: "${id}" }, shardKey: "t2", data: { note: "x" }) { id }`,
  ])('%s', async (mutation) => {
    const [hidden, missing] = await Promise.all(
      ['o2', 'oX'].map(async (id) => {
        const { errors } = await ask('customer', `mutation { a: ${mutation(id)} }`);
        return errors!.map(({ message, extensions: { requestId: _, ...extensions } }) => ({
          message: message.replaceAll(id, 'ID'),
          extensions,
        }));
      }),
    );
    expect(hidden).toEqual(missing);
  });
});
