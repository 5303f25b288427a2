/** GraphiQL in a real browser: a nested query over the demo data answers, and nothing is asked of any other machine. */
import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startProcess } from '../support/server.ts';

/** Chromium is no dependency: the test uses what the machine has. */
const CHROMIUM = [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path));

describe.skipIf(CHROMIUM === undefined)('GraphiQL', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  const foreign: string[] = [];
  const failures: string[] = [];

  beforeAll(async () => {
    server = await startProcess({ demo: true });
    browser = await chromium.launch({ executablePath: CHROMIUM!, args: ['--no-sandbox'] });
    const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
    // Offline: what does not go to the server fails, and is remembered.
    await context.route('**/*', (route) => {
      const url = new URL(route.request().url());
      if (url.origin === server.origin || ['data:', 'blob:'].includes(url.protocol)) return route.continue();
      foreign.push(url.href);
      return route.abort();
    });
    page = await context.newPage();
    page.on('pageerror', (error) => failures.push(String(error)));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it('answers a three-level query over the demo data', async () => {
    await page.goto(server.url);
    const query =
      '{ tenants(first: 2) { nodes { name customers(first: 2) { nodes { name orders(first: 2) { totalCount } } } } } }';
    const editor = page.locator('.graphiql-query-editor .view-lines').first();
    await editor.waitFor({ timeout: 30_000 });
    await editor.click();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.press('Delete');
    await page.keyboard.insertText(query);
    const [tenant] = (await server.graphql(query)).data.tenants.nodes;
    // The editor shows spaces as no-break spaces.
    const result = async () => (await page.locator('.result-window').innerText()).replaceAll('\u00a0', ' ');
    // GraphiQL notices a little later that the operation of the tab, whose name it sends along, is gone.
    const execute = async () => {
      await page.getByRole('button', { name: /execute query/i }).click();
      await page.waitForTimeout(1_000);
      return await result();
    };
    await expect.poll(execute, { timeout: 30_000, interval: 500 }).toContain(`"name": ${JSON.stringify(tenant.name)}`);
    expect(await result()).toContain(`"totalCount": ${tenant.customers.nodes[0].orders.totalCount}`);
    if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
    expect(failures).toEqual([]);
  });

  it('shows those examples at a first visit that the model has the fields for, and executes none of them', async () => {
    const visitor = await browser.newContext();
    const first = await visitor.newPage();
    await first.route('**/examples.json', (route) =>
      route.fulfill({
        json: [
          { query: 'query Sold { products { totalCount } }' },
          { query: 'query Gone { telephones { totalCount } }' },
          { query: 'mutation Founded { createTenant(data: { name: "Visited", plan: FREE, settings: {} }) { id } }' },
        ],
      }),
    );
    await first.goto(server.url);
    await first.locator('.graphiql-query-editor .view-lines').first().waitFor({ timeout: 30_000 });
    expect(await first.locator('.graphiql-tab-button').allInnerTexts()).toEqual(['Sold', 'Founded']);
    const { data } = await server.graphql('{ tenants(where: { name: { eq: "Visited" } }) { totalCount } }');
    expect(data.tenants.totalCount).toBe(0);
    await visitor.close();
  });

  it('asks nothing of any other machine', () => {
    expect(foreign).toEqual([]);
  });
});
