/** The demo shop's tables with access rules of many kinds: who may write what. Shards know nothing of rules, so it runs on those of the shop. */
import { claim } from '../../src/model/access/claim.ts';
import { tenant } from '../../src/model/access/shorthands.ts';
import { defineModel } from '../../src/model/define-model.ts';
import { customers, orderItems, orders, products, reviews, tenants } from '../../src/schema/model.ts';

const own = { tenantId: { eq: claim('shardKey') } };
const ownOrder = { ...own, customerId: { eq: claim('customerId') } };
const ofOwnOrder = { ...own, order: { customerId: { eq: claim('customerId') } } };
const ofOpenOrder = { ...own, order: { customerId: { eq: claim('customerId') }, status: { eq: 'PENDING' } } } as const;
const presets = { tenantId: claim('shardKey'), customerId: claim('customerId') };

export default defineModel(
  {
    Tenant: {
      table: tenants,
      shardKey: 'id',
      access: { admin: { read: { id: { eq: claim('shardKey') } }, update: { columns: ['name'] } } },
    },
    Customer: {
      table: customers,
      shardKey: 'tenantId',
      access: {
        admin: tenant('tenantId'),
        customer: {
          read: { ...own, id: { eq: claim('customerId') } },
          hidden: ['attributes'],
          update: { columns: ['name', 'phone'] },
        },
        // Knows neither addresses nor that they are needed.
        signup: {
          read: own,
          columns: ['name'],
          create: { columns: ['id', 'name'], set: { tenantId: claim('shardKey') } },
        },
        // Takes numbers down, and does not get to see any.
        clerk: { read: own, hidden: ['phone'], update: { columns: ['name', 'phone'] } },
        // Sees nobody, and signs people up.
        kiosk: {
          read: { ...own, email: { eq: 'nobody' } },
          create: { set: { tenantId: claim('shardKey') }, check: own },
        },
      },
    },
    Product: {
      table: products,
      shardKey: 'tenantId',
      access: {
        anonymous: { read: true },
        admin: tenant('tenantId'),
        customer: { read: { ...own, stock: { gt: 0 } } },
        kiosk: { read: own },
        editor: {
          read: own,
          hidden: ['createdAt'],
          create: {
            columns: ['id', 'sku', 'name', 'priceCents', 'stock'],
            set: { tenantId: claim('shardKey'), description: 'made by ed' },
          },
          update: { columns: ['sku', 'name'], set: { description: 'changed by ed' } },
        },
      },
    },
    Order: {
      table: orders,
      shardKey: 'tenantId',
      access: {
        admin: tenant('tenantId'),
        customer: {
          read: ownOrder,
          create: { columns: ['id', 'totalCents', 'shipping', 'note'], set: { ...presets, status: 'PENDING' } },
          update: {
            columns: ['note', 'status'],
            where: { status: { in: ['PENDING', 'PAID'] } },
            transitions: [{ from: { status: { eq: 'PENDING' } }, to: { status: { eq: 'CANCELLED' } } }],
          },
        },
      },
    },
    OrderItem: {
      table: orderItems,
      shardKey: 'tenantId',
      access: {
        admin: tenant('tenantId'),
        customer: {
          read: ofOwnOrder,
          create: { set: { tenantId: claim('shardKey') }, check: ofOpenOrder },
          update: { columns: ['quantity'], where: ofOpenOrder },
          delete: ofOpenOrder,
        },
      },
    },
    Review: {
      table: reviews,
      shardKey: 'tenantId',
      access: {
        anonymous: { read: true },
        admin: tenant('tenantId'),
        customer: {
          read: own,
          create: { set: presets },
          update: { columns: ['rating', 'title', 'body'], where: { customerId: { eq: claim('customerId') } } },
          delete: { customerId: { eq: claim('customerId') } },
        },
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
