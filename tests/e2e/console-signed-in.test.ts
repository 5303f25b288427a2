/** The console of a Worker that runs as deployed: who has no token sees a field for one, and who has one sees what it may. */
import { execFileSync } from 'node:child_process';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barriersOf } from '../support/barriers.ts';
import { CHROMIUM, launchChromium } from '../support/chromium.ts';
import { driverOf } from '../support/console-driver.ts';
import { openConsole, settled, showView, type Watched } from '../support/console-page.ts';
import { type Server, startServer } from '../support/server.ts';

const TOKEN = 'an-operator-token-of-32-letters-or-more';
const OPERATOR = { authorization: `Bearer ${TOKEN}` };

describe.skipIf(CHROMIUM === undefined)('the console as deployed', () => {
  let server: Server;
  let browser: Browser;
  let watched: Watched;
  let page: Page;
  const addresses: string[] = [];

  beforeAll(async () => {
    [server, browser] = await Promise.all([
      startServer({ shards: 2, pages: true, operatorToken: TOKEN }),
      launchChromium(),
    ]);
    for (const id of ['t1', 't2']) {
      const mutation = `mutation {
        createTenant(data: { id: "${id}", name: "Shop ${id}", plan: FREE, settings: {} }) { id }
        createProduct(data: { tenantId: "${id}", id: "p-${id}", sku: "S-${id}", name: "Lamp ${id}", priceCents: 100, stock: 3 }) { id }
      }`;
      const { errors } = await server.graphql(mutation, {}, OPERATOR);
      expect(errors).toEqual([]);
    }
    watched = await openConsole(browser, server);
    page = watched.page;
    page.on('request', (request) => addresses.push(request.url()));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  const heading = () => page.getByRole('heading', { level: 1 }).innerText();
  const stored = () => page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }]));

  async function signIn(token: string): Promise<void> {
    await page.getByLabel('Token').fill(token);
    await page.getByRole('button', { name: 'Sign in' }).click();
  }

  it('asks for a token, and shows nothing else, wide and narrow', async () => {
    await page.getByLabel('Token').waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
    for (const width of [360, 1_600]) {
      await page.setViewportSize({ width, height: 900 });
      expect(await barriersOf(page)).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    }
    if (process.env.SCREENSHOTS) await page.screenshot({ path: `${process.env.SCREENSHOTS}/sign-in.png` });
  });

  it('says why a wrong token is refused, and asks again', async () => {
    await signIn('a-wrong-token-of-32-letters-or-more-x');
    await expect.poll(() => page.getByRole('alert').innerText()).toMatch(/^Expected .*, but got/);
    await page.getByLabel('Token').waitFor();
    expect(await page.getByRole('navigation').count()).toBe(0);
  });

  it('lets an operator in, until they sign out', async () => {
    await signIn(TOKEN);
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    expect(await heading()).toBe('Overview');
    await page.reload();
    await settled(page);
    await page.getByRole('navigation', { name: 'Views' }).waitFor();
    await showView(page, 'shards');
    await page.getByRole('rowheader', { name: 'shard-0' }).waitFor();
    expect(addresses.join('\n')).not.toContain(TOKEN);
    const [kept, ofTab] = JSON.parse(await stored());
    expect(JSON.stringify(kept)).not.toContain(TOKEN);
    expect(JSON.stringify(ofTab)).toContain(TOKEN);
  });

  it('copies commands that name the token by its variable, and work with it alone', async () => {
    const { panel, told, copied } = driverOf(page);
    await panel('Capacity').getByRole('button', { name: 'Copy as curl' }).click();
    await told('Copied: Capacity');
    const command = await copied();
    expect(command).toContain('$SHARDQL_TOKEN');
    expect(command).not.toContain(TOKEN);
    const run = (token: string) =>
      JSON.parse(
        execFileSync('sh', ['-c', command], { encoding: 'utf8', env: { ...process.env, SHARDQL_TOKEN: token } }),
      );
    expect(run(TOKEN).data.shards.map(({ name }: { name: string }) => name)).toEqual(['shard-0', 'shard-1']);
    expect(run('another').errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  it('shows and changes rows under the rules of an API key', async () => {
    const { panel, dialog, told } = driverOf(page);
    await showView(page, 'keys');
    await page.getByLabel('Name').fill('shop-admin');
    await page.getByLabel('Role').fill('admin');
    await page.getByLabel('Claims').fill('{"shardKey": "t1"}');
    await page.getByRole('button', { name: 'Create' }).click();
    const key = await panel('New key').locator('code, output, pre').first().innerText();
    await page.getByRole('button', { name: 'I have it' }).click();

    await showView(page, 'data/Product');
    const rows = () => panel('products').getByRole('row');
    await expect.poll(() => rows().count()).toBe(3);
    await page.getByLabel('Under the rules of').selectOption('an API key or token');
    await page.getByLabel('API key or token').fill(key);
    await page.keyboard.press('Enter');
    await expect.poll(() => rows().count()).toBe(2);
    await rows().nth(1).getByRole('button', { name: /^Open/ }).click();
    await dialog().getByLabel('name', { exact: false }).first().fill('Lamp of the admin');
    await dialog().getByRole('button', { name: 'Save name' }).click();
    await told(/^Saved/);
    const { data } = await server.graphql('{ products { nodes { id name } } }', {}, OPERATOR);
    expect(data.products.nodes).toEqual(
      expect.arrayContaining([
        { id: 'p-t1', name: 'Lamp of the admin' },
        { id: 'p-t2', name: 'Lamp t2' },
      ]),
    );
    expect(await stored()).not.toContain(key);
  });

  it('forgets the token when the operator signs out', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Token').waitFor();
    expect(await stored()).not.toContain(TOKEN);
    await page.reload();
    await page.getByLabel('Token').waitFor();
  });

  it('has had no other problem than that requests without a token are refused', () => {
    const others = watched.problems.filter((problem) => !/status of 401/.test(problem));
    expect(others).toEqual([]);
  });
});
