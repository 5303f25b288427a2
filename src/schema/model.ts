/**
 * The model of this API: a multi-tenant shop. Everything of a tenant lives in one shard. Replace this file (and make
 * its migrations with `npm run db:generate`) to serve other tables.
 */
import { sql } from 'drizzle-orm';
import { check, foreignKey, index, integer, primaryKey, sqliteTable, text, unique } from 'drizzle-orm/sqlite-core';
import { claim, dateTime, defineModel, now, tenant, ulid } from 'shardql/model';

const id = () => text().notNull().$defaultFn(ulid);
const tenantId = () =>
  text('tenant_id')
    .notNull()
    .references(() => tenants.id);
const createdAt = () => dateTime('created_at').notNull().$defaultFn(now);

export const tenants = sqliteTable('tenants', {
  id: text().primaryKey().$defaultFn(ulid),
  name: text().notNull(),
  plan: text({ enum: ['free', 'pro', 'scale'] }).notNull(),
  settings: text({ mode: 'json' }).notNull(),
  createdAt: createdAt(),
});

export const customers = sqliteTable(
  'customers',
  {
    id: id(),
    tenantId: tenantId(),
    name: text().notNull(),
    email: text().notNull(),
    phone: text(),
    attributes: text({ mode: 'json' }).notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique().on(t.tenantId, t.email),
    index('customers_newest').on(t.tenantId, t.createdAt),
    index('customers_by_name').on(t.tenantId, t.name),
  ],
);

export const products = sqliteTable(
  'products',
  {
    id: id(),
    tenantId: tenantId(),
    sku: text().notNull(),
    name: text().notNull(),
    priceCents: integer('price_cents').notNull(),
    description: text(),
    stock: integer().notNull().default(0),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    unique().on(t.tenantId, t.sku),
    check('products_stock_not_negative', sql`${t.stock} >= 0`),
    index('products_newest').on(t.tenantId, t.createdAt),
    index('products_by_name').on(t.tenantId, t.name),
  ],
);

export const orders = sqliteTable(
  'orders',
  {
    id: id(),
    tenantId: tenantId(),
    customerId: text('customer_id').notNull(),
    status: text({ enum: ['pending', 'paid', 'shipped', 'delivered', 'cancelled'] })
      .notNull()
      .default('pending'),
    totalCents: integer('total_cents').notNull(),
    note: text(),
    shipping: text({ mode: 'json' }).notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.customerId], foreignColumns: [customers.tenantId, customers.id] }),
    index('orders_of_customer').on(t.tenantId, t.customerId, t.createdAt),
    index('orders_newest').on(t.tenantId, t.createdAt),
    index('orders_by_status').on(t.tenantId, t.status, t.createdAt),
  ],
);

export const orderItems = sqliteTable(
  'order_items',
  {
    id: id(),
    tenantId: tenantId(),
    orderId: text('order_id').notNull(),
    productId: text('product_id').notNull(),
    quantity: integer().notNull(),
    unitPriceCents: integer('unit_price_cents').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.orderId], foreignColumns: [orders.tenantId, orders.id] }).onDelete('cascade'),
    foreignKey({ columns: [t.tenantId, t.productId], foreignColumns: [products.tenantId, products.id] }),
    index('order_items_of_order').on(t.tenantId, t.orderId),
    index('order_items_of_product').on(t.tenantId, t.productId),
  ],
);

export const reviews = sqliteTable(
  'reviews',
  {
    id: id(),
    tenantId: tenantId(),
    productId: text('product_id').notNull(),
    customerId: text('customer_id').notNull(),
    rating: integer().notNull(),
    title: text(),
    body: text().notNull(),
    createdAt: createdAt(),
  },
  (t) => [
    primaryKey({ columns: [t.tenantId, t.id] }),
    foreignKey({ columns: [t.tenantId, t.productId], foreignColumns: [products.tenantId, products.id] }),
    foreignKey({ columns: [t.tenantId, t.customerId], foreignColumns: [customers.tenantId, customers.id] }),
    check('reviews_rating_range', sql`${t.rating} between 1 and 5`),
    index('reviews_of_product').on(t.tenantId, t.productId, t.createdAt),
    index('reviews_of_customer').on(t.tenantId, t.customerId, t.createdAt),
    index('reviews_newest').on(t.tenantId, t.createdAt),
  ],
);

/**
 * Who may do what. Credentials say `role`, and of customers and admins `shardKey`, which is their tenant. Visitors without a
 * credential (`anonymous`) see products and reviews; customers see their own orders, may cancel them, and write reviews; admins run
 * their tenant's shop.
 */
const OF_TENANT = { tenantId: { eq: claim('shardKey') } };
const OWN = { ...OF_TENANT, customerId: { eq: claim('customerId') } };
const ADMIN = tenant('tenantId');

export default defineModel(
  {
    Tenant: {
      table: tenants,
      shardKey: 'id',
      access: {
        anonymous: { read: true, columns: ['name'], aggregates: false },
        customer: { read: { id: { eq: claim('shardKey') } }, columns: ['name'] },
        admin: { read: { id: { eq: claim('shardKey') } }, update: { columns: ['name', 'settings'] } },
      },
    },
    Customer: {
      table: customers,
      shardKey: 'tenantId',
      search: ['name', 'email'],
      access: {
        customer: {
          read: { ...OF_TENANT, id: { eq: claim('customerId') } },
          update: { columns: ['name', 'phone', 'attributes'] },
        },
        admin: ADMIN,
      },
    },
    Product: {
      table: products,
      shardKey: 'tenantId',
      search: ['name', 'description'],
      cache: { mode: 'CACHED', ttlSeconds: 300, swrSeconds: 60, strongColumns: ['priceCents'] },
      access: {
        anonymous: { read: true, hidden: ['stock'] },
        customer: { read: OF_TENANT, hidden: ['stock'] },
        admin: ADMIN,
      },
    },
    Order: {
      table: orders,
      shardKey: 'tenantId',
      cache: { mode: 'BOUNDED', maxStalenessMs: 5_000 },
      access: {
        customer: {
          read: OWN,
          update: {
            where: { status: { eq: 'PENDING' } },
            columns: ['note', 'shipping', 'status'],
            transitions: [{ from: { status: { eq: 'PENDING' } }, to: { status: { eq: 'CANCELLED' } } }],
          },
        },
        admin: {
          ...ADMIN,
          update: {
            transitions: [
              { from: { status: { eq: 'PENDING' } }, to: { status: { in: ['PAID', 'CANCELLED'] } } },
              { from: { status: { eq: 'PAID' } }, to: { status: { in: ['SHIPPED', 'CANCELLED'] } } },
              { from: { status: { eq: 'SHIPPED' } }, to: { status: { eq: 'DELIVERED' } } },
            ],
          },
          delete: { status: { eq: 'CANCELLED' } },
        },
      },
    },
    OrderItem: {
      table: orderItems,
      shardKey: 'tenantId',
      access: {
        customer: { read: { ...OF_TENANT, order: { customerId: { eq: claim('customerId') } } } },
        admin: ADMIN,
      },
    },
    Review: {
      table: reviews,
      shardKey: 'tenantId',
      search: ['title', 'body'],
      access: {
        anonymous: { read: true, hidden: ['customerId'] },
        customer: {
          read: OF_TENANT,
          create: {
            columns: ['productId', 'rating', 'title', 'body'],
            set: { tenantId: claim('shardKey'), customerId: claim('customerId') },
          },
          update: { where: OWN, columns: ['rating', 'title', 'body'] },
          delete: OWN,
        },
        admin: { read: OF_TENANT, delete: true },
      },
    },
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
