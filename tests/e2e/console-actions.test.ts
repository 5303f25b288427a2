/** What operators do in the console when something is wrong: dead letters, alerts, migrations, restores that take long, bookmarks. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { barriersOf } from '../support/barriers.ts';
import { CHROMIUM, launchChromium } from '../support/chromium.ts';
import { driverOf } from '../support/console-driver.ts';
import { openConsole, showView, type Watched } from '../support/console-page.ts';
import { launchServer, type Server, type ServerOptions, startServer } from '../support/server.ts';

const { SCREENSHOTS } = process.env;

let browser: Browser;
beforeAll(async () => {
  if (CHROMIUM !== undefined) browser = await launchChromium();
});
afterAll(() => browser?.close());

/** A server with its console, for the tests of a block. */
function opened(start: () => Promise<Server>) {
  const run = {} as { server: Server; watched: Watched; page: Page } & ReturnType<typeof driverOf>;
  beforeAll(async () => {
    run.server = await start();
    run.watched = await openConsole(browser, run.server);
    run.page = run.watched.page;
    Object.assign(run, driverOf(run.page));
  });
  afterAll(async () => {
    await run.watched?.context.close();
    await run.server?.stop();
  });
  return run;
}

async function picture(page: Page, name: string): Promise<void> {
  expect(await barriersOf(page)).toEqual([]);
  if (!SCREENSHOTS) return;
  for (const width of [360, 1_600]) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: `${SCREENSHOTS}/${name}-${width}.png`, fullPage: true });
  }
}

const shell = (command: string) => JSON.parse(execFileSync('sh', ['-c', command], { encoding: 'utf8' }));

describe.skipIf(CHROMIUM === undefined)('dead letters and their alert', () => {
  const config = 'tests/e2e/dead-letters-worker/wrangler.toml';
  const run = opened(() => startServer({ config, shards: 1, pages: true, env: { SHARDQL_AUDIT_SHARE: '0' } }));
  const post = (path: string, body = '') => fetch(`${run.server.origin}${path}`, { method: 'POST', body });
  const letters = async () => {
    await showView(run.page, 'audit');
    await showView(run.page, 'queue');
    // Below the row of titles, which there is none of without others.
    return Math.max(0, (await run.panel('Messages that could not be consumed').getByRole('row').count()) - 1);
  };

  it('are shown, as text, however they were written', async () => {
    await post('/test/send', '{"v":99,"of":"<b>another</b> \\u202e release"}');
    await post('/test/send', '{"v":98}');
    await expect.poll(letters, { timeout: 60_000, interval: 1_000 }).toBe(2);
    const rows = run.panel('Messages that could not be consumed');
    await rows.getByText('<b>another</b>').waitFor();
    expect(await rows.locator('b').count()).toBe(0);
    await picture(run.page, 'dead-letters');
  });

  it('are replayed after a preview, and kept where that is in vain', async () => {
    const { page, dialog, told, copied } = run;
    await page.getByRole('button', { name: 'Replay all…' }).click();
    await dialog().getByText('2 messages would be tried again.').waitFor();
    await picture(page, 'replay');
    await dialog().getByRole('button', { name: 'Copy as curl' }).first().click();
    await told(/^Copied/);
    expect(shell(await copied()).data.replayDeadLetters).toMatchObject({ count: 2, replayedCount: null });
    await dialog().getByRole('button', { name: 'Replay', exact: true }).click();
    await told('Replayed 0 messages; 2 failed again and are kept.');
  });

  it('are discarded one at a time, here and by the command that is copied', async () => {
    const { page, dialog, told, copied } = run;
    const discard = () => page.getByRole('button', { name: 'Discard…' }).first().click();
    await discard();
    await dialog().getByText('1 message would be deleted.').waitFor();
    await dialog().getByRole('button', { name: 'Discard', exact: true }).click();
    await told('Discarded the message.');
    await expect.poll(() => page.getByRole('button', { name: 'Discard…' }).count()).toBe(1);
    await discard();
    await dialog().getByRole('button', { name: 'Discard', exact: true }).waitFor();
    // The second command is that of the button.
    await dialog().getByRole('button', { name: 'Copy as curl' }).last().click();
    await told(/^Copied/);
    const command = await copied();
    expect(shell(command).data.discardDeadLetters.deadLetters).toHaveLength(1);
    // What was seen is no longer so.
    expect(shell(command).errors).toHaveLength(1);
    await dialog().getByRole('button', { name: 'Close' }).click();
    expect(await letters()).toBe(0);
  });

  it('make an alert fire, which is acknowledged and silenced', async () => {
    const { page, panel, told } = run;
    await showView(page, 'alerts');
    const alert = panel('Open').locator('.card', { hasText: 'dead-letters' });
    // Looks are 20 s apart, and reports of isolates 10 s.
    await alert.getByText('firing', { exact: true }).waitFor({ timeout: 120_000 });
    await panel('Open').getByRole('button', { name: 'Acknowledge dead-letters' }).click();
    await told(/^Acknowledged dead-letters/);
    await alert.getByText(/acknowledged .* by developer/).waitFor();
    await panel('Open').getByText('Silence dead-letters').click();
    await panel('Open').getByRole('button', { name: 'Silence', exact: true }).click();
    await told(/^Silenced/);
    await alert.getByText(/silenced until/).waitFor();
    await panel('Silences')
      .getByRole('row', { name: /dead-letters/ })
      .waitFor();
    await picture(page, 'alert');
  });

  it('have no problem in the browser', () => expect(run.watched.problems).toEqual([]));
});

