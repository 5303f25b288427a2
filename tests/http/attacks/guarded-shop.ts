/** The demo's tables as a deployed Worker serves them to callers who are no operators: with all limits. */
import { env } from 'cloudflare:workers';
import { createWorker, type WorkerOptions } from '../../../src/index.ts';
import { defineModel } from '../../../src/model/define-model.ts';
import { bundle } from '../../../src/schema/migrations/index.ts';
import { customers, orderItems, orders, products, reviews, tenants } from '../../../src/schema/model.ts';
import { type Send, sender } from '../support.ts';

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
