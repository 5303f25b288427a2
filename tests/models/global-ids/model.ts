/** The demo's tables under another model: global ids are called `id`, as clients' caches have it. */
import { defineModel } from '../../../src/index.ts';
import { customers, orderItems, orders, products, reviews, tenants } from '../../../src/schema/model.ts';

export default defineModel(
  {
    Tenant: { table: tenants, shardKey: 'id' },
    Customer: { table: customers, shardKey: 'tenantId', search: ['name', 'email'] },
    Product: {
      table: products,
      shardKey: 'tenantId',
      search: ['name', 'description'],
      cache: { strongColumns: ['id'] },
    },
    Order: { table: orders, shardKey: 'tenantId' },
    OrderItem: { table: orderItems, shardKey: 'tenantId' },
    Review: { table: reviews, shardKey: 'tenantId', search: ['title', 'body'] },
  },
  ({ one, many }) => ({
    Tenant: { customers: many.Customer({ from: 'id', to: 'tenantId' }), orders: many.Order() },
    Customer: { orders: many.Order(), products: many.Product({ through: 'Review' }) },
    Product: { reviews: many.Review() },
    Order: {
      customer: one.Customer(),
      items: many.OrderItem({ from: ['tenantId', 'id'], to: ['tenantId', 'orderId'] }),
    },
    OrderItem: { order: one.Order(), product: one.Product() },
    Review: { product: one.Product(), customer: one.Customer() },
  }),
  { globalIdField: 'id' },
);
