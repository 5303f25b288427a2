/** What people do with the console, in a page that {@link openConsole} has opened. */
import type { Locator, Page } from 'playwright-core';

export interface ConsoleDriver {
  panel(title: string): Locator;
  dialog(): Locator;
  /** Waits for what is told at the bottom. */
  told(text: string | RegExp): Promise<void>;
  /** What was copied last. */
  copied(): Promise<string>;
}

const PATIENCE_MS = 20_000;

export const driverOf = (page: Page): ConsoleDriver => ({
  panel: (title) => page.getByRole('region', { name: title, exact: true }),
  dialog: () => page.getByRole('dialog'),
  told: (text) => page.locator('.announcements').getByText(text).waitFor({ timeout: PATIENCE_MS }),
  copied: () => page.evaluate(() => navigator.clipboard.readText()),
});
