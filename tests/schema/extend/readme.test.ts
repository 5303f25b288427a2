import { expect, it } from 'vitest';
import readme from '../../../README.md?raw';
import extensions from '../../../src/schema/extensions.ts';
import source from '../../../src/schema/extensions.ts?raw';
import { shopWorker } from '../../http/support.ts';
import { postGraphQL } from '../../support/graphql.ts';

const section = readme.split('## Your own fields\n')[1]!.split('\n## ')[0]!;
const [code, query] = [...section.matchAll(/```(?:ts|graphql)\n([\s\S]*?)\n```/g)].map(([, text]) => text!);

it('the README shows the demo’s extensions as they are, and its query runs', async () => {
  expect(source).toContain(code);
  const send = shopWorker(undefined, { extensions });
  const ask = (document: string, variables = {}) =>
    postGraphQL('/graphql', document, variables, {}, send as Parameters<typeof postGraphQL>[4]);
  await ask(`mutation {
    createTenant(data: { id: "r1", name: "R", plan: PRO, settings: {} }) { id }
    ann: createCustomer(data: { tenantId: "r1", id: "ann", name: "Ann  van Bee", email: "ann@r.test", attributes: {} }) { id }
    bob: createCustomer(data: { tenantId: "r1", id: "bob", name: "bob", email: "bob@r.test", attributes: {} }) { id }
    a: createOrder(data: { tenantId: "r1", customerId: "ann", status: PAID, totalCents: 5, shipping: {} }) { id }
    b: createOrder(data: { tenantId: "r1", customerId: "bob", status: PAID, totalCents: 7, shipping: {} }) { id }
    c: createOrder(data: { tenantId: "r1", customerId: "ann", status: CANCELLED, totalCents: 9, shipping: {} }) { id }
  }`);
  const answer = await ask(query!, { tenant: 'r1' });
  expect(answer.errors).toEqual([]);
  const ordersOf = (totalCents: number) => ({ nodes: [{ totalCents, items: { totalCount: 0 } }] });
  expect(answer.data.bestCustomers).toEqual([
    { initials: 'b', orders: ordersOf(7) },
    { initials: 'AvB', orders: ordersOf(9) },
  ]);
  const { errors } = await ask('{ bestCustomers(tenantId: "r1", limit: 0) { name } }');
  expect(errors).toMatchObject([
    { message: 'Expected limit to be at least 1, but got 0.', extensions: { code: 'BAD_USER_INPUT' } },
  ]);
});
