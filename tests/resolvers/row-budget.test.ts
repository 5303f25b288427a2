import { beforeAll, describe, expect, it } from 'vitest';
import { Cluster, SHOP } from './support/cluster.ts';
import { shop } from './support/shop.ts';

const cluster = new Cluster(shop, SHOP);
const TENANT = 'row-budget';
const ITEMS = 60;

/** A product's order items, and their product (the same one) again: each level has 60 times the rows of the one above. */
const levels = (count: number): string =>
  count === 0 ? 'id' : `id orderItems(first: ${ITEMS}) { nodes { product { ${levels(count - 1)} } } }`;
const product = (fields: string) => `product(by: { id: "p" }, shardKey: "${TENANT}") { ${fields} }`;

beforeAll(async () => {
  await cluster.data(`mutation {
    tenant: createTenant(data: { id: "${TENANT}", name: "T", plan: PRO, settings: {} }) { id }
    customer: createCustomer(data: { tenantId: "${TENANT}", id: "c", name: "C", email: "c", attributes: {} }) { id }
    product: createProduct(data: { tenantId: "${TENANT}", id: "p", sku: "p", name: "P", priceCents: 1 }) { id }
    order: createOrder(data: { tenantId: "${TENANT}", id: "o", customerId: "c", totalCents: 1, shipping: {} }) { id }
    ${Array.from({ length: ITEMS }, (_, n) => `i${n}: createOrderItem(data: { tenantId: "${TENANT}", id: "i${n}", orderId: "o", productId: "p", quantity: 1, unitPriceCents: 1 }) { id }`).join('\n')}
  }`);
});

describe('answers too large to travel', () => {
  it('are refused alone, and siblings of the same call keep their data', async () => {
    const name = 'x'.repeat(1_900_000);
    const customers = Array.from(
      { length: 18 },
      (_, n) =>
        `c${n}: createCustomer(data: { tenantId: "large", id: "${n}", name: $name, email: "${n}", attributes: {} }) { id }`,
    );
    const tenant = 'tenant: createTenant(data: { id: "large", name: "T", plan: PRO, settings: {} }) { id }';
    await cluster.data(`mutation ($name: String!) { ${tenant} ${customers.join(' ')} }`, { name });
    const list = (first: number) => `customers(shardKey: "large", first: ${first}) { nodes { name } }`;
    const { data, errors } = await cluster.run(`{ ${list(20)} tenant(by: { id: "large" }) { name } }`);
    expect(data).toMatchObject({ customers: null, tenant: { name: 'T' } });
    expect(errors).toMatchObject([{ path: ['customers'], extensions: { code: 'COST_LIMIT_EXCEEDED' } }]);
    expect((await cluster.run(`{ ${list(7)} }`)).errors).toEqual([]);
  });
});

describe('answers whose pages multiply', () => {
  it('are given as far as they are reasonable', async () => {
    const { data, errors } = await cluster.run(`{ ${product(levels(2))} }`);
    expect(errors).toEqual([]);
    expect((data.product as { orderItems: { nodes: unknown[] } }).orderItems.nodes).toHaveLength(ITEMS);
  });

  it.each([3, 6, 10])(
    'are refused at %i levels before they fill the memory, and siblings keep their data',
    async (count) => {
      const { data, errors } = await cluster.run(
        `{ ${product(levels(count))} tenant(by: { id: "${TENANT}" }) { name } }`,
      );
      expect(data).toMatchObject({ product: null, tenant: { name: 'T' } });
      expect(errors).toMatchObject([{ path: ['product'], extensions: { code: 'COST_LIMIT_EXCEEDED' } }]);
    },
  );

  it('are refused when many aliases ask for a reasonable one each', async () => {
    const aliases = Array.from({ length: 30 }, (_, n) => `a${n}: ${product(levels(2))}`).join('\n');
    const { errors } = await cluster.run(`{ ${aliases} }`);
    expect(new Set(errors.map(({ extensions }) => extensions?.code))).toEqual(new Set(['COST_LIMIT_EXCEEDED']));
  });
});