describe.skipIf(CHROMIUM === undefined)('migrations that are pending', () => {
  const data = mkdtempSync(join(tmpdir(), 'shardql-console-'));
  afterAll(() => rmSync(data, { recursive: true, force: true, maxRetries: 5 }));
  const release = (name: string): ServerOptions => ({
    ...{ config: `tests/models/releases/${name}.toml`, data, shards: 3, pages: true },
  });
  const run = opened(async () => {
    const before = await startServer(release('before'));
    for (const tenant of ['a', 'b', 'c']) {
      await before.graphql(
        'mutation ($tenant: ID!) { createParent(data: { tenant: $tenant, id: "p", title: "T" }) { id } }',
        { tenant },
      );
    }
    await before.stop();
    // Nobody migrates its shards here.
    return await launchServer(release('edited'));
  });

  it('are shown by each shard, and applied after a preview', async () => {
    const { page, panel, dialog, told, server } = run;
    await showView(page, 'migrations');
    await page.getByRole('button', { name: 'Apply pending…' }).click();
    await dialog().getByText('0001_rebuild').first().waitFor({ timeout: 60_000 });
    await picture(page, 'migrations-pending');
    await dialog().getByRole('button', { name: 'Apply', exact: true }).click();
    await told(/^Applied in \d shards?\.$/);
    await page.getByRole('button', { name: /^Check in each shard/ }).click();
    const states = panel('Shards and their migrations');
    await expect.poll(() => states.getByText('up to date', { exact: true }).count()).toBe(3);
    const { errors } = await server.graphql('{ parents { nodes { title } } }');
    expect(errors).toEqual([]);
    expect(run.watched.problems).toEqual([]);
  });
});

describe.skipIf(CHROMIUM === undefined)('a shard key with many changes', () => {
  const ROWS = 40_000;
  const FIXED = { tenantId: 't1', attributes: {}, createdAt: '2024-01-01T00:00:00Z' };
  const run = opened(async () => {
    const server = await startServer({ shards: 1, pages: true });
    await server.graphql('mutation { createTenant(data: { id: "t1", name: "T", plan: FREE, settings: {} }) { id } }');
    return server;
  });
  const customers = async () =>
    (await run.server.graphql('query @consistency(mode: STRONG) { customers(shardKey: "t1") { totalCount } }')).data
      .customers.totalCount;
  /** As a field of the browser has it, in its time zone and whole seconds. */
  const local = (time: Date) => new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);

  it('is restored after a preview, with progress, and the restore is cancelled half-way', async () => {
    const { page, panel, dialog, told, server } = run;
    // Not in the same second as the tenant.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const moment = new Date();
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    for (let from = 0; from < ROWS; from += 10_000) {
      const lines = Array.from({ length: 10_000 }, (_, at) => {
        const id = `c${from + at}`;
        return JSON.stringify({
          id,
          name: `Customer ${id}`,
          email: `${id}@example.com`,
          ...FIXED,
        });
      });
      const response = await fetch(`${server.origin}/import?table=Customer`, {
        method: 'POST',
        body: lines.join('\n'),
      });
      expect(await response.json()).toMatchObject({ inserted: 10_000, failures: [] });
    }
    expect(await customers()).toBe(ROWS);
    await showView(page, 'recovery//t1');
    await panel('Restore to an earlier time').getByLabel('As of').fill(local(moment));
    await panel('Restore to an earlier time').getByRole('button', { name: 'Preview…' }).click();
    await dialog().getByText('40,000 changes would be taken back.').waitFor({ timeout: 120_000 });
    // Not that none changes.
    await dialog().getByText('there are too many changes to look at each row').waitFor();
    expect(await dialog().getByText('0 rows').count()).toBe(0);
    await picture(page, 'restore-preview');
    await dialog().getByRole('button', { name: 'Restore', exact: true }).click();
    await told('The restore has begun');
    const first = panel('Restores').getByRole('row').nth(1);
    await first.getByRole('progressbar').waitFor({ timeout: 30_000 });
    await first.getByRole('button', { name: 'Cancel' }).click();
    await told(/^The restore turns round/);
    await first.getByText('cancelled', { exact: true }).waitFor({ timeout: 120_000 });
    expect(await customers()).toBe(ROWS);
    expect(run.watched.problems).toEqual([]);
  });
});

