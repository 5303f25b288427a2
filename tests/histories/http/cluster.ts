/** Several isolates of the API over one storage, in the runtime that the product runs in. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Plugin } from 'esbuild';
import { convertV4MiniflareOptions, Miniflare } from 'miniflare';
import { freePort } from '../../support/free-port.ts';
import { bundleModule } from '../../support/workerd/bundle-module.ts';
import { moduleWorker, quietRuntime } from '../../support/workerd/quiet-runtime.ts';
import type { SeededBug } from '../seeded-bugs.ts';
import type { Command } from './protocol.ts';

const PROJECT = resolve(import.meta.dirname, '../../..');
const HOST = '127.0.0.1';
const SHARDS = 'shards';

export interface HttpAnswer {
  readonly status: number;
  readonly token: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: answers are as free as queries.
  readonly body: any;
}

export interface Endpoint {
  graphql(query: string, token: string | null): Promise<HttpAnswer>;
  command(command: Command): Promise<void>;
}

export interface Cluster {
  readonly isolates: readonly Endpoint[];
  readonly shards: Endpoint;
  stop(): Promise<void>;
}

/** `bug`: is put into the sources. */
export async function startCluster(isolateCount: number, bug: SeededBug | null = null): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'shardql-http-'));
  const path = join(folder, 'worker.mjs');
  await bundleModule(join(import.meta.dirname, 'worker.ts'), path, bug === null ? [] : [planted(bug)]);
  const names = [SHARDS, ...Array.from({ length: isolateCount }, (_, at) => `isolate-${at}`)];
  const ports = await Promise.all(names.map(() => freePort()));
  const durableObject = (className: string) => ({ className, scriptName: SHARDS, useSQLite: true });
  const runtime = new Miniflare(
    convertV4MiniflareOptions({
      host: HOST,
      port: 0,
      ...quietRuntime(folder),
      workers: names.map((name, at) => ({
        name,
        ...moduleWorker(folder, path),
        bindings: { SHARDQL_DEVELOPMENT: 'true', SHARDQL_SHARDS: '3' },
        kvNamespaces: { KV: 'kv' },
        durableObjects: { SHARD: durableObject('Shard'), CATALOG: durableObject('Catalog') },
        unsafeDirectSockets: [{ host: HOST, port: ports[at]! }],
      })),
    }),
  );
  await runtime.ready;
  const [shards, ...isolates] = ports.map((port) => endpoint(`http://${HOST}:${port}`));
  return {
    isolates,
    shards: shards!,
    async stop() {
      await runtime.dispose();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const planted = ({ file, from, to }: SeededBug): Plugin => ({
  name: 'seeded bug',
  setup(building) {
    building.onLoad({ filter: /\.ts$/ }, ({ path }) => {
      if (path !== join(PROJECT, 'src', file)) return undefined;
      return { contents: readFileSync(path, 'utf8').replace(from, () => to), loader: 'ts' };
    });
  },
});

const endpoint = (origin: string): Endpoint => ({
  async graphql(query, token) {
    const headers: Record<string, string> = { 'content-type': 'application/json', 'x-shardql-trace': '1' };
    if (token !== null) headers['x-shardql-token'] = token;
    const response = await fetch(`${origin}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) });
    return {
      status: response.status,
      token: response.headers.get('x-shardql-token'),
      body: JSON.parse(await response.text()),
    };
  },
  async command(command) {
    const response = await fetch(`${origin}/-/command`, { method: 'POST', body: JSON.stringify(command) });
    if (!response.ok) throw new Error(`Expected ${command.kind} to be obeyed, but got ${await response.text()}`);
    await response.text();
  },
});
