/** `npm start`: serves the API on this machine as it runs when deployed, with rows that stay. */

import { join } from 'node:path';
import { exampleTabs } from './demo/example-queries.ts';
import { loadShop } from './demo/load-shop.ts';
import type { Graphiql } from './graphiql/build-graphiql.ts';
import { prepareGraphiql } from './graphiql/build-graphiql.ts';
import { awaitReady } from './start/await-ready.ts';
import { buildWorker } from './start/build-worker.ts';
import { bundleWorker } from './start/bundle-worker.ts';
import { DataFolder } from './start/data-folder.ts';
import { migrateShards } from './start/migrate-shards.ts';
import type { StartOptions } from './start/options.ts';
import { parseStartOptions, USAGE } from './start/options.ts';
import { RuntimeGuard } from './start/runtime-guard.ts';
import type { Server } from './start/server.ts';
import { requireFreePort, startServer } from './start/server.ts';
import { StartError } from './start/start-error.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

try {
  const options = parseStartOptions(process.argv.slice(2), process.env);
  if (options.showsUsage) console.log(USAGE);
  else await start(options);
} catch (error) {
  if (!(error instanceof StartError)) throw error;
  console.error(error.message);
  process.exit(error.exitCode);
}

async function start(options: StartOptions): Promise<void> {
  const folder = await DataFolder.open(options.dataFolder, options.port);
  // After the folder, whose runtime left behind may be what holds the port.
  await requireFreePort(options.port);
  const guard = new RuntimeGuard(folder);
  const graphiql = await prepareGraphiql();
  const server = await serve(options, folder, graphiql);
  stopOnSignal(server, guard, folder);
  await migrateShards(server.origin, console.log);
  await awaitReady(server.origin);
  if (options.loadsDemoData) await loadShop(server.origin, folder.path, console.log);
  await graphiql.isBuilt;
  console.log('development: every caller has the developer role');
  console.log(`ready ${server.origin}/graphql`);
}

async function serve(options: StartOptions, folder: DataFolder, { cache, build }: Graphiql): Promise<Server> {
  const { port, configPath, variables, isDemo } = options;
  const bundlePath = join(folder.path, 'bundle/worker.js');
  const graphiqlPath = join(folder.path, 'bundle/graphiql.js');
  const [config] = await Promise.all([
    buildWorker(configPath, bundlePath),
    bundleWorker(join(import.meta.dirname, 'graphiql/worker.ts'), graphiqlPath),
  ]);
  return startServer({
    port,
    dataFolder: folder.path,
    config,
    variables,
    bundlePath,
    graphiql: { cache, build, bundlePath: graphiqlPath, examples: JSON.stringify(isDemo ? exampleTabs() : []) },
  });
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
}
