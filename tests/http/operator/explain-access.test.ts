import { beforeAll, describe, expect, it } from 'vitest';
import { claim } from '../../../src/model/access/claim.ts';
import { both, owner, tenant } from '../../../src/model/access/shorthands.ts';
import { defineModel } from '../../../src/model/define-model.ts';
import * as shop from '../../../src/schema/model.ts';
import { shopWorker } from '../support.ts';

const ofCustomer = {
  ...both(tenant('tenantId'), owner('customerId')),
  update: { where: { status: { eq: 'PENDING' } }, columns: ['note'], check: { status: { eq: 'PENDING' } } },
  delete: false,
} as const;

const onlyCancels = {
  read: { tenantId: { eq: claim('shardKey') } },
  update: {
    columns: ['status'],
    transitions: [{ from: { status: { eq: 'PENDING' } }, to: { status: { eq: 'CANCELLED' } } }],
  },
} as const;

/** The shop with rules of its own: what is explained are they. */
const model = defineModel(
  {
    Tenant: { table: shop.tenants, shardKey: 'id' },
    Customer: { table: shop.customers, shardKey: 'tenantId', search: ['name', 'email'] },
    Product: {
      table: shop.products,
      shardKey: 'tenantId',
      search: ['name', 'description'],
      cache: { mode: 'CACHED', ttlSeconds: 300, swrSeconds: 60, strongColumns: ['priceCents'] },
      access: { anonymous: { read: true, hidden: ['stock'] }, customer: { read: { stock: { gt: 0 } } } },
    },
    Order: {
      table: shop.orders,
      shardKey: 'tenantId',
      cache: { mode: 'BOUNDED', maxStalenessMs: 5_000 },
      access: {
        customer: ofCustomer,
        auditor: { read: { customer: { email: { endsWith: claim('domain') } } } },
        admin: tenant('tenantId'),
        support: onlyCancels,
        stamping: { ...onlyCancels, update: { ...onlyCancels.update, set: { note: 'seen' } } },
        clerk: {
          ...tenant('tenantId'),
          update: {
            transitions: [
              { from: { status: { eq: 'PENDING' } }, to: { status: { in: ['PAID', 'CANCELLED'] } } },
              { from: { status: { eq: 'PAID' }, totalCents: { gt: 5 } }, to: { status: { eq: 'SHIPPED' } } },
            ],
          },
        },
      },
    },
    OrderItem: { table: shop.orderItems, shardKey: 'tenantId' },
    Review: { table: shop.reviews, shardKey: 'tenantId', search: ['title', 'body'] },
  },
  ({ one, many }) => ({
    Tenant: { customers: many.Customer(), products: many.Product(), orders: many.Order() },
    Customer: { orders: many.Order(), reviews: many.Review() },
    Product: { reviews: many.Review(), orderItems: many.OrderItem() },
    Order: { customer: one.Customer(), items: many.OrderItem() },
    OrderItem: { order: one.Order(), product: one.Product() },
    Review: { product: one.Product(), customer: one.Customer() },
  }),
);

const send = shopWorker({ SHARDQL_DEVELOPMENT: 'true' }, { model });
const TENANT = 'explain-access';

// biome-ignore lint/suspicious/noExplicitAny: of any query.
async function ask(path: string, query: string, variables: object = {}, headers: object = {}): Promise<any> {
  const response = await send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  });
  return response.json();
}

const EXPLAIN = `query ($role: String!, $claims: JSON, $nodeId: ID!, $action: AccessAction!) {
  explainAccess(role: $role, claims: $claims, nodeId: $nodeId, action: $action) {
    allowed decidedBy reason columns checks { rule where holds missingClaims row } transitions { from to open row }
  }
}`;

const explain = async (role: string, claims: object | null, nodeId: string, action = 'READ') =>
  (await ask('/operator', EXPLAIN, { role, claims, nodeId, action })).data.explainAccess;

