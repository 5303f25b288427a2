import { shellWord } from '../project/shell-word.ts';
import { makeShop } from './shop.ts';

/** Somebody of the demo, as `x-shardql-as` names them. */
export interface DemoCaller {
  readonly role: string;
  readonly claims: Readonly<Record<string, string>>;
}

const OPERATOR = 'operator';

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
    { role: OPERATOR, claims: {} },
  ];
}

/** `<role> {claims as JSON}` */
export const callerText = ({ role, claims }: DemoCaller): string =>
  Object.keys(claims).length === 0 ? role : `${role} ${JSON.stringify(claims)}`;

/**
 * What `npm start` prints: who may see what is seen by being them.
 *
 * @param claimsByRole the model's roles, each with the names of the claims that its rules use.
 * @param known whose claims are those of rows that exist. Other roles of the model have the claims of the same names, and `<name>` for
 * the rest.
 */
export function howToAskAsOthers(
  claimsByRole: Readonly<Record<string, readonly string[]>>,
  known: readonly DemoCaller[],
): string {
  const values = Object.assign({}, ...known.map(({ claims }) => claims));
  const alive = known.filter(({ role }) => role === OPERATOR || Object.hasOwn(claimsByRole, role));
  const others = Object.entries(claimsByRole)
    .filter(([role]) => known.every((caller) => caller.role !== role))
    .map(([role, names]) => ({
      role,
      claims: Object.fromEntries(names.map((name) => [name, values[name] ?? `<${name}>`])),
    }));
  return [
    'to ask as somebody else, add a header, here for curl (docs/authentication.md):',
    ...[...alive, ...others].map((caller) => `  -H ${shellWord(`x-shardql-as: ${callerText(caller)}`)}`),
    "or a token: npm run -s shardql -- token --as '<role> {claims}'",
  ].join('\n');
}
