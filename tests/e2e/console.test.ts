/**
 * The console in a real browser, over the demo under load: every view, and what can be done there. It shows what the API answers, asks
 * nothing of any other machine, and says nothing in its own console.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../../scripts/cli/api-client.ts';
import { runDemoLoad } from '../../scripts/cli/demo-load/run-demo-load.ts';
import { VIEWS } from '../../scripts/console/app/views.ts';
import { makeShop } from '../../scripts/demo/shop.ts';
import { barriersOf } from '../support/barriers.ts';
import { CHROMIUM, launchChromium } from '../support/chromium.ts';
import { openConsole, settled, showView, type Watched } from '../support/console-page.ts';
import type { GraphQLAnswer } from '../support/graphql.ts';
import { type Server, startServer } from '../support/server.ts';

const shop = makeShop();
const [tenant] = shop.tenants;
const LOAD_SECONDS = 4;
const MAX_GZIPPED = 150_000;

/** What the page has sent. */
interface Sent {
  readonly path: string;
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly as: string | undefined;
}

interface Operations {
  readonly operations: readonly { readonly operationId: string }[];
}

describe.skipIf(CHROMIUM === undefined)('the console', () => {
  let server: Server;
  let browser: Browser;
  let wide: Watched;
  let page: Page;
  const sent: Sent[] = [];

  const panel = (title: string): Locator => page.getByRole('region', { name: title, exact: true });
  const dialog = (): Locator => page.getByRole('dialog');
  const told = (text: string | RegExp): Promise<void> =>
    page.locator('.announcements').getByText(text).waitFor({ timeout: 15_000 });
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  const operator = async (query: string, variables: object = {}) => {
    const response = await fetch(`${server.origin}/operator`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()).data;
  };

  beforeAll(async () => {
    [server, browser] = await Promise.all([startServer({ demo: true, pages: true }), launchChromium()]);
    await runDemoLoad(new ApiClient({ url: server.origin }), {
      ...{ rate: 40, seconds: LOAD_SECONDS, seed: 1 },
      report: () => {},
      signal: new AbortController().signal,
    });
    wide = await openConsole(browser, server);
    page = wide.page;
    page.on('request', (request) => {
      if (request.method() !== 'POST') return;
      const { query, variables = {} } = request.postDataJSON();
      const { pathname } = new URL(request.url());
      sent.push({ path: pathname, query, variables, as: request.headers()['x-shardql-as'] });
    });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  it.each(['console.js', 'console.css'])('%s comes from this server, and may be kept', async (name) => {
    const file = await fetch(`${server.origin}/_shardql/console/${name}`);
    expect([file.status, file.headers.get('cache-control')]).toEqual([200, 'no-cache']);
  });

  it(`takes at most ${MAX_GZIPPED / 1_000} kB, zipped`, async () => {
    const files = ['/console', '/_shardql/console/console.js', '/_shardql/console/console.css'];
    const sizes = files.map(async (path) => {
      const response = await fetch(`${server.origin}${path}`, { headers: { accept: 'text/html' } });
      return gzipSync(Buffer.from(await response.arrayBuffer())).byteLength;
    });
    const total = (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
    expect(total).toBeLessThan(MAX_GZIPPED);
  });

  describe.each([
    ['wide and light', { width: 1_600, isDark: false }],
    ['narrow and dark', { width: 360, isDark: true }],
  ])('%s', (name, options) => {
    let watched: Watched;
    beforeAll(async () => {
      watched = await openConsole(browser, { origin: server.origin, ...options });
    });
    afterAll(() => watched?.context.close());

    it.each(VIEWS.map(({ path, title }) => [title, path]))('%s is there for everybody', async (title, path) => {
      const shown = watched.page;
      await showView(shown, path!);
      expect(await shown.getByRole('heading', { level: 1 }).innerText()).toBe(title);
      expect(await shown.locator('main .failure').allInnerTexts()).toEqual([]);
      expect(await barriersOf(shown)).toEqual([]);
      expect(await shown.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      expect(watched.problems).toEqual([]);
      const { SCREENSHOTS } = process.env;
      if (SCREENSHOTS) {
        await shown.screenshot({
          path: `${SCREENSHOTS}/${path || 'overview'}-${name.replaceAll(' ', '-')}.png`,
          fullPage: true,
        });
      }
    });
  });

  describe('by keyboard', () => {
    it('skips to the view, goes to views by keys, and lists them', async () => {
      await showView(page, 'shards');
      await page.reload();
      await settled(page);
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      expect(await page.evaluate(() => document.activeElement?.id)).toBe('main');
      await page.keyboard.press('g');
      await page.keyboard.press('l');
      await expect.poll(() => page.getByRole('heading', { level: 1 }).innerText()).toBe('Audit log');
      await expect.poll(() => page.evaluate(() => document.activeElement?.tagName)).toBe('H1');
      await page.keyboard.press('?');
      expect(await dialog().getByRole('row').count()).toBeGreaterThan(VIEWS.length);
      await page.keyboard.press('Escape');
      expect(await dialog().count()).toBe(0);
    });

    it('changes the theme, which stays', async () => {
      const theme = () => page.evaluate(() => document.documentElement.dataset.theme);
      const button = page.getByRole('button', { name: /^Theme/ });
      await button.focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      expect(await theme()).toBe('dark');
      await page.reload();
      await settled(page);
      expect(await theme()).toBe('dark');
      await button.click();
    });
  });

  it('shows what the API answers, and copies it as a command that answers the same', async () => {
    await showView(page, 'shards');
    const { shards } = await operator('{ shards { name bytes } }');
    const fullest = [...shards].sort((a, b) => b.bytes - a.bytes)[0];
    const first = panel('Capacity').getByRole('row').nth(1);
    expect(await first.getByRole('rowheader').innerText()).toBe(fullest.name);
    await panel('Capacity').getByRole('button', { name: 'Copy as curl' }).click();
    await told('Copied: Capacity');
    const answer = JSON.parse(execFileSync('sh', ['-c', await copied()], { encoding: 'utf8' }));
    expect(answer.data.shards.map(({ name }: { name: string }) => name)).toEqual(
      shards.map(({ name }: { name: string }) => name),
    );
    await page.getByRole('link', { name: fullest.name }).first().click();
    await settled(page);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(`Shards: ${fullest.name}`);
  });

  describe('data', () => {
    const rows = () => panel('customers').getByRole('row');
    const value = async (row: number, column: string) => {
      const titles = await panel('customers').getByRole('columnheader').allInnerTexts();
      return rows().nth(row).locator('th, td').nth(titles.indexOf(column)).innerText();
    };

    it('is read a page at a time, by one query that counts nothing', async () => {
      await showView(page, `data/Customer/${tenant!.id}`);
      const keys = shop.customers
        .filter(({ tenant_id }) => tenant_id === tenant!.id)
        .map(({ id }) => id)
        .sort();
      sent.length = 0;
      await panel('customers').getByRole('button', { name: 'Next' }).click();
      await expect.poll(() => value(1, 'id')).toBe(keys[25]);
      const asked = sent.filter(({ path }) => path === '/graphql');
      expect(asked).toHaveLength(1);
      expect(asked[0]!.query).not.toContain('totalCount');
      expect(asked[0]!.query).not.toContain(tenant!.id);
      expect(asked[0]!.variables).toMatchObject({ shardKey: tenant!.id, first: 25 });
      const trace = JSON.parse((await page.locator('[data-trace]').getAttribute('data-trace'))!);
      expect(trace.statements).toBe(1);
      expect(trace.rowsRead).toBeLessThanOrEqual(26);
      await panel('customers').getByRole('button', { name: 'Previous' }).click();
      await expect.poll(() => value(1, 'id')).toBe(keys[0]);
    });

    it('is filtered and ordered by what is typed, which is sent as variables', async () => {
      await panel('customers').getByRole('button', { name: 'Add filter' }).click();
      await page.getByLabel('Column', { exact: true }).selectOption('name');
      await page.getByLabel('Comparison').selectOption('startsWith');
      await page.getByLabel('Value').fill('Ada');
      await page.getByLabel('Order').selectOption('name DESC');
      await panel('customers').getByRole('button', { name: 'Apply' }).click();
      const names = shop.customers
        .filter(({ tenant_id, name }) => tenant_id === tenant!.id && name.startsWith('Ada'))
        .map(({ name }) => name)
        .sort()
        .reverse();
      await expect.poll(() => rows().count()).toBe(Math.min(25, names.length) + 1);
      expect(await value(1, 'name')).toBe(names[0]);
      expect(sent.at(-1)!.query).not.toContain('Ada');
      expect(sent.at(-1)!.variables).toMatchObject({
        where: { name: { startsWith: 'Ada' } },
        orderBy: [{ name: 'DESC' }],
      });
    });

    it('is changed if nobody else has changed it meanwhile', async () => {
      await rows().nth(1).getByRole('button', { name: /^Open/ }).click();
      await dialog().getByLabel('name', { exact: false }).first().fill('Ada "Zoë" Łukasz');
      await dialog().getByRole('button', { name: 'Save name' }).click();
      await told(/^Saved/);
      await expect.poll(async () => (await panel('customers').innerText()).includes('Ada "Zoë" Łukasz')).toBe(true);

      await rows().nth(1).getByRole('button', { name: /^Open/ }).click();
      await dialog().getByLabel('name', { exact: false }).first().fill('Ada Late');
      const { by, shardKey } = sent.filter(({ query }) => query.startsWith('query Row(')).at(-1)!.variables;
      await server.graphql(
        'mutation ($by: CustomerKey!, $shardKey: ID) { updateCustomer(by: $by, shardKey: $shardKey, data: { phone: "+1" }) { id } }',
        { by, shardKey },
      );
      await dialog().getByRole('button', { name: 'Save name' }).click();
      await dialog().getByRole('alert').getByText('CONFLICT').waitFor();
      await dialog().getByRole('button', { name: 'Close' }).click();
    });

    it('is seen as a role sees it', async () => {
      await showView(page, 'data/Product');
      await page.getByLabel('Under the rules of').selectOption('anonymous');
      const titles = () => panel('products').getByRole('columnheader').allInnerTexts();
      // Shops show anybody prices, and nobody but themselves stocks.
      await expect.poll(async () => (await titles()).join(' ')).toMatch(/^(?!.*stock).*priceCents/);
      expect(sent.at(-1)!.as).toBe('anonymous');
    });

    it('is exported whole', async () => {
      await showView(page, `data/Order/${tenant!.id}`);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        panel('orders').getByRole('button', { name: 'Export' }).click(),
      ]);
      const lines = readFileSync(await download.path(), 'utf8')
        .trimEnd()
        .split('\n');
      const own = shop.orders.filter(({ tenant_id }) => tenant_id === tenant!.id);
      expect(lines.map((line) => JSON.parse(line).id).sort()).toEqual(own.map(({ id }) => id).sort());
    });

    it('opens its query in GraphiQL', async () => {
      const [opened] = await Promise.all([
        wide.context.waitForEvent('page'),
        panel('orders').getByRole('button', { name: 'Open in GraphiQL' }).click(),
      ]);
      expect(new URL(opened.url()).search + new URL(opened.url()).hash).toBe('');
      const editor = opened.locator('.graphiql-query-editor .view-lines').first();
      await expect
        .poll(async () => (await editor.innerText()).replaceAll('\u00a0', ' '), { timeout: 30_000 })
        .toContain('query Rows(');
      // Beside the tabs of the model, and named after its operation.
      const tabs = await opened.locator('.graphiql-tab-button').allInnerTexts();
      expect(tabs).toEqual(expect.arrayContaining(['Rows', 'ListOrders']));
      await opened.close();
    });
  });

  it('creates and revokes API keys', async () => {
    await showView(page, 'keys');
    await page.getByLabel('Name').fill('from-console');
    await page.getByLabel('Role').fill('admin');
    await page.getByLabel('Claims').fill('{"shardKey": "t1"}');
    await page.getByRole('button', { name: 'Create' }).click();
    expect(await panel('New key').getByRole('alert').allInnerTexts()).toEqual([]);
    await told('Created the API key from-console.');
    await page.getByRole('button', { name: 'I have it' }).click();
    const row = page.getByRole('row', { name: /from-console/ });
    await row.getByRole('button', { name: 'Revoke…' }).click();
    await dialog().getByRole('button', { name: 'Revoke' }).click();
    await told('Revoked the API key from-console.');
    await row.getByText('revoked').waitFor();
    await showView(page, 'audit');
    const actions = await panel('What operators did').getByRole('row').allInnerTexts();
    expect(actions.join('\n')).toMatch(/revoke-api-key\s+from-console/);
  });

  it('lists backups, and forgets one after a preview', async () => {
    await operator(
      'mutation ($id: ID!, $hash: String!) { recordBackup(id: $id, place: "r2://backups/daily", version: "4096000", shards: 4, rows: 10, bytes: 2000, contentHash: $hash) { id } }',
      { id: crypto.randomUUID(), hash: 'ab'.repeat(32) },
    );
    await showView(page, 'backups');
    const row = panel('Backups').getByRole('row', { name: /r2:\/\/backups\/daily/ });
    expect(await row.innerText()).toContain('2 kB');
    await row.getByRole('button', { name: 'Forget…' }).click();
    await dialog().getByText('is taken off this list').waitFor();
    await dialog().getByRole('button', { name: 'Forget', exact: true }).click();
    await told('Forgot the backup.');
    await panel('Backups').getByText('None is known.').waitFor();
  });

  it('shows what a session has seen', async () => {
    const { headers } = await server.graphql('query @consistency(mode: STRONG) { tenants(first: 1) { nodes { id } } }');
    await showView(page, 'keys');
    await page
      .getByLabel('Session token', { exact: true })
      .and(page.locator('input'))
      .fill(headers.get('x-shardql-token')!);
    await panel('Session token').getByRole('button', { name: 'Show' }).click();
    await panel('Session token').getByRole('rowheader', { name: 'shard-0' }).waitFor();
  });

  it('offers to apply migrations only where some are pending', async () => {
    await showView(page, 'migrations');
    await page.getByRole('button', { name: 'Apply pending…' }).click();
    await dialog().getByText('Nothing is pending.').waitFor();
    expect(await dialog().getByRole('button', { name: 'Apply', exact: true }).count()).toBe(0);
    await dialog().getByRole('button', { name: 'Close' }).click();
  });

  it('says which access rule decides', async () => {
    const { data } = await server.graphql('{ products(first: 1) { nodes { nodeId } } }');
    await showView(page, 'access');
    await page.getByLabel('Row', { exact: true }).fill(data.products.nodes[0].nodeId);
    await page.getByLabel('Action').selectOption('DELETE');
    await page.getByRole('button', { name: 'Explain' }).click();
    await page.getByText('denied', { exact: true }).waitFor();
  });

  it('undoes an operation after a preview', async () => {
    const mutation = 'mutation { createTenant(data: { name: "Undone", plan: FREE, settings: {} }) { id } }';
    const { data, extensions } = await server.graphql(mutation);
    await showView(
      page,
      `recovery/${encodeURIComponent((extensions as unknown as Operations).operations[0]!.operationId)}`,
    );
    await panel('Undo an operation').getByRole('button', { name: 'Preview…' }).click();
    await dialog().getByText('Rows that change: 1 row').waitFor();
    await dialog().getByRole('button', { name: 'Undo', exact: true }).click();
    await told('Undone: 1 row.');
    const again = await server.graphql('query ($id: ID!) { tenant(by: { id: $id }) { id } }', {
      id: data.createTenant.id,
    });
    expect(again.data.tenant).toBeNull();
  });

  it('restores a shard key, shows how far that is, and undoes it', async () => {
    const name = (text: string) =>
      server.graphql(
        'mutation ($id: ID!, $name: String!) { updateTenant(by: { id: $id }, data: { name: $name }) { name } }',
        {
          id: tenant!.id,
          name: text,
        },
      );
    const nameOf = async () =>
      (await server.graphql('query ($id: ID!) { tenant(by: { id: $id }) { name } }', { id: tenant!.id })).data.tenant
        .name;
    await name('Before');
    // To the second, as the field has it.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const moment = new Date();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    await name('After');
    await showView(page, `recovery//${tenant!.id}`);
    const local = new Date(moment.getTime() - moment.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
    await panel('Restore to an earlier time').getByLabel('As of').fill(local);
    await panel('Restore to an earlier time').getByRole('button', { name: 'Preview…' }).click();
    await dialog()
      .getByText(/would be taken back/)
      .waitFor();
    await dialog().getByRole('button', { name: 'Restore', exact: true }).click();
    await told('The restore has begun');
    const first = panel('Restores').getByRole('row').nth(1);
    await first.getByText('done', { exact: true }).waitFor({ timeout: 20_000 });
    expect(await nameOf()).toBe('Before');
    await first.getByRole('button', { name: 'Undo…' }).click();
    await dialog().getByRole('button', { name: 'Undo', exact: true }).click();
    await told('The restore is being undone.');
    await expect.poll(nameOf, { timeout: 20_000 }).toBe('After');
  });

  it('leads from a shard key to its rows and its changes, and from a change to its undo', async () => {
    await showView(page, 'tenants');
    await page.getByLabel('Shard key').fill(tenant!.id);
    await page.getByRole('button', { name: 'Show' }).click();
    await panel('Where and how large').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe(`Shard keys: ${tenant!.id}`);
    const { shardKey } = await operator('query ($id: ID!) { shardKey(value: $id) { shard } }', { id: tenant!.id });
    await panel('Where and how large').getByRole('link', { name: shardKey.shard }).waitFor();
    const undo = panel('Latest changes').getByRole('link', { name: /^Undo/ }).first();
    await undo.click();
    expect(await page.getByLabel('Operation', { exact: true }).inputValue()).not.toBe('');
  });

  it('shows the changes of one table', async () => {
    const { shardKey } = await operator('query ($id: ID!) { shardKey(value: $id) { shard } }', { id: tenant!.id });
    await showView(page, `changes/${shardKey.shard}`);
    await page.getByLabel('Table').selectOption('Review');
    const shown = async () => [
      ...new Set(await panel('Change log').locator('tbody tr td:nth-child(3)').allInnerTexts()),
    ];
    await expect.poll(shown).toEqual(['Review']);
    expect(sent.at(-1)!.variables).toMatchObject({ table: 'Review' });
  });

  describe('operations', () => {
    const table = (by: string) => panel(`By ${by}`).getByRole('row');

    it.each([
      ['p95', 'P95'],
      ['cost', 'COST'],
      ['errors', 'ERRORS'],
      ['requests', 'COUNT'],
    ])('are sorted by %s', async (title, by) => {
      await showView(page, 'operations');
      const answer = page.waitForResponse((response) => response.request().postDataJSON()?.variables?.by === by);
      await page.getByLabel('Sort by').selectOption(by);
      const { data } = await (await answer).json();
      const names = data.operations.map(({ name }: { name: string | null }) => name);
      await expect.poll(() => table(title).count()).toBe(names.length + 1);
      const first = data.operations.findIndex(({ document }: { document: string | null }) => document !== null);
      expect(
        await table(title)
          .nth(first + 1)
          .getByRole('rowheader')
          .innerText(),
      ).toContain(names[first]);
    });

    it('are opened in GraphiQL with variables that only want their values', async () => {
      const row = panel('By requests').getByRole('row', { name: /Profile/ });
      const [opened] = await Promise.all([
        wide.context.waitForEvent('page'),
        row.getByRole('button', { name: 'GraphiQL with Profile' }).click(),
      ]);
      const variables = opened.getByRole('region', { name: 'Variables' }).locator('.view-lines').first();
      await expect
        .poll(async () => (await variables.innerText()).replaceAll('\u00a0', ' '), { timeout: 30_000 })
        .toMatch(/"tenant": "1",\s+"id": "1"/);
      await opened.close();
    });

    it('are told by shard key: which are asked for most often', async () => {
      const busy = panel('Busiest shard keys').getByRole('row').nth(1);
      expect(await busy.getByRole('cell').last().innerText()).toMatch(/\w+ \d+, \w+ \d+, \w+ \d+/);
      await busy.getByRole('link').click();
      expect(await panel('Load').getByRole('rowheader').first().innerText()).toMatch(/^\w+$/);
      expect(await panel('Load').getByText('Calls to shards').count()).toBe(1);
    });
  });

  describe('what is missing', () => {
    type Answer = Pick<GraphQLAnswer, 'data'>;
    const FAILURE = { message: 'Expected shard-9 to answer.', extensions: { code: 'SHARD_UNAVAILABLE' } };
    /** Answers of an operation are changed before the page has them. */
    async function changing(operation: string, change: (answer: Answer) => Answer): Promise<void> {
      await page.route('**/operator', async (route) => {
        if (!route.request().postDataJSON().query.startsWith(`query ${operation}(`)) return await route.fallback();
        const response = await route.fetch();
        await route.fulfill({ response, json: change(await response.json()) });
      });
    }
    afterEach(() => page.unroute('**/operator'));

    it('leaves what has come, and is told beside it', async () => {
      await changing('ShardKey', ({ data }) => ({
        data: { shardKey: { ...data.shardKey, changes: null } },
        errors: [{ ...FAILURE, path: ['shardKey', 'changes'] }],
      }));
      await showView(page, `tenants/${tenant!.id}`);
      await page.getByRole('alert').getByText('SHARD_UNAVAILABLE').waitFor();
      expect(await panel('Where and how large').getByRole('link').count()).toBe(1);
      expect(await page.locator('main .outdated').count()).toBe(0);
    });

    it('ends one panel, where nobody expects it to be missing', async () => {
      await changing('Shards', () => ({ data: { shards: [null] }, errors: [FAILURE] }));
      await showView(page, '');
      await panel('Fullest shards').getByRole('alert').getByText('SHARD_UNAVAILABLE').waitFor();
      await panel('Requests').getByRole('img').first().waitFor();
      await page.unroute('**/operator');
      await panel('Fullest shards').getByRole('button', { name: 'Try again' }).click();
      await panel('Fullest shards').getByRole('link', { name: 'shard-0' }).waitFor();
    });

    it('lets figures become old, which they tell', async () => {
      const known = (answer: Answer) =>
        answer.data.series.points.findIndex(({ p95Ms }: { p95Ms: number | null }) => p95Ms !== null);
      await changing('Series', (answer) => {
        const { points, stepSeconds } = answer.data.series;
        const quiet = { ...points[0], requestCount: 0, requestsPerSecond: 0, p50Ms: null, p95Ms: null, hitRatio: null };
        const busy = { ...points[known(answer)], hitRatio: 0.25 };
        const at = points.length - 1 - 300 / stepSeconds;
        const changed = points.map((_: object, index: number) => ({
          ...(index === at ? busy : quiet),
          at: points[index].at,
        }));
        return { data: { series: { stepSeconds, points: changed } } };
      });
      await showView(page, 'shards');
      await showView(page, '');
      const figure = (name: string) => page.locator('.figures > div', { hasText: name });
      await figure('Cache hit ratio').getByText('5 min ago').waitFor();
      await figure('Requests per second').getByText('5 min ago').waitFor();
      await figure('Latency, p95').getByText('5 min ago').waitFor();
      expect(await figure('Cache hit ratio').innerText()).toContain('25%');
      expect(await figure('Cost in this period').getByText('ago').count()).toBe(0);
    });
  });

  it('names work that no request asked for', async () => {
    await showView(page, 'operations');
    const names = () => panel('By total time').getByRole('rowheader').allInnerTexts();
    await expect.poll(names, { timeout: 15_000 }).toContain('monitoring');
    expect((await names()).join('\n')).not.toContain('unnamed alarm');
  });

  it('says what caches have of a row, and whether a reader would get it', async () => {
    const query = 'query ($id: ID!) @consistency(mode: CACHED) { tenant(by: { id: $id }) { nodeId name } }';
    const { data } = await server.graphql(query, { id: tenant!.id });
    await showView(page, 'cache');
    await page.getByLabel('Global id').fill(data.tenant.nodeId);
    await page.getByRole('button', { name: 'Look up' }).click();
    await page.getByRole('heading', { name: /^row of Tenant/ }).waitFor();
    await page.getByText('A reader would be answered').waitFor();
  });

  it('silences alerts, and ends that', async () => {
    await showView(page, 'alerts');
    await page.getByText('Silence alerts').click();
    await page.getByLabel('Rule').fill('capacity');
    await page.getByLabel('Reason').fill('a test');
    await panel('Silences').getByRole('button', { name: 'Silence', exact: true }).click();
    await told('Silenced: nobody is notified of these alerts until then.');
    const row = panel('Silences').getByRole('row', { name: /a test/ });
    await row.getByRole('button', { name: 'Remove' }).click();
    await told(/is over/);
    await expect.poll(() => row.count()).toBe(0);
  });

  describe('of another model', () => {
    const WIDE = '9223372036854775807';
    const TEXT = 'NUL \u0000, right to left \u05e9\u05dc\u05d5\u05dd, turned \u202e, a line\r\nand another';
    const BIG_NUMBER = '1.7976931348623157e+308';
    let other: Server;
    let watched: Watched;

    /** As text: what is read must not go through JavaScript's numbers. */
    const read = async (id: string): Promise<string> => {
      const response = await fetch(other.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          query: 'query ($id: ID!) { sample(by: { id: $id }, shardKey: "a1") { textValue wide json } }',
          variables: { id },
        }),
      });
      return await response.text();
    };

    beforeAll(async () => {
      other = await startServer({ config: 'tests/e2e/all-types-worker/wrangler.toml', pages: true });
      await other.graphql('mutation { createAccount(data: { id: "a1", name: "A" }) { id } }');
      const long = 'x'.repeat(1_900_000);
      const body = JSON.stringify({
        query:
          'mutation ($text: String!, $wide: BigInt!, $json: JSON!) { createSample(data: { accountId: "a1", id: "s1", textValue: $text, wide: $wide, json: $json }) { id } }',
        variables: { text: TEXT, wide: WIDE, json: { long, number: 'NUMBER' } },
      }).replace('"NUMBER"', BIG_NUMBER);
      const response = await fetch(other.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      });
      expect(await response.json()).toMatchObject({ data: { createSample: { id: 's1' } } });
      watched = await openConsole(browser, other);
    });
    afterAll(async () => {
      await watched?.context.close();
      await other?.stop();
    });

    it('says what to bind where there is no monitor', async () => {
      await watched.page.getByText('This deployment has no monitor').first().waitFor();
      for (const path of ['operations', 'alerts', 'advice']) {
        await showView(watched.page, path);
        await watched.page.getByText('This deployment has no monitor').first().waitFor();
      }
    });

    it('shows, changes and exports a row whole: 2 MB of JSON, 2⁶³ − 1, NUL, and text from right to left', async () => {
      const shown = watched.page;
      await showView(shown, 'data/Sample/a1');
      const rows = shown.getByRole('region', { name: 'samples', exact: true });
      await rows.getByText(WIDE).waitFor();
      expect(await rows.innerText()).toContain('NUL ␀');
      const [download] = await Promise.all([
        shown.waitForEvent('download'),
        rows.getByRole('button', { name: 'Export' }).click(),
      ]);
      const exported = readFileSync(await download.path(), 'utf8');
      expect(exported).toContain(`"number":${BIG_NUMBER}`);
      expect(JSON.parse(exported)).toMatchObject({ textValue: TEXT, wide: WIDE });
      expect(JSON.parse(exported).json.long).toHaveLength(1_900_000);

      await rows.getByRole('row').nth(1).getByRole('button').click();
      const dialog = shown.getByRole('dialog');
      const text = dialog.getByLabel(/^textValue/);
      expect(JSON.parse(await text.inputValue())).toBe(TEXT);
      await text.fill(JSON.stringify(`${TEXT}!`));
      const json = dialog.getByLabel(/^json JSON/);
      const before = await json.inputValue();
      expect(before).toContain(BIG_NUMBER);
      // Browsers take a while to lay out a line of two million characters.
      await json.fill(before.replace('"number"', '"figure"'), { timeout: 120_000 });
      await dialog.getByRole('button', { name: 'Save textValue, json' }).click();
      await shown
        .locator('.announcements')
        .getByText(/^Saved/)
        .waitFor();
      const after = await read('s1');
      expect(after).toContain(`"figure":${BIG_NUMBER}`);
      expect(JSON.parse(after).data.sample).toMatchObject({ textValue: `${TEXT}!`, wide: WIDE });
      expect(JSON.parse(after).data.sample.json.long).toHaveLength(1_900_000);
      expect(watched.problems).toEqual([]);
    });
  });

  it('has said nothing in the browser’s console, and asked nothing of any other machine', () => {
    expect(wide.problems).toEqual([]);
    expect(sent.every(({ path }) => path === '/graphql' || path === '/operator')).toBe(true);
  });
});
