import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { callerText, demoCallers, howToAskAsOthers } from '../../scripts/demo/callers.ts';
import { exampleTabs } from '../../scripts/demo/example-queries.ts';
import { loadShop } from '../../scripts/demo/load-shop.ts';
import { makeShop } from '../../scripts/demo/shop.ts';
import { StartError } from '../../scripts/start/start-error.ts';
import { postGraphQL } from '../support/graphql.ts';
import { makeFolder, runStart } from './run-start.ts';

const COUNTS = `{ tenants { totalCount } customers { totalCount } products { totalCount }
  orders { totalCount } orderItems { totalCount } reviews { totalCount } }`;

describe('the demo', () => {
  it('is the same at every making', () => {
    expect(makeShop()).toEqual(makeShop());
  });

  it('names callers whose rows exist', () => {
    const { tenants, customers, orders } = makeShop();
    const callers = new Map(demoCallers().map(({ role, claims }) => [role, claims]));
    const { shardKey, customerId } = callers.get('customer')!;
    expect(tenants.map(({ id }) => id)).toContain(shardKey);
    expect(callers.get('admin')).toEqual({ shardKey });
    expect(customers).toContainEqual(expect.objectContaining({ id: customerId, tenant_id: shardKey }));
    expect(orders).toContainEqual(expect.objectContaining({ customer_id: customerId, tenant_id: shardKey }));
    expect(callerText({ role: 'customer', claims: { customerId: 'c9' } })).toBe('customer {"customerId":"c9"}');
    expect(callerText({ role: 'operator', claims: {} })).toBe('operator');
  });

  it('shows curl how to ask as each role of the model, those that were added since among them', () => {
    const claimsByRole = { anonymous: [], admin: ['shardKey'], support: ['shardKey', 'region'] };
    const [tenant] = makeShop().tenants;
    const lines = howToAskAsOthers(claimsByRole, demoCallers()).split('\n');
    expect(lines).toEqual([
      expect.stringContaining('add a header'),
      "  -H 'x-shardql-as: anonymous'",
      `  -H 'x-shardql-as: admin {"shardKey":"${tenant!.id}"}'`,
      "  -H 'x-shardql-as: operator'",
      `  -H 'x-shardql-as: support {"shardKey":"${tenant!.id}","region":"<region>"}'`,
      expect.stringContaining('or a token'),
    ]);
    expect(howToAskAsOthers({ support: ['shardKey'] }, [])).toContain('support {"shardKey":"<shardKey>"}');
  });

  it('whose loading was cut off is complete after the next start, and is not loaded again by the one after', async () => {
    const data = makeFolder();
    const cut = await runStart({ data, args: [] });
    const seen = new Promise<void>((resolve) => {
      cut.child.stdout?.on('data', (chunk) => String(chunk).includes('  customers: ') && resolve());
    });
    await seen;
    cut.child.kill('SIGKILL');
    await cut.ended;

    const whole = await runStart({ data, args: [] });
    const url = await whole.ready;
    const shop = makeShop();
    expect((await postGraphQL(url, COUNTS)).data).toEqual({
      tenants: { totalCount: shop.tenants.length },
      customers: { totalCount: shop.customers.length },
      products: { totalCount: shop.products.length },
      orders: { totalCount: shop.orders.length },
      orderItems: { totalCount: shop.order_items.length },
      reviews: { totalCount: shop.reviews.length },
    });
    for (const { query, as } of exampleTabs()) {
      const { data: answer, errors } = await postGraphQL(url, query, {}, { 'x-shardql-as': as });
      expect(errors).toEqual([]);
      expect(Object.values(answer)).not.toContain(null);
    }
    whole.child.kill('SIGTERM');
    const { output } = await whole.ended;
    for (const caller of demoCallers()) expect(output).toContain(`  -H 'x-shardql-as: ${callerText(caller)}'\n`);

    const again = await runStart({ data, args: [] });
    await again.ready;
    again.child.kill('SIGTERM');
    expect((await again.ended).output).not.toContain('loading');
  });

  it('is answered from as a whole only: until it is loaded, everybody is told so, then browsers have GraphiQL', async () => {
    const run = await runStart({ args: [] });
    const answers = new Set<string>();
    const pages = new Set<string>();
    const look = async () => {
      const answer = await postGraphQL(`http://127.0.0.1:${run.port}/graphql`, COUNTS).catch(() => null);
      if (answer)
        answers.add(
          answer.data ? `${answer.data.reviews.totalCount} rows` : String(answer.errors[0]?.extensions?.code),
        );
      const page = await fetch(`http://127.0.0.1:${run.port}/`, { headers: { accept: 'text/html' } }).catch(() => null);
      if (page) pages.add(`${page.status} ${/<title>(.*)<\/title>/.exec(await page.text())?.[1]}`);
    };
    const isReady = run.ready.then(() => true);
    while (!(await Promise.race([isReady, new Promise<false>((done) => setTimeout(done, 50, false))]))) await look();
    await look();
    expect([...answers]).toEqual(['SHARD_UNAVAILABLE', `${makeShop().reviews.length} rows`]);
    expect([...pages]).toEqual(['503 ShardQL · loading', '200 ShardQL · GraphiQL']);

    // The page comes from this server alone, with the example queries.
    const page = await fetch(`http://127.0.0.1:${run.port}/graphql`, { headers: { accept: 'text/html' } });
    const html = await page.text();
    expect(html).not.toMatch(/https?:\/\//);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    const assets = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path!);
    expect(assets.length).toBeGreaterThan(1);
    for (const path of assets) expect((await run.get(path)).status).toBe(200);
    expect(await (await run.get('/_shardql/graphiql/examples.json')).json()).toEqual(exampleTabs());
    for (const path of [
      '/_shardql/graphiql/nothing.js',
      '/_shardql/graphiql/..%2f..%2fpackage.json',
      '/_shardql/graphiql/page',
    ]) {
      expect((await run.get(path)).status).toBe(404);
    }
  });

  describe('that the API refuses', () => {
    async function loadInto(status: number, body: string) {
      const api = createServer((_, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1');
      onTestFinished(() => void api.close());
      await once(api, 'listening');
      const data = makeFolder();
      const lines: string[] = [];
      const { port } = api.address() as AddressInfo;
      const error = await loadShop(`http://127.0.0.1:${port}`, data, (line) => lines.push(line)).catch(
        (thrown: unknown) => thrown,
      );
      // Nothing says that it was loaded: the next start tries again.
      expect(readdirSync(data)).toEqual([]);
      return { lines, error };
    }
    const failures = (code: string) => JSON.stringify({ failures: [{ line: 1, code, message: 'Expected a plan.' }] });
    const errors = (code: string) =>
      JSON.stringify({ errors: [{ message: 'Expected a plan.', extensions: { code } }] });

    it.each([
      [503, errors('SHARD_UNAVAILABLE'), 'SHARD_UNAVAILABLE: Expected a plan.'],
      [200, failures('SHARD_UNAVAILABLE'), 'SHARD_UNAVAILABLE: Expected a plan.'],
      [500, errors('INTERNAL_SERVER_ERROR'), 'INTERNAL_SERVER_ERROR: Expected a plan.'],
    ])('since it cannot write now, ends the start (%i %s)', async (status, body, message) => {
      const { error } = await loadInto(status, body);
      expect(error).toBeInstanceOf(StartError);
      expect((error as StartError).message).toBe(`The demo data cannot be loaded: tenants: ${message}`);
    });

    it.each([
      [400, errors('BAD_USER_INPUT')],
      [200, failures('CHECK_VIOLATION')],
      [200, failures('NOT_NULL_VIOLATION')],
      [200, failures('BAD_USER_INPUT')],
    ])('since its model is another, is left out, and told (%i %s)', async (status, body) => {
      const { error, lines } = await loadInto(status, body);
      expect(error).toBeUndefined();
      expect(lines).toEqual([
        'no demo data: it does not fit the model (tenants: Expected a plan.). --empty leaves it out.',
      ]);
    });
  });

  it('is left out by --empty', async () => {
    const run = await runStart({ args: ['--empty'] });
    const { data } = await postGraphQL(await run.ready, '{ tenants { totalCount } }');
    expect(data).toEqual({ tenants: { totalCount: 0 } });
    // Their keys are those of rows.
    expect(await (await run.get('/_shardql/graphiql/examples.json')).json()).toEqual([]);
  });
});
