/** Serves the API on this machine as it runs when deployed, with rows that stay. */
import { join } from 'node:path';
import { demoCallers, howToAskAsOthers } from '../demo/callers.ts';
import { exampleTabs } from '../demo/example-queries.ts';
import { hasShop, loadShop } from '../demo/load-shop.ts';
import { type Pages, preparePages } from '../pages/prepare-pages.ts';
import { ownFile } from '../project/folders.ts';
import { awaitReady } from './await-ready.ts';
import { type BuiltWorker, buildWorker } from './build-worker.ts';
import { bundleWorker } from './bundle-worker.ts';
import { DataFolder } from './data-folder.ts';
import { requireFreePort } from './free-port.ts';
import { LoadingServer } from './loading-server.ts';
import { migrateShards } from './migrate-shards.ts';
import type { StartOptions } from './options.ts';
import { RuntimeGuard } from './runtime-guard.ts';
import type { Server, ServerOptions } from './server.ts';
import { loadMiniflare, startServer } from './server.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/** How often it is looked whether npm is still there. */
const PARENT_CHECK_MS = 500;

/** Returns when the API is served. Throws `StartError`. */
export async function start(options: StartOptions, args: readonly string[]): Promise<void> {
  const folder = await DataFolder.open(options.dataFolder, options.port);
  // After the folder, whose runtime left behind may be what holds the port.
  await requireFreePort(options.port, args);
  const loading = options.loadsDemoData && !hasShop(folder.path) ? await LoadingServer.listen(options.port) : null;
  const guard = new RuntimeGuard(folder);
  const pages = await preparePages();
  const worker = await buildWorkers(options, folder.path, pages);
  const run = async (served: Pick<ServerOptions, 'port' | 'pages' | 'isDevelopment'>) => {
    const server = await startServer({ ...worker, ...served });
    stopOnSignal(server, guard, folder);
    return server;
  };
  const serve = async (port: number, served: ServerOptions['pages']) => {
    const server = await run({ port, pages: served });
    await migrateShards(server.origin, console.log);
    await awaitReady(server.origin);
    return server;
  };
  if (loading) await loadDemo(loading, folder.path, () => serve(0, null));
  if (!options.deliversQueues) console.log('queues are paused: shards publish by themselves, within 30 s');
  if (options.isDevelopment) {
    // Keys in examples, and claims of callers, are those of the demo's rows.
    const hasDemo = options.isDemo && hasShop(folder.path);
    const examples = JSON.stringify(hasDemo ? exampleTabs() : []);
    const { origin } = await serve(options.port, { ...worker.pages, examples });
    await pages.areBuilt;
    console.log('development: every caller has the developer role');
    const claimsByRole = await fetchRoles(origin);
    if (Object.keys(claimsByRole).length > 0) {
      console.log(howToAskAsOthers(claimsByRole, hasDemo ? demoCallers() : []));
    }
    console.log(`console ${origin}/console`);
    console.log(`ready ${origin}/graphql`);
  } else {
    // Callers without credentials migrate nothing: a server on a port that nobody knows does it.
    await (await serve(0, null)).stop();
    const { origin } = await run({ port: options.port, pages: null, isDevelopment: false });
    console.log('as deployed: callers need credentials (docs/authentication.md)');
    console.log(`ready ${origin}/graphql`);
  }
}

async function buildWorkers(
  { configPath, variables, deliversQueues }: StartOptions,
  folder: string,
  { cache, builds }: Pages,
) {
  const bundlePath = join(folder, 'bundle/worker.js');
  const pagesPath = join(folder, 'bundle/pages.js');
  // esbuild works in a process of its own, while wrangler (where it is needed) and Miniflare are loaded here.
  const [, built] = await Promise.all([
    bundleWorker(ownFile('scripts/pages/worker.ts'), pagesPath),
    buildWorker(configPath, bundlePath),
    loadMiniflare(),
  ]);
  const config = deliversQueues ? built : withoutConsumers(built);
  const folders = { state: join(folder, 'state'), temporary: join(folder, 'tmp') };
  return { config, variables, bundlePath, folders, pages: { cache, builds, bundlePath: pagesPath } };
}

/** Nobody takes what is sent to queues. Producers do not notice. */
function withoutConsumers(built: BuiltWorker): BuiltWorker {
  const { queueConsumers: _, ...options } = built.options;
  return { ...built, options };
}

/** The model's roles, with their claims. None: a Worker of the user's own may have no such route. */
async function fetchRoles(origin: string): Promise<Readonly<Record<string, readonly string[]>>> {
  const response = await fetch(`${origin}/_shardql/roles.json`);
  if (response.ok) return (await response.json()) as Readonly<Record<string, readonly string[]>>;
  await response.body?.cancel();
  return {};
}

/** Through a server on a port that nobody knows, so that nobody is answered from some of the rows. */
async function loadDemo(loading: LoadingServer, folder: string, serve: () => Promise<Server>): Promise<void> {
  const server = await serve();
  await loadShop(server.origin, folder, (line) => {
    console.log(line);
    loading.report(line);
  });
  await server.stop();
  await loading.close();
}

/** Ends cleanly, also in the middle of loading. */
function stopOnSignal(server: Server, guard: RuntimeGuard, folder: DataFolder): void {
  // Miniflare's own handlers would exit at once, as if the signal had ended the process.
  for (const signal of SIGNALS) process.removeAllListeners(signal);
  const stop = async () => {
    await server.stop();
    guard.release();
    folder.close();
    process.exit(0);
  };
  for (const signal of SIGNALS) process.once(signal, stop);
  if (process.env.npm_lifecycle_event === 'start') stopWithParent(stop);
}

/** Who ends npm means the server: npm passes signals to its shell alone, which passes them to nobody. */
function stopWithParent(stop: () => Promise<void>): void {
  const { ppid } = process;
  const timer = setInterval(() => {
    if (process.ppid === ppid) return;
    clearInterval(timer);
    void stop();
  }, PARENT_CHECK_MS);
  timer.unref();
}
