/** What callers with rules write, and what they are told: presets, columns, links, upserts, keyed writes, and users' code with all rights. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Answer, ask, codeOf, fillShop, type Role } from './access-shop.ts';

beforeAll(fillShop);

let made = 0;
let id = '';
beforeEach(() => {
  id = `n${++made}`;
});

const run = async (role: Role | null, mutation: string, options?: Parameters<typeof ask>[2]): Promise<Answer> =>
  ask(role, `mutation { a: ${mutation} }`, options);

const ofOperator = async (field: string): Promise<unknown> =>
  (await ask(null, `query @consistency(mode: STRONG) { a: ${field} }`)).data?.a;

describe('values that rules give', () => {
  it('are put in, and decide where a row lives, nested and in bulk too', async () => {
    const review = (at: string) => `{ id: "${id}${at}", rating: 4, body: "x", productId: "p1" }`;
    const selected = '{ id tenantId customerId }';
    const own = (at: string) => ({ id: `${id}${at}`, tenantId: 't1', customerId: 'c1' });
    expect((await run('customer', `createReview(data: ${review('a')}) ${selected}`)).data?.a).toEqual(own('a'));
    expect((await run('customer', `createReviews(data: [${review('b')}]) { nodes ${selected} }`)).data?.a).toEqual({
      nodes: [own('b')],
    });
    expect((await run('customer', `upsertReviews(data: [${review('c')}]) { nodes ${selected} }`)).data?.a).toEqual({
      nodes: [own('c')],
    });
    const upsert = `upsertReview(by: { id: "${id}d" }, create: { rating: 4, body: "x", productId: "p1" }) ${selected}`;
    expect((await run('customer', upsert)).data?.a).toEqual(own('d'));
    const order = `createOrder(data: { id: "${id}", totalCents: 1, shipping: {}, items: { create: [{ id: "${id}", productId: "p1", quantity: 1, unitPriceCents: 1 }] } }) { tenantId customerId status items { nodes { tenantId } } }`;
    expect((await run('customer', order)).data?.a).toEqual({
      tenantId: 't1',
      customerId: 'c1',
      status: 'PENDING',
      items: { nodes: [{ tenantId: 't1' }] },
    });
    const transaction = `transaction(operations: [{ createReview: { data: ${review('e')} } }, { createReviews: { data: [${review('f')}] } }]) { results { affectedCount } }`;
    expect(codeOf(await run('customer', transaction))).toBe('OK');
    expect(
      await ofOperator(
        `reviews(where: { id: { startsWith: "${id}" }, customerId: { eq: "c1" }, tenantId: { eq: "t1" } }) { totalCount }`,
      ),
    ).toEqual({ totalCount: 6 });
  });

  it('are set whenever something changes, and not otherwise', async () => {
    await run('editor', `createProduct(data: { id: "${id}", sku: "${id}", name: "x", priceCents: 1 }) { id }`);
    const stored = () => ofOperator(`product(by: { id: "${id}" }, shardKey: "t1") { name description stock }`);
    expect(await stored()).toEqual({ name: 'x', description: 'made by ed', stock: 0 });
    expect(codeOf(await run('editor', `updateProduct(by: { id: "${id}" }, data: { name: "y" }) { id }`))).toBe('OK');
    expect(await stored()).toEqual({ name: 'y', description: 'changed by ed', stock: 0 });
    const row = (name: string) => `{ id: "${id}", sku: "${id}", name: "${name}", priceCents: 2 }`;
    expect(codeOf(await run('editor', `upsertProducts(data: [${row('z')}]) { affectedCount }`))).toBe('OK');
    // The price is for new products alone.
    expect(await ofOperator(`product(by: { id: "${id}" }, shardKey: "t1") { name description priceCents }`)).toEqual({
      name: 'z',
      description: 'changed by ed',
      priceCents: 1,
    });
    const upsert = `upsertProduct(by: { id: "${id}m" }, create: { sku: "${id}m", name: "x", priceCents: 1 }, update: { name: "y" }) { id }`;
    expect(codeOf(await run('editor', upsert))).toBe('OK');
    expect(await ofOperator(`product(by: { id: "${id}m" }, shardKey: "t1") { description }`)).toEqual({
      description: 'made by ed',
    });
    expect(codeOf(await run('editor', upsert))).toBe('OK');
    expect(await ofOperator(`product(by: { id: "${id}m" }, shardKey: "t1") { description }`)).toEqual({
      description: 'changed by ed',
    });
    const many = `updateProducts(where: { id: { startsWith: "${id}" } }, data: { name: "all" }, atMost: 10) { affectedCount }`;
    expect((await run('editor', many)).data?.a).toEqual({ affectedCount: 2 });
  });
});

describe('a row that its maker may not read', () => {
  it('is made, and not shown', async () => {
    const customer = `{ id: "${id}", name: "n", email: "${id}@t1.org", attributes: {} }`;
    expect((await run('kiosk', `createCustomer(data: ${customer}) { id }`)).data).toEqual({ a: null });
    expect(await ofOperator(`customer(by: { id: "${id}" }, shardKey: "t1") { id }`)).toEqual({ id });
  });
});

describe('a failure', () => {
  it('names nothing that the role does not have', async () => {
    const taken = await run('signup', `createCustomer(data: { id: "${id}", name: "c1" }) { id }`);
    expect(taken.errors![0]!.message).toBe('Expected a Customer with all values that it needs, but got one without.');
    expect(JSON.stringify(taken.errors)).not.toMatch(/email|attributes/);
    const checked = await run(
      'editor',
      `createProduct(data: { id: "${id}", sku: "${id}", name: "x", priceCents: 1, stock: -1 }) { id }`,
    );
    expect(checked.errors![0]!.extensions).toMatchObject({ code: 'CHECK_VIOLATION', table: 'Product' });
    expect(JSON.stringify(checked.errors)).not.toMatch(/products_stock/);
    const bulk = await run(
      'editor',
      `createProducts(data: [{ id: "${id}", sku: "${id}", name: "x", priceCents: 1, stock: -1 }]) { results { message } }`,
    );
    expect(JSON.stringify(bulk)).not.toMatch(/products_stock/);
    expect(
      JSON.stringify(
        await run(
          'admin',
          `createProduct(data: { id: "${id}", sku: "${id}", name: "x", priceCents: 1, stock: -1 }) { id }`,
        ),
      ),
    ).toMatch(/products_stock/);
  });
});

describe('a write with an idempotency key', () => {
  const keyed = () => ({ headers: { 'idempotency-key': `key-${id}` } });

  it('is answered again while the caller may read its row, and belongs to the caller', async () => {
    const write = `createReview(data: { id: "${id}", rating: 4, body: "x", productId: "p1" }) { id body }`;
    const first = await run('customer', write, keyed());
    expect(first.data).toEqual({ a: { id, body: 'x' } });
    expect((await run('customer', write, keyed())).data).toEqual(first.data);
    const order = `updateOrder(by: { id: "o1" }, data: { note: "${id}" }) { id note }`;
    const options = { headers: { 'idempotency-key': `order-${id}` } };
    expect((await run('customer', order, options)).data).toEqual({ a: { id: 'o1', note: id } });
    await ask(null, 'mutation { updateOrder(by: { id: "o1" }, shardKey: "t1", data: { customerId: "c2" }) { id } }');
    const again = await run('customer', order, options);
    await ask(null, 'mutation { updateOrder(by: { id: "o1" }, shardKey: "t1", data: { customerId: "c1" }) { id } }');
    expect(codeOf(again)).toBe('FORBIDDEN');
    expect(JSON.stringify(again)).not.toContain(`"note":"${id}"`);
  });
});

describe('users’ code', () => {
  it('writes by the rules of the caller', async () => {
    expect(codeOf(await run('customer', 'note(id: "o1", text: "mine") { id note }'))).toBe('OK');
    expect(codeOf(await run('customer', 'note(id: "o2", text: "theirs") { id note }'))).toBe('NOT_FOUND');
    expect(codeOf(await run('customer', 'raisePrice(id: "p1") { id }'))).toBe('FORBIDDEN');
  });

  it('writes with all rights if it says so; what it gives is shown by the rules of the caller', async () => {
    const answer = await run('customer', 'noteElevated(id: "o2", text: "theirs") { id note }');
    expect(answer).toMatchObject({ data: { a: null } });
    expect(answer.errors).toBeUndefined();
    expect(await ofOperator('order(by: { id: "o2" }, shardKey: "t1") { note }')).toEqual({ note: 'theirs' });
    expect((await run('customer', 'noteElevated(id: "o1", text: "mine") { id note }')).data).toEqual({
      a: { id: 'o1', note: 'mine' },
    });
  });
});
