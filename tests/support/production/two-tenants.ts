const at = '2026-01-02T03:04:05.678Z';

const customer = (tenantId: string, id: string) => ({
  tenantId,
  id,
  name: id,
  email: `${id}@${tenantId}.example`,
  phone: '+15551234567',
  attributes: {},
  createdAt: at,
});
const product = (tenantId: string, id: string) => ({
  tenantId,
  id,
  sku: `sku-${id}`,
  name: id,
  priceCents: 100,
  description: null,
  stock: 7,
  createdAt: at,
});
const order = (tenantId: string, id: string, customerId: string, status: string) => ({
  tenantId,
  id,
  customerId,
  status,
  totalCents: 100,
  note: `of ${customerId}`,
  shipping: {},
  createdAt: at,
});
const item = (tenantId: string, id: string, orderId: string, productId: string) => ({
  tenantId,
  id,
  orderId,
  productId,
  quantity: 1,
  unitPriceCents: 100,
});
const review = (tenantId: string, id: string, customerId: string, productId: string) => ({
  tenantId,
  id,
  productId,
  customerId,
  rating: 4,
  title: null,
  body: `by ${customerId}`,
  createdAt: at,
});
const tenant = (id: string) => ({ id, name: id, plan: 'PRO', settings: {}, createdAt: at });

/** Rows for `/import`, tables in the order to load them: `t1` with the customers ada and bob, and `t2` with cyd. */
export const TWO_TENANTS: Readonly<Record<string, readonly object[]>> = {
  Tenant: [tenant('t1'), tenant('t2')],
  Customer: [customer('t1', 'ada'), customer('t1', 'bob'), customer('t2', 'cyd')],
  Product: [product('t1', 'lamp'), product('t2', 'mug')],
  Order: [
    order('t1', 'a1', 'ada', 'PENDING'),
    order('t1', 'a2', 'ada', 'PAID'),
    order('t1', 'b1', 'bob', 'PENDING'),
    order('t2', 'c1', 'cyd', 'PAID'),
  ],
  OrderItem: [item('t1', 'ia', 'a1', 'lamp'), item('t1', 'ib', 'b1', 'lamp'), item('t2', 'ic', 'c1', 'mug')],
  Review: [review('t1', 'ra', 'ada', 'lamp'), review('t1', 'rb', 'bob', 'lamp'), review('t2', 'rc', 'cyd', 'mug')],
};