describe.skipIf(CHROMIUM === undefined)('a table of which a page is a small part', () => {
  const ROWS = 20_000;
  const run = opened(async () => {
    const server = await startServer({ shards: 1, pages: true });
    await server.graphql('mutation { createTenant(data: { id: "t1", name: "T", plan: FREE, settings: {} }) { id } }');
    const idOf = (at: number) => `c${String(at).padStart(5, '0')}`;
    const lines = Array.from({ length: ROWS }, (_, at) =>
      JSON.stringify({
        ...{ tenantId: 't1', id: idOf(at), name: `Customer ${idOf(at)}`, email: `${idOf(at)}@example.com` },
        ...{ attributes: {}, createdAt: '2024-01-01T00:00:00Z' },
      }),
    );
    for (let from = 0; from < ROWS; from += 10_000) {
      const body = lines.slice(from, from + 10_000).join('\n');
      const response = await fetch(`${server.origin}/import?table=Customer`, { method: 'POST', body });
      expect(await response.json()).toMatchObject({ inserted: 10_000, failures: [] });
    }
    return server;
  });

  it('is read by one query for each page, which reads no more rows than it shows, and one to know whether there are more', async () => {
    const { page, panel } = run;
    const asked: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('/graphql') && request.method() === 'POST') asked.push(request.postDataJSON().query);
    });
    const first = () => panel('customers').getByRole('row').nth(1).innerText();
    const read = async () => JSON.parse((await page.locator('[data-trace]').getAttribute('data-trace'))!);
    await showView(page, 'data/Customer/t1');
    for (const number of [1, 2, 3, 4]) {
      const expected = `c${String((number - 1) * 25).padStart(5, '0')}`;
      await expect.poll(first).toContain(expected);
      expect(asked).toHaveLength(number);
      expect(await read()).toMatchObject({ statements: 1, rpcs: 1 });
      expect((await read()).rowsRead).toBeLessThanOrEqual(26);
      if (number < 4) await panel('customers').getByRole('button', { name: 'Next' }).click();
    }
    // By an index, from its other end, and of all shard keys.
    await page.getByLabel(/^Shard key/).fill('');
    await panel('customers').getByRole('button', { name: 'Apply' }).click();
    await page.getByLabel('Order').selectOption('name DESC');
    await expect.poll(first).toContain(`c${ROWS - 1}`);
    expect((await read()).rowsRead).toBeLessThan(500);
    expect(asked.join('\n')).not.toMatch(/totalCount|aggregate/i);
    expect(run.watched.problems).toEqual([]);
  });
});

describe.skipIf(CHROMIUM === undefined)('a shard that is to go back to a bookmark of the platform', () => {
  const run = opened(() => startServer({ shards: 1, pages: true }));
  const fill = async () => {
    const bookmarks = run.panel('Bookmarks of the platform');
    await bookmarks.getByLabel('Shard', { exact: true }).fill('shard-0');
    await bookmarks.getByLabel('As of').fill('2026-01-31T09:00:00');
    await bookmarks.getByRole('button', { name: 'Preview…' }).click();
  };

  it('is refused where the platform has no bookmarks, and says why', async () => {
    const { page, dialog } = run;
    await showView(page, 'recovery');
    await fill();
    await dialog().getByRole('alert').locator('code').first().waitFor();
    expect(await dialog().getByRole('button', { name: 'Take back' }).count()).toBe(0);
    await dialog().getByRole('button', { name: 'Close' }).click();
  });

  it('goes back with the confirmation of its preview', async () => {
    const { page, dialog, told } = run;
    const sent: Readonly<Record<string, unknown>>[] = [];
    // The platform's part, which no machine but Cloudflare's has.
    await page.route('**/operator', async (route) => {
      const { query, variables } = route.request().postDataJSON();
      if (!query.startsWith('mutation RestoreBookmark(')) return await route.fallback();
      sent.push(variables);
      const preview = {
        ...{ shard: 'shard-0', time: variables.time, changeCount: 12, migrations: ['0001_more'], cacheSeconds: 180 },
      };
      const payload = variables.preview
        ? { preview, restore: null, confirmation: { token: 'c1.token' } }
        : { preview: null, restore: { id: '1', state: 'RUNNING' }, confirmation: null };
      await route.fulfill({ json: { data: { restoreBookmark: payload } } });
    });
    await fill();
    await dialog()
      .getByText(/12 changes are lost/)
      .waitFor();
    expect(await dialog().innerText()).toContain('Applied again: 0001_more.');
    expect(await dialog().innerText()).toContain('Keep up the maintenance for 3 min');
    await picture(page, 'bookmark');
    await dialog().getByRole('button', { name: 'Take back', exact: true }).click();
    await told('The shard is being taken back.');
    const time = new Date('2026-01-31T09:00:00').toISOString();
    expect(sent).toEqual([
      { shard: 'shard-0', time, undoBookmark: null, preview: true },
      { shard: 'shard-0', time, undoBookmark: null, preview: false, confirmation: 'c1.token' },
    ]);
    expect(run.watched.problems).toEqual([]);
  });
});
