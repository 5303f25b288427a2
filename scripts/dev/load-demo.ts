import { join } from 'node:path';
import { hasShop, loadShop } from '../demo/load-shop.ts';
import { awaitReady } from '../start/await-ready.ts';
import type { BuiltWorker } from '../start/build-worker.ts';
import { migrateShards } from '../start/migrate-shards.ts';
import { startServer } from '../start/server.ts';
import { StartError } from '../start/start-error.ts';

/** What a folder is that wrangler keeps rows in, beneath the one that `--persist-to` names. */
const STATE = 'v3';

/**
 * Loads the demo's rows, once, into the folder where wrangler will look for them, before it does: nobody is answered from
 * some of them. If that fails it is printed; the Worker then answers every request with the same reason.
 */
export async function loadDemo(config: BuiltWorker, bundlePath: string, persistFolder: string): Promise<void> {
  if (hasShop(persistFolder)) return;
  const folders = { state: join(persistFolder, STATE), temporary: join(persistFolder, 'tmp') };
  try {
    const server = await startServer({ port: 0, folders, config, variables: {}, bundlePath, pages: null });
    try {
      await migrateShards(server.origin, console.log);
      await awaitReady(server.origin);
      await loadShop(server.origin, persistFolder, console.log);
    } finally {
      await server.stop();
    }
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    console.error(error.message);
  }
}
