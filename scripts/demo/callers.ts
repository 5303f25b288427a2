import { makeShop } from './shop.ts';

/** Somebody of the demo, as `x-shardql-as` names them. */
export interface DemoCaller {
  readonly role: string;
  readonly claims: Readonly<Record<string, string>>;
}

/** One for each role of the demo's model: those of the first tenant, and a customer who has ordered and reviewed. */
export function demoCallers(): readonly DemoCaller[] {
  const { tenants, customers, orders, reviews } = makeShop();
  const shardKey = tenants[0]!.id;
  const customer = customers.find(
    ({ tenant_id, id }) =>
      tenant_id === shardKey && [orders, reviews].every((rows) => rows.some(({ customer_id }) => customer_id === id)),
  )!;
  return [
    { role: 'anonymous', claims: {} },
    { role: 'customer', claims: { shardKey, customerId: customer.id } },
    { role: 'admin', claims: { shardKey } },
    { role: 'operator', claims: {} },
  ];
}

/** `<role> {claims as JSON}` */
export const callerText = ({ role, claims }: DemoCaller): string =>
  Object.keys(claims).length === 0 ? role : `${role} ${JSON.stringify(claims)}`;

/** What `npm start` prints: who may see what is seen by being them. */
export function howToAskAsOthers(): string {
  return [
    'to ask as somebody else, send a header (docs/authentication.md):',
    ...demoCallers().map((caller) => `  x-shardql-as: ${callerText(caller)}`),
    "or a token: npm run -s shardql -- token --as '<role> {claims}'",
  ].join('\n');
}
