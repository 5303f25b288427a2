/** The demo in the production configuration, with what attackers of the HTTP layer look for: callers who are known by a cookie. */
import type { WorkerOptions } from '../../../src/index.ts';
import { graphql, type Send, shopWorker } from '../support.ts';

export const OPERATOR_TOKEN = '0123456789abcdef0123456789abcdef';
export const APP = 'https://app.example.com';

/** What browsers send along with every request to the API, whichever page made it: the session of an operator. */
export const COOKIE = { cookie: 'session=root' };

const VARIABLES = { SHARDQL_OPERATOR_TOKEN: OPERATOR_TOKEN };

const OPTIONS: Partial<WorkerOptions> = {
  cors: { origins: [APP, 'https://*.partner.example'], credentials: true },
  authenticate: {
    request: (request) => (request.headers.get('cookie') === COOKIE.cookie ? { sub: 'root' } : null),
    caller: () => ({ role: 'operator' }),
  },
};

export const cookieShop = (options: Partial<WorkerOptions> = {}): Send =>
  shopWorker(VARIABLES, { ...OPTIONS, ...options });

/** What an attack must not do. */
export const FORGED = 'mutation { createTenant(data: { id: "forged", name: "x", plan: FREE, settings: {} }) { id } }';

/** Whether it was done. */
export async function isForged(send: Send): Promise<boolean> {
  const query = '{ tenant(by: { id: "forged" }) @consistency(mode: STRONG) { id } }';
  const answer = await send('/graphql', graphql(query, { authorization: `Bearer ${OPERATOR_TOKEN}` }));
  const { data } = await answer.json<{ data: { tenant: unknown } }>();
  return data.tenant !== null;
}

/** What every answer has, whatever was asked. */
export function problemsOf(response: Response, text: string): string[] {
  const { headers } = response;
  const problems: string[] = [];
  const expected: Record<string, string | null> = {
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cache-control': 'no-store',
    'set-cookie': null,
  };
  for (const [name, value] of Object.entries(expected)) {
    if (headers.get(name) !== value) problems.push(`${name}: ${headers.get(name)}`);
  }
  if (!/^[0-9a-f-]{36}$/.test(headers.get('x-request-id') ?? '')) problems.push('no request id of its own');
  for (const inside of INSIDE) if (inside.test(text)) problems.push(`shows ${inside}`);
  return problems;
}

/** What no answer shows: stacks, paths of sources, SQL, SQLite, bindings, the platform, secrets. */
export const INSIDE: readonly RegExp[] = [
  /\bat \S+ \(?\S*:\d+:\d+/,
  /\.ts\b|\.js\b|node_modules|file:\/\//,
  /\b(SELECT|INSERT INTO|UPDATE \w+ SET|DELETE FROM|PRAGMA|CREATE TABLE)\b/,
  /sqlite|SQLITE|\b_log\b|\b_keys\b|_api_keys|_audit_log|tenant_id|created_at/,
  /DurableObject|workerd|jsg\.|cloudflare:|\[object /,
  /TypeError|RangeError|ReferenceError|undefined is not|Cannot read prop/,
  new RegExp(OPERATOR_TOKEN),
];
