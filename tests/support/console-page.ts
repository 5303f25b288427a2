/** The console in a real browser, as tests drive it. */
import type { Browser, BrowserContext, Page } from 'playwright-core';

/** What went wrong in a page, whatever was looked at. */
export interface Watched {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What its console said, errors it has thrown, and addresses of other machines that it has asked for. */
  readonly problems: string[];
}

interface Options {
  readonly origin: string;
  readonly width?: number;
  readonly isDark?: boolean;
}

export async function openConsole(
  browser: Browser,
  { origin, width = 1_600, isDark = false }: Options,
): Promise<Watched> {
  const problems: string[] = [];
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    colorScheme: isDark ? 'dark' : 'light',
    permissions: ['clipboard-read', 'clipboard-write'],
    acceptDownloads: true,
  });
  await context.route('**/*', (route) => {
    const url = new URL(route.request().url());
    if (url.origin === origin || ['data:', 'blob:'].includes(url.protocol)) return route.continue();
    problems.push(`asked ${url.href}`);
    return route.abort();
  });
  const page = await context.newPage();
  page.on('pageerror', (error) => problems.push(`threw ${error}`));
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(`${message.type()}: ${message.text()}`);
  });
  await page.goto(`${origin}/console`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return { context, page, problems };
}

/** Shows a view, with what it asks for answered. */
export async function showView(page: Page, path: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash;
  }, `#/${path}`);
  await settled(page);
}

/** Waits until nothing is asked any more that the view waits for. */
export async function settled(page: Page): Promise<void> {
  await page.waitForFunction(() => document.querySelector('h1') && !document.querySelector('.loading'));
}
