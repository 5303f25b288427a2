import type { Unstable_Config } from 'wrangler';

/** What browsers open as pages of ShardQL. */
const PAGES = ['/console', '/graphql'] as const;

/** With static files of a single-page application, browsers get its page wherever there is no file, and the Worker is not asked. */
export function hiddenPages({ assets }: Unstable_Config): string[] {
  if (assets?.binding !== 'ASSETS' || assets.not_found_handling !== 'single-page-application') return [];
  const { run_worker_first: first = false } = assets;
  const reaches = (path: string): boolean =>
    typeof first === 'boolean'
      ? first
      : first.some((rule) => rule === path || (rule.endsWith('*') && path.startsWith(rule.slice(0, -1))));
  const hidden = PAGES.filter((path) => !reaches(path));
  if (hidden.length === 0) return [];
  return [
    `Expected assets.run_worker_first to have ${hidden.join(' and ')}, but found it without: browsers would get the page of your application there. ` +
      `Set run_worker_first = ${JSON.stringify([...(typeof first === 'boolean' ? [] : first), ...hidden])}.`,
  ];
}
