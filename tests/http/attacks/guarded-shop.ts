/** The demo's tables as a deployed Worker serves them to callers who are no operators: with all limits. */
import { env } from 'cloudflare:workers';
import { createWorker, type WorkerOptions } from '../../../src/index.ts';
import { defineModel } from '../../../src/model/define-model.ts';
import { bundle } from '../../../src/schema/migrations/index.ts';
import { customers, orderItems, orders, products, reviews, tenants } from '../../../src/schema/model.ts';
import { graphql, type Send, sender, shopWorker } from '../support.ts';

const ROLES = { shop: true, partner: true, auditor: true } as const;

const model = defineModel(
  {
    Tenant: { table: tenants, shardKey: 'id', access: ROLES },
    Customer: { table: customers, shardKey: 'tenantId', search: ['name', 'email'], access: ROLES },
    Product: { table: products, shardKey: 'tenantId', search: ['name', 'description'], access: ROLES },
    Order: { table: orders, shardKey: 'tenantId', access: ROLES },
    OrderItem: { table: orderItems, shardKey: 'tenantId', access: ROLES },
    Review: { table: reviews, shardKey: 'tenantId', search: ['title', 'body'], access: ROLES },
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

/** Callers say in a header which role they have: `shop`, unless they do. */
export const guardedShop = (options: Partial<WorkerOptions> = {}): Send => {
  const role = (request: Request) => ({ role: request.headers.get('x-role') ?? 'shop' });
  const worker = createWorker({ model, migrations: bundle, authenticate: { request: role, caller: (claims) => ({ role: String(claims.role) }) }, ...options }); // biome-ignore format: one line
  return sender(worker, { SHARD: env.SHOP_SHARD, CATALOG: env.SHOP_CATALOG });
};

/** A tenant `t` with a few rows of each table. */
export async function fillShop(): Promise<void> {
  const numbers = (count: number) => Array.from({ length: count }, (_, at) => at);
  const item = (at: number) => `{ tenantId: "t", id: "i${at}", orderId: "o${at % 10}", productId: "p${at % 3}", quantity: 1, unitPriceCents: 1 }`; // biome-ignore format: one line
  const response = await shopWorker()(
    '/graphql',
    graphql(`mutation {
      tenant: createTenant(data: { id: "t", name: "T", plan: PRO, settings: {} }) { id }
      customer: createCustomer(data: { tenantId: "t", id: "c", name: "C", email: "c@x.test", attributes: {} }) { id }
      products: createProducts(data: [${numbers(3).map((at) => `{ tenantId: "t", id: "p${at}", sku: "${at}", name: "P", priceCents: 1 }`)}]) { affectedCount }
      orders: createOrders(data: [${numbers(10).map((at) => `{ tenantId: "t", id: "o${at}", customerId: "c", totalCents: ${at}, shipping: {} }`)}]) { affectedCount }
      items: createOrderItems(data: [${numbers(30).map(item)}]) { affectedCount }
      review: createReview(data: { tenantId: "t", id: "r0", productId: "p0", customerId: "c", rating: 5, body: "x" }) { id }
    }`),
  );
  const { errors } = await response.json<{ errors?: unknown }>();
  if (errors !== undefined) throw new Error(`Expected rows to be created, but got ${JSON.stringify(errors)}.`);
}
