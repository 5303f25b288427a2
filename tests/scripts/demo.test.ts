import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
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
    for (const { query } of exampleTabs()) {
      const { data: answer, errors } = await postGraphQL(url, query);
      expect(errors).toEqual([]);
      expect(Object.values(answer)).not.toContain(null);
    }
    whole.child.kill('SIGTERM');
    await whole.ended;

    const again = await runStart({ data, args: [] });
    await again.ready;
    again.child.kill('SIGTERM');
    expect((await again.ended).output).not.toContain('loading');
  });

  it.each([
    [
      503,
      '{"errors":[{"message":"Expected a shard."}]}',
      'The demo data cannot be loaded: tenants: {"errors":[{"message":"Expected a shard."}]}',
    ],
    [
      200,
      '{"failures":[{"line":1,"code":"CHECK_VIOLATION","message":"Expected a plan."}]}',
      'The demo data cannot be loaded: tenants: CHECK_VIOLATION: Expected a plan.',
    ],
  ])('that the API refuses ends the start, and is tried again by the next (%i)', async (status, body, message) => {
    const api = createServer((_, response) => response.writeHead(status).end(body)).listen(0, '127.0.0.1');
    onTestFinished(() => void api.close());
    await once(api, 'listening');
    const data = makeFolder();
    const { port } = api.address() as AddressInfo;
    const loading = loadShop(`http://127.0.0.1:${port}`, data, () => {});
    await expect(loading).rejects.toThrow(message);
    await expect(loading).rejects.toBeInstanceOf(StartError);
    expect(readdirSync(data)).toEqual([]);
  });

  it('is left out by --empty', async () => {
    const run = await runStart({ args: ['--empty'] });
    const { data } = await postGraphQL(await run.ready, '{ tenants { totalCount } }');
    expect(data).toEqual({ tenants: { totalCount: 0 } });
  });

  it('has a page for browsers, with the example queries, from this server alone', async () => {
    const run = await runStart({ args: ['--empty'] });
    await run.ready;
    const page = await fetch(`http://127.0.0.1:${run.port}/graphql`, { headers: { accept: 'text/html' } });
    const html = await page.text();
    expect(html).not.toMatch(/https?:\/\//);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'self'");
    const assets = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path!);
    expect(assets.length).toBeGreaterThan(1);
    for (const path of assets) expect((await run.get(path)).status).toBe(200);
    expect(await (await run.get('/graphiql/examples.json')).json()).toEqual(exampleTabs());
    for (const path of ['/graphiql/nothing.js', '/graphiql/..%2f..%2fpackage.json', '/graphiql/page']) {
      expect((await run.get(path)).status).toBe(404);
    }
  });
});
