import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuiltWorker, buildWorker } from '../../scripts/start/build-worker.ts';
import { bundleWorker } from '../../scripts/start/bundle-worker.ts';
import { type Server, startServer } from '../../scripts/start/server.ts';
import { freePort } from '../servers/start-server.ts';

const PAGES = resolve(import.meta.dirname, '../../scripts/pages/worker.ts');

/**
 * A Worker bundled and served as `npm start` does, with a data folder of its own, but asked nothing: `npm start` itself
 * waits until all shards are ready, and so hides what the first request costs.
 */
export class BuiltApp {
  readonly #folder: string;
  readonly #config: BuiltWorker;

  private constructor(folder: string, config: BuiltWorker) {
    this.#folder = folder;
    this.#config = config;
  }

  /** @param main instead of the configuration's, and of that of its shards. */
  static async build(configPath: string, main?: string): Promise<BuiltApp> {
    const folder = mkdtempSync(join(tmpdir(), 'shardql-bench-startup-'));
    const bundlePath = join(folder, 'worker.js');
    const config = await buildWorker(configPath, bundlePath);
    const app = new BuiltApp(folder, config);
    if (main !== undefined) {
      await bundleWorker(main, bundlePath, config.define);
      if (config.storage) await bundleWorker(main, config.storage.bundlePath, config.define);
    }
    await bundleWorker(PAGES, app.#pagesPath);
    return app;
  }

  /** Size of the API's bundle as it is deployed, in bytes. */
  get gzippedBytes(): number {
    return gzipSync(readFileSync(this.#bundlePath)).byteLength;
  }

  async start(): Promise<Server & { readonly port: number }> {
    const port = await freePort();
    const server = await startServer({
      port,
      folders: { state: join(this.#folder, 'state'), temporary: join(this.#folder, 'tmp') },
      config: this.#config,
      variables: {},
      bundlePath: this.#bundlePath,
      // Nobody opens a page here, so there is no need to build any.
      pages: { cache: this.#folder, builds: {}, bundlePath: this.#pagesPath, examples: '[]' },
    });
    return { ...server, port };
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  get #bundlePath(): string {
    return join(this.#folder, 'worker.js');
  }

  get #pagesPath(): string {
    return join(this.#folder, 'pages.js');
  }
}
