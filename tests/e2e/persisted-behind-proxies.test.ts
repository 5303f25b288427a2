/** Answers to GETs of persisted documents, in caches in front of the API: nobody gets those of another. */
import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Proxies, skipsProxies as skips, startProxies } from '../support/proxies/start-proxies.ts';
import { createRandom, pick, seedOfRun } from '../support/random.ts';
import { type Server, startServer } from '../support/server.ts';

const TENANTS = ['one', 'two'] as const;
const DOCUMENTS = ['products', 'products-strong', 'tenants'] as const;
const ACCEPTS = ['application/json', 'application/graphql-response+json'] as const;
const SEED = seedOfRun();

let server: Server;
let proxies: Proxies;
const callers: { readonly name: string; readonly headers: Readonly<Record<string, string>> }[] = [];

const token = (claims: Record<string, unknown>): Promise<string> =>
  new SignJWT({ iss: 'https://issuer.example', aud: 'shop', exp: Math.floor(Date.now() / 1_000) + 600, ...claims })
    .setProtectedHeader({ alg: 'HS256' })
    .sign(new TextEncoder().encode('a secret that both sides of this test share'));

beforeAll(async () => {
  if (skips) return;
  server = await startServer({ shards: 1, config: 'tests/e2e/persisted-worker/wrangler.toml' });
  for (const id of TENANTS) {
    const { errors } = await server.graphql(`mutation {
      createTenant(data: { id: "${id}", name: "tenant ${id}", plan: FREE, settings: {} }) { id }
      createProduct(data: { tenantId: "${id}", id: "p", sku: "S", name: "product of ${id}", priceCents: 5 }) { id }
    }`);
    expect(errors).toEqual([]);
    callers.push({ name: `customer of ${id}`, headers: { authorization: `Bearer ${await token({ sub: id, role: 'customer', shardKey: id, customerId: 'c' })}` } }); // biome-ignore format: one line
  }
  callers.push(
    { name: 'developer', headers: {} },
    { name: 'anonymous', headers: { 'x-shardql-as': 'anonymous' } },
    { name: 'customer by role', headers: { 'x-shardql-as': 'customer {"shardKey":"one","customerId":"c"}' } },
  );
  proxies = await startProxies(new URL(server.url).host);
});

afterAll(async () => {
  await proxies?.stop();
  await server?.stop();
});

const pathOf = (documentId: string, tenant: string) =>
  `?${new URLSearchParams({ documentId, variables: JSON.stringify({ tenant }) })}`;

async function ask(url: string, headers: Readonly<Record<string, string>>) {
  const response = await fetch(url, { headers });
  const { data } = (await response.json()) as { data?: unknown };
  return { data, type: response.headers.get('content-type'), headers: response.headers };
}

const isHit = ({ headers }: { readonly headers: Headers }): boolean =>
  headers.get('x-cache') === 'HIT' || (headers.get('x-varnish')?.split(' ').length ?? 0) > 1;

describe.skipIf(skips).each(['nginx', 'varnish'] as const)('behind %s', (proxy) => {
  it(`callers get their own answers, in any order (SEED=${SEED})`, async () => {
    const random = createRandom(SEED);
    const own = new Map<string, unknown>();
    let hits = 0;
    for (let round = 0; round < 200; round++) {
      const [caller, document, tenant, accept] = [
        pick(random, callers),
        pick(random, DOCUMENTS),
        pick(random, TENANTS),
        pick(random, ACCEPTS),
      ];
      const headers = { ...caller.headers, accept };
      const path = pathOf(document, tenant);
      const key = `${caller.name} ${path}`;
      if (!own.has(key)) own.set(key, (await ask(`${server.url}${path}`, headers)).data);
      const got = await ask(`${proxies.urls[proxy]}${path}`, headers);
      expect({ key, data: got.data, type: got.type }).toEqual({
        key,
        data: own.get(key),
        type: `${accept}; charset=utf-8`,
      });
      if (isHit(got)) {
        hits++;
        // What one caller may see is in no cache that others share.
        expect(caller.name).toBe('anonymous');
        expect(document).not.toBe('products-strong');
      }
    }
    expect(new Set([...own.values()].map((data) => JSON.stringify(data))).size).toBeGreaterThan(4);
    expect(hits).toBeGreaterThan(5);
  });

  it('an answer that must be of now is of now, and not sent twice', async () => {
    const url = `${proxies.urls[proxy]}${pathOf('products-strong', 'one')}`;
    const headers = { 'x-shardql-as': 'anonymous' };
    const first = await ask(url, headers);
    const etag = first.headers.get('etag')!;
    // nginx asks for the whole answer where it might store it.
    const unchanged = await fetch(url, { headers: { ...headers, 'if-none-match': etag } });
    expect(unchanged.status).toBe(proxy === 'nginx' ? 200 : 304);
    const name = `renamed behind ${proxy}`;
    const { errors } = await server.graphql(
      `mutation ($name: String!) { updateProduct(by: { id: "p" }, shardKey: "one", data: { name: $name }) { name } }`,
      { name },
    );
    expect(errors).toEqual([]);
    const changed = await fetch(url, { headers: { ...headers, 'if-none-match': etag } });
    expect([changed.status, await changed.text()]).toEqual([200, expect.stringContaining(name)]);
  });
});
