/** GraphiQL in a real browser: a nested query over the demo data answers, and nothing is asked of any other machine. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { callerText, demoCallers } from '../../scripts/demo/callers.ts';
import { makeShop } from '../../scripts/demo/shop.ts';
import { CHROMIUM, launchChromium } from '../support/chromium.ts';
import { type Server, startProcess } from '../support/server.ts';

const callerOf = (role: string) => demoCallers().find((caller) => caller.role === role)!;
const { claims } = callerOf('customer');
const CUSTOMER = callerText(callerOf('customer'));

interface Asked {
  /** `x-shardql-as`; undefined: it has none. */
  readonly as: string | undefined;
  readonly operationName: string | undefined;
}

describe.skipIf(CHROMIUM === undefined)('GraphiQL', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  const foreign: string[] = [];
  const failures: string[] = [];

  beforeAll(async () => {
    server = await startProcess({ demo: true });
    browser = await launchChromium();
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
    expect(failures).toEqual([]);
  });

  it('shows tabs of the model at a first visit, and those examples that it has the fields for, and executes none that change anything', async () => {
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
    expect(await first.locator('.graphiql-tab-button').allInnerTexts()).toEqual([
      ...['ListOrders', 'OneOrder', 'FilterOrders', 'ChangeOrder', 'CachedOrders', 'TraceOrders'],
      ...['Sold', 'Founded'],
    ]);
    const { data } = await server.graphql('{ tenants(where: { name: { eq: "Visited" } }) { totalCount } }');
    expect(data.tenants.totalCount).toBe(0);
    await visitor.close();
  });

  describe('as another caller', () => {
    let page: Page;
    const asked: Asked[] = [];
    /** Of the schema that was fetched last. */
    let productFields: string[] = [];

    beforeAll(async () => {
      page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      page.on('pageerror', (error) => failures.push(String(error)));
      page.on('request', (request) => {
        if (request.method() !== 'POST') return;
        asked.push({ as: request.headers()['x-shardql-as'], operationName: request.postDataJSON().operationName });
      });
      page.on('response', async (response) => {
        if (response.request().postDataJSON()?.operationName !== 'IntrospectionQuery') return;
        const { data } = await response.json();
        const { fields } = data.__schema.types.find(({ name }: { name: string }) => name === 'Product');
        productFields = fields.map(({ name }: { name: string }) => name);
      });
      await open();
    });

    const role = () => page.getByLabel('Ask as');
    const claimsField = () => page.getByLabel('with claims');
    const tab = (name: string) => page.locator('.graphiql-tab-button', { hasText: name });
    const result = async () => (await page.locator('.result-window').innerText()).replaceAll('\u00a0', ' ');

    async function open(): Promise<void> {
      await page.goto(server.url);
      await page.locator('.graphiql-query-editor .view-lines').first().waitFor({ timeout: 30_000 });
    }

    /** Fields of `Query` that the explorer shows. */
    async function shownFields(): Promise<string[]> {
      const explorer = page.locator('.graphiql-doc-explorer');
      if (!(await explorer.isVisible())) await page.getByRole('button', { name: /show documentation/i }).click();
      const query = explorer.getByRole('link', { name: 'Query', exact: true }).first();
      if (await query.isVisible()) await query.click();
      return explorer.locator('.graphiql-doc-explorer-field-name').allInnerTexts();
    }

    const expectShown = async (present: readonly string[], absent: readonly string[]) => {
      await expect.poll(shownFields, { timeout: 15_000 }).toEqual(expect.arrayContaining([...present]));
      for (const name of absent) expect(await shownFields()).not.toContain(name);
    };

    it('asks as the developer at first, who sees everything', async () => {
      expect(await role().inputValue()).toBe('developer');
      expect(await claimsField().count()).toBe(0);
      expect(await role().locator('option').allInnerTexts()).toEqual(
        expect.arrayContaining(['developer', ...demoCallers().map((caller) => caller.role)]),
      );
      await expectShown(['tenants', 'customers', 'orders', 'products', 'reviews'], []);
      expect(productFields).toContain('stock');
      expect(asked.filter(({ operationName }) => operationName === 'IntrospectionQuery')).toEqual([
        { as: undefined, operationName: 'IntrospectionQuery' },
      ]);
    });

    it('asks as the role of the tab that is open, with claims of a row that exists', async () => {
      await tab('MyOrders').click();
      expect(await role().inputValue()).toBe('customer');
      expect(JSON.parse(await claimsField().inputValue())).toEqual(claims);
      expect(await claimsField().getAttribute('placeholder')).toBe('{"shardKey":"…","customerId":"…"}');
      // Shops show customers no stocks.
      await expect.poll(() => productFields, { timeout: 15_000 }).not.toContain('stock');
      expect(productFields).toContain('priceCents');
      await page.getByRole('button', { name: /execute query/i }).click();
      const own = makeShop().orders.filter(({ customer_id }) => customer_id === claims.customerId);
      await expect.poll(result, { timeout: 15_000 }).toContain(`"totalCount": ${own.length}`);
      expect(asked.at(-1)).toEqual({ as: CUSTOMER, operationName: 'MyOrders' });
      if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT });
    });

    it('shows anyone but products and reviews', async () => {
      await tab('WhatAnyoneSees').click();
      expect(await role().inputValue()).toBe('anonymous');
      await expectShown(['products', 'reviews'], ['customers', 'orders']);
      await page.getByRole('button', { name: /execute query/i }).click();
      await expect.poll(result, { timeout: 15_000 }).toContain('"priceCents"');
      expect(asked.at(-1)).toEqual({ as: 'anonymous', operationName: 'WhatAnyoneSees' });
    });

    it('switches the role of a tab by keyboard, and fetches the schema for it', async () => {
      await role().focus();
      await page.keyboard.type('operator');
      expect(await role().inputValue()).toBe('operator');
      await expectShown(['tenants', 'customers', 'orders', 'products', 'reviews'], []);
      expect(asked.at(-1)).toEqual({ as: 'operator', operationName: 'IntrospectionQuery' });
      await role().focus();
      await page.keyboard.press('Tab');
      expect(await claimsField().evaluate((field) => field.matches(':focus'))).toBe(true);
    });

    it('takes claims at Enter, and says what is wrong with them', async () => {
      await tab('MyOrders').click();
      await claimsField().fill('{ "customerId": ');
      await claimsField().press('Enter');
      await expect
        .poll(() => page.getByRole('region', { name: 'Caller' }).getByRole('alert').innerText())
        .toContain('Expected claims to be a JSON object');
      expect(await claimsField().getAttribute('aria-invalid')).toBe('true');
      await claimsField().fill('{ "shardkey": "t1", "customerId": "c1" }');
      await claimsField().press('Enter');
      const hint = page.getByRole('region', { name: 'Caller' }).getByRole('status');
      await expect.poll(() => hint.innerText()).toContain('uses the claim "shardkey". Did you mean "shardKey"?');
      await claimsField().fill('{ "shardKey": "t1", "customerId": "É" }');
      await claimsField().press('Enter');
      await expect.poll(() => asked.at(-1)?.as).toBe('customer {"shardKey":"t1","customerId":"\\u00c9"}');
      await page.getByRole('button', { name: /execute query/i }).click();
      await expect.poll(result, { timeout: 15_000 }).toContain('"totalCount": 0');
    });

    it('remembers the role of each tab and the claims of each role, and gives a new tab those of the last', async () => {
      // GraphiQL writes its tabs a little later.
      await page.waitForTimeout(1_000);
      await open();
      expect([await role().inputValue(), await claimsField().inputValue()]).toEqual([
        'customer',
        '{ "shardKey": "t1", "customerId": "É" }',
      ]);
      await tab('WhatAnyoneSees').click();
      expect(await role().inputValue()).toBe('operator');
      await tab('ListOrders').click();
      expect(await role().inputValue()).toBe('developer');
      await tab('MyShop').click();
      expect(await role().inputValue()).toBe('admin');
      await page.getByRole('button', { name: 'New tab' }).click();
      expect(await role().inputValue()).toBe('admin');
      expect(failures).toEqual([]);
    });
  });

  describe('the last response', () => {
    let page: Page;
    beforeAll(async () => {
      page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
      page.on('pageerror', (error) => failures.push(String(error)));
      await page.goto(server.url);
      await page.locator('.graphiql-query-editor .view-lines').first().waitFor({ timeout: 30_000 });
    });

    const panel = () => page.locator('.shardql-panel');
    const summary = () => page.locator('.shardql-summary');
    const facts = async () =>
      Object.fromEntries(
        await Promise.all(
          (await panel().locator('dl > div').all()).map(
            async (fact) => [await fact.locator('dt').innerText(), await fact.locator('dd').innerText()] as const,
          ),
        ),
      );
    const execute = async () => {
      const answered = page.waitForResponse((response) => response.request().method() === 'POST');
      await page.getByRole('button', { name: /execute query/i }).click();
      return await (await answered).json();
    };

    const openTab = async (name: string) => {
      await page.locator('.graphiql-tab-button', { hasText: name }).click();
      await expect.poll(() => page.locator('.graphiql-query-editor').innerText()).toContain(name);
    };

    it('is summed up below it, and opens by that', async () => {
      await execute();
      await expect.poll(() => summary().innerText()).toMatch(/^[\d.]+ ms · from shard$/);
      await summary().click();
      await expect.poll(() => panel().innerText()).toContain('Switch tracing on');
      expect(await panel().locator('table').innerText()).toMatch(/orders\s+4 shards\s+[\d.]+ ms\s+STRONG/);
    });

    it('tells shards, calls, rows, steps and statements of a traced request', async () => {
      await page.getByLabel(/trace requests/i).check();
      const { trace } = (await execute()).extensions;
      await expect.poll(async () => (await facts()).Calls).toBe('4');
      expect(await facts()).toMatchObject({
        Shards: 'shard-0, shard-1, shard-2, shard-3',
        'Rows read': trace.rowsRead.toLocaleString('en-US'),
        'Rows written': '0',
      });
      expect(await summary().innerText()).toContain('4 shards · 4 calls');
      const steps = panel().getByRole('region', { name: 'Steps' });
      expect(await steps.locator('.shardql-step').count()).toBe(trace.steps.length);
      await steps.locator('details summary').first().click();
      await expect.poll(() => steps.locator('pre').first().innerText()).toContain('SELECT');
      await panel().getByRole('region', { name: 'Plans' }).locator('summary').first().click();
      expect(await panel().getByRole('region', { name: 'Plans' }).innerText()).toContain('page of Order');
    });

    it('tells from which cache, and how old', async () => {
      await openTab('CachedOrders');
      const askAgain = async () => {
        await execute();
        return (await panel().locator('table').allInnerTexts()).join();
      };
      await expect.poll(askAgain, { timeout: 15_000 }).toMatch(/orders\s+memory\s+[\d,.]+ m?s\s+CACHED/);
      expect((await facts()).Calls).toBe('0');
    });

    it('asks for a trace by a header of its tab', async () => {
      await page.getByLabel(/trace requests/i).uncheck();
      await openTab('TraceOrders');
      // GraphiQL notices a little later that another operation is open.
      await expect.poll(async () => (await execute()).extensions.trace.rpcs, { timeout: 15_000 }).toBe(4);
    });

    it('shows the documentation, and follows its links', async () => {
      await page.getByRole('button', { name: /show guide/i }).click();
      await panel().getByRole('link', { name: 'filters', exact: true }).first().click();
      await expect.poll(() => panel().locator('h1').innerText()).toBe('Filters');
      expect(await panel().locator('table').first().isVisible()).toBe(true);
      expect(failures).toEqual([]);
    });

    it.each([1_600, 1_400, 1_280, 360])('has all tabs in reach at a width of %i', async (width) => {
      await page.setViewportSize({ width, height: 800 });
      const look = () =>
        page.evaluate(() => {
          const list = document.querySelector('.graphiql-tabs')!;
          return {
            scrolls: document.documentElement.scrollWidth > innerWidth,
            isCut: list.scrollWidth > list.clientWidth + 1 && getComputedStyle(list).scrollbarWidth === 'none',
            tabs: [...list.children].filter((tab) => tab.getBoundingClientRect().right <= innerWidth).length,
          };
        });
      const all = width > 700 ? { tabs: 10 } : {};
      // Editors follow a little later.
      await expect.poll(look, { timeout: 15_000 }).toMatchObject({ scrolls: false, isCut: false, ...all });
    });
  });

  it('asks nothing of any other machine', () => {
    expect(foreign).toEqual([]);
  });
});
