/**
 * Serves the API by `wrangler dev`, which reloads after each change, with GraphiQL, the console and the demo's rows. A Worker that throws when
 * it loads, as one with a broken model does, ends it; then it is started again as soon as that is mended.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { exampleTabs } from '../demo/example-queries.ts';
import { hasShop } from '../demo/load-shop.ts';
import { preparePages } from '../pages/prepare-pages.ts';
import { servePages } from '../pages/serve-pages.ts';
import { WRANGLER } from '../project/run-wrangler.ts';
import { awaitChange, awaitSoundProject } from './await-sound-project.ts';
import { loadDemo } from './load-demo.ts';
import type { DevOptions } from './options.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** Ends the process when wrangler has ended by itself. */
export async function dev(options: DevOptions): Promise<never> {
  const folder = dirname(options.configPath);
  let running: ChildProcess | null = null;
  let isStopping = false;

  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (running === null) process.exit(0);
      isStopping = true;
      running.kill(signal);
    });
  }

  const pages = await preparePages();
  let project = await awaitSoundProject(options.configPath);
  if (options.loadsDemoData) await loadDemo(project.config, project.bundlePath, options.persistFolder);
  const examples = options.loadsDemoData && hasShop(options.persistFolder) ? exampleTabs() : [];
  const pagesOrigin = await servePages(pages, JSON.stringify(examples));
  for (;;) {
    const code = await runWrangler();
    if (code === 0 || isStopping) process.exit(0);
    console.error('\nwrangler dev has ended.');
    const { state } = project;
    // Problems in the project are reported last, and wait for an edit; anything else may pass with the next change.
    project = await awaitSoundProject(options.configPath);
    if (project.state !== state) continue;
    await awaitChange(folder, state);
    project = await awaitSoundProject(options.configPath);
  }

  /** Gives its exit code; null if a signal has ended it. */
  function runWrangler(): Promise<number | null> {
    const variables = [`SHARDQL_DEVELOPMENT:true`, `SHARDQL_PAGES:${pagesOrigin}`];
    const { storage } = project.config;
    // The first one is the Worker that is served, and has the variables.
    const configs = [options.configPath, ...(storage ? [storage.config.path] : [])];
    const args = [
      'dev',
      ...configs.flatMap((path) => ['--config', path]),
      ...variables.flatMap((variable) => ['--var', variable]),
      ...options.wranglerArgs,
    ];
    const child = spawn(process.execPath, [WRANGLER, ...args], {
      stdio: 'inherit',
      // It would ask the network where it is.
      env: { CLOUDFLARE_CF_FETCH_ENABLED: 'false', ...process.env },
    });
    running = child;
    return new Promise((done) => {
      child.once('close', (code) => {
        running = null;
        done(code);
      });
    });
  }
}
