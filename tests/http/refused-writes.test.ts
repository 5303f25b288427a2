/** What callers are told of writes that access rules refuse: in development by which rule, elsewhere not. */
import { beforeAll, describe, expect, it } from 'vitest';
import shopRules from '../models/shop-rules.ts';
import { type Answer, AS, fillShop, type Role } from './access-shop.ts';
import { graphql, shopWorker } from './support.ts';

const AS_OF_PRODUCTION = 'x-as';

/** Who sends a request to production, its header says. */
const claimsOf = ({ headers }: Request) => {
  const [, role, claims = '{}'] = /^(\S+) ?(.*)$/.exec(headers.get(AS_OF_PRODUCTION)!)!;
  return { role, ...JSON.parse(claims) };
};

const REFUSED: readonly (readonly [rule: string, role: Role, mutation: string])[] = [
  ['Order.access.customer.update.where', 'customer', 'updateOrder(by: { id: "o3" }, data: { note: "x" }) { id }'],
  [
    'Order.access.customer.update.transitions',
    'customer',
    'updateOrder(by: { id: "o1" }, data: { status: PAID }) { id }',
  ],
  ['Review.access.customer.update.where', 'customer', 'updateReview(by: { id: "r2" }, data: { rating: 1 }) { id }'],
  ['Review.access.customer.delete', 'customer', 'deleteReview(by: { id: "r2" }) { id }'],
  [
    'Customer.access.kiosk.update',
    'kiosk',
    'createCustomers(data: [{ id: "k", name: "k", email: "k@t1.org", attributes: {} }], onConflict: UPDATE) { affectedCount }',
  ],
  [
    'OrderItem.access.customer.create.check',
    'customer',
    'createOrderItem(data: { id: "x", orderId: "o3", productId: "p1", quantity: 1, unitPriceCents: 1 }) { id }',
  ],
];

describe('a write that a rule refuses', () => {
  beforeAll(fillShop);

  const development = shopWorker({ SHARDQL_DEVELOPMENT: 'true' }, { model: shopRules });
  const production = shopWorker({}, { model: shopRules, authenticate: { request: claimsOf } });

  const ask = async (send: typeof development, mutation: string, headers: Record<string, string>): Promise<Answer> =>
    await (await send('/graphql', graphql(`mutation { a: ${mutation} }`, headers))).json<Answer>();

  it.each(REFUSED)('names it in development, and nowhere else: %s', async (rule, role, mutation) => {
    const [developed] = (await ask(development, mutation, { 'x-shardql-as': AS[role] })).errors!;
    expect(developed).toMatchObject({
      message: expect.stringMatching(new RegExp(`^Expected .*\\. Denied by ${rule.replaceAll('.', '\\.')}\\.$`)),
      extensions: { code: 'FORBIDDEN', accessRule: rule },
    });
    const answer = await ask(production, mutation, { [AS_OF_PRODUCTION]: AS[role] });
    expect(answer.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
    expect(answer.errors![0]!.message).toBe(developed!.message.replace(/ Denied by .*$/, ''));
    expect(JSON.stringify(answer)).not.toMatch(/accessRule|\.access\.|transitions|Denied/);
  });
});