describe('explainAccess', () => {
  const ids: Record<string, string> = {};
  beforeAll(async () => {
    const { data, errors } = await ask(
      '/graphql',
      `mutation {
        tenant: createTenant(data: { id: "${TENANT}", name: "t", plan: FREE, settings: {} }) { nodeId }
        customer: createCustomer(data: { tenantId: "${TENANT}", id: "c1", name: "c", email: "c@x.org", attributes: {} }) { nodeId }
        pending: createOrder(data: { tenantId: "${TENANT}", id: "o1", customerId: "c1", totalCents: 1, shipping: {} }) { nodeId }
        paid: createOrder(data: { tenantId: "${TENANT}", id: "o2", customerId: "c1", totalCents: 1, shipping: {}, status: PAID }) { nodeId }
        product: createProduct(data: { tenantId: "${TENANT}", id: "p1", sku: "s", name: "p", priceCents: 1 }) { nodeId }
      }`,
    );
    expect(errors).toBeUndefined();
    for (const [name, row] of Object.entries(data)) ids[name] = (row as { nodeId: string }).nodeId;
  });

  const own = { shardKey: TENANT, customerId: 'c1' };

  it('names the rule that allows, part by part', async () => {
    expect(await explain('customer', own, ids.pending!)).toMatchObject({
      allowed: true,
      decidedBy: 'Order.access.customer.read',
      reason: 'The row fits.',
      checks: [
        {
          rule: 'Order.access.customer.read',
          where: { tenantId: { eq: { claim: 'shardKey' } } },
          holds: true,
          missingClaims: [],
        },
        { where: { customerId: { eq: { claim: 'customerId' } } }, holds: true },
      ],
    });
  });

  it('names the part that a row does not fit', async () => {
    expect(await explain('customer', { ...own, customerId: 'c2' }, ids.pending!)).toMatchObject({
      allowed: false,
      decidedBy: 'Order.access.customer.read',
      reason: 'The row does not fit the rule.',
      checks: [{ holds: true }, { where: { customerId: { eq: { claim: 'customerId' } } }, holds: false }],
      columns: [],
    });
    expect(await explain('auditor', { domain: 'y.org' }, ids.pending!)).toMatchObject({ allowed: false });
    expect(await explain('auditor', { domain: 'x.org' }, ids.pending!)).toMatchObject({ allowed: true });
    expect(await explain('customer', own, ids.product!)).toMatchObject({
      allowed: false,
      decidedBy: 'Product.access.customer.read',
      checks: [{ where: { stock: { gt: 0 } }, holds: false }],
    });
  });

  it.each<[string, object | null]>([
    ['none', null],
    ['one that is missing', { shardKey: TENANT }],
    ['one that is null', { shardKey: TENANT, customerId: null }],
  ])('names the claims that the caller lacks: %s', async (_, claims) => {
    const decision = await explain('customer', claims, ids.pending!);
    expect(decision).toMatchObject({ allowed: false, reason: expect.stringContaining('lacks the claim') });
    expect(decision.checks[1]).toMatchObject({ holds: false, missingClaims: ['customerId'] });
  });

  it('says of writes which rules come before, and which can only be looked at then', async () => {
    expect(await explain('customer', own, ids.pending!, 'UPDATE')).toMatchObject({
      allowed: true,
      reason: 'The row fits; what the write makes of it has to fit as well.',
      columns: ['note'],
      checks: [
        { holds: true },
        { holds: true },
        { rule: 'Order.access.customer.update.where', holds: true },
        { rule: 'Order.access.customer.update.check', where: { status: { eq: 'PENDING' } }, holds: null },
      ],
    });
    expect(await explain('customer', own, ids.paid!, 'UPDATE')).toMatchObject({
      allowed: false,
      decidedBy: 'Order.access.customer.update.where',
    });
    expect(await explain('customer', own, ids.pending!, 'DELETE')).toMatchObject({
      allowed: false,
      decidedBy: 'Order.access.customer.delete',
      checks: [],
    });
    expect(await explain('customer', own, ids.pending!, 'CREATE')).toMatchObject({
      allowed: true,
      decidedBy: 'Order.access.customer.create.check',
    });
    expect(await explain('admin', { shardKey: 'another' }, ids.pending!, 'DELETE')).toMatchObject({
      allowed: false,
      decidedBy: 'Order.access.admin.read',
    });
  });

  it('shows the values that decide, as operators may see them', async () => {
    const { checks } = await explain('customer', own, ids.paid!, 'UPDATE');
    expect(checks).toMatchObject([
      { row: { tenantId: TENANT } },
      { row: { customerId: 'c1' } },
      { rule: 'Order.access.customer.update.where', holds: false, row: { status: 'PAID' } },
      { row: { status: 'PAID' } },
    ]);
    const [related] = (await explain('auditor', { domain: 'y.org' }, ids.paid!)).checks;
    expect(related.row).toEqual({ tenantId: TENANT, customerId: 'c1' });
    expect((await explain('anonymous', null, ids.product!)).checks).toMatchObject([{ where: true, row: {} }]);
  });

  it('says of an update which transitions lead on from what the row is', async () => {
    const clerk = { shardKey: TENANT };
    expect(await explain('clerk', clerk, ids.pending!, 'UPDATE')).toMatchObject({
      allowed: true,
      decidedBy: 'Order.access.clerk.update.transitions',
      reason: 'The row fits; what the write makes of it has to fit as well.',
      transitions: [
        {
          from: { status: { eq: 'PENDING' } },
          to: { status: { in: ['PAID', 'CANCELLED'] } },
          open: true,
          row: { status: 'PENDING' },
        },
        { open: false, row: { status: 'PENDING', totalCents: 1 } },
      ],
    });
    expect(await explain('clerk', clerk, ids.paid!, 'UPDATE')).toMatchObject({
      allowed: true,
      reason:
        'The row fits, but no transition leads on from what it is: the columns that they look at have to stay as they are.',
      transitions: [{ open: false }, { open: false, row: { status: 'PAID', totalCents: 1 } }],
    });
    expect((await explain('customer', own, ids.pending!, 'UPDATE')).transitions).toEqual([]);
  });

  it('denies an update that no transition leads on from, where the role may write nothing else', async () => {
    const support = { shardKey: TENANT };
    expect(await explain('support', support, ids.pending!, 'UPDATE')).toMatchObject({ allowed: true });
    expect(await explain('support', support, ids.paid!, 'UPDATE')).toMatchObject({
      allowed: false,
      decidedBy: 'Order.access.support.update.transitions',
      reason:
        'No transition leads on from what the row is, and the role may write no column besides those that they look at.',
      transitions: [{ open: false, row: { status: 'PAID' } }],
      columns: [],
    });
    // It is stamped: the preset is a change.
    expect(await explain('stamping', support, ids.paid!, 'UPDATE')).toMatchObject({ allowed: true });
  });

  it('refuses a role that the model does not know, with those that there are', async () => {
    const variables = { role: 'custmer', claims: own, nodeId: ids.pending!, action: 'READ' };
    const { errors } = await ask('/operator', EXPLAIN, variables);
    expect(errors).toMatchObject([
      {
        message:
          'Expected role to be one of admin, anonymous, auditor, clerk, customer, stamping, support, operator, but got "custmer". Did you mean "customer"?',
        extensions: { code: 'BAD_USER_INPUT' },
      },
    ]);
  });

  it('names rules that are missing, and columns that may be read', async () => {
    expect(await explain('customer', own, ids.tenant!)).toMatchObject({
      allowed: false,
      decidedBy: 'Tenant.access.customer',
    });
    const anyone = await explain('anonymous', null, ids.product!);
    expect(anyone).toMatchObject({ allowed: true, checks: [{ where: true, holds: true }] });
    expect(anyone.columns).toContain('name');
    expect(anyone.columns).not.toContain('stock');
    expect(await explain('operator', null, ids.tenant!, 'DELETE')).toMatchObject({
      allowed: true,
      decidedBy: 'operator',
    });
  });

  it('decides as the API does', async () => {
    for (const [role, claims, of] of [
      ['customer', own, 'pending'],
      ['customer', { ...own, customerId: 'c2' }, 'pending'],
      ['customer', { ...own, shardKey: 'another' }, 'paid'],
      ['auditor', { domain: 'x.org' }, 'paid'],
      ['auditor', {}, 'paid'],
      ['admin', { shardKey: TENANT }, 'paid'],
    ] as const) {
      const headers = { 'x-shardql-as': `${role} ${JSON.stringify(claims)}` };
      const { data } = await ask(
        '/graphql',
        'query ($id: ID!) { node(nodeId: $id) { nodeId } }',
        { id: ids[of] },
        headers,
      );
      expect([role, claims, data.node !== null]).toEqual([
        role,
        claims,
        (await explain(role, claims, ids[of]!)).allowed,
      ]);
    }
  });

  it('is for ids of rows that are there, and for operators alone', async () => {
    const wrong = await ask('/operator', EXPLAIN, { role: 'customer', nodeId: 'x', action: 'READ' });
    expect(wrong.errors[0].extensions.code).toBe('BAD_USER_INPUT');
    await ask('/graphql', `mutation { deleteProduct(by: { id: "p1" }, shardKey: "${TENANT}") { id } }`);
    const gone = await ask('/operator', EXPLAIN, { role: 'customer', nodeId: ids.product, action: 'READ' });
    expect(gone.errors[0].extensions.code).toBe('NOT_FOUND');
    const variables = { role: 'admin', nodeId: ids.paid, action: 'READ' };
    const admin = { 'x-shardql-as': `admin {"shardKey":"${TENANT}"}` };
    expect((await ask('/operator', EXPLAIN, variables, admin)).errors[0].extensions.code).toBe('FORBIDDEN');
    const claims = await ask('/operator', EXPLAIN, { ...variables, claims: ['a'] });
    expect(claims.errors[0].extensions.code).toBe('BAD_USER_INPUT');
  });
});
