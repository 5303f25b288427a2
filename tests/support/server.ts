/**
 * Starts the product on a free port: `startServer` in the test's own process, by what `npm start` consists of; `startProcess` the
 * way users do, for tests that kill it or need GraphiQL. A process of its own costs 2 s of CPU more, most of
 * it to load and bundle the same again.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { loadShop } from '../../scripts/demo/load-shop.ts';
import { preparePages } from '../../scripts/pages/prepare-pages.ts';
import { awaitReady } from '../../scripts/start/await-ready.ts';
import { type BuiltWorker, buildWorker } from '../../scripts/start/build-worker.ts';
import { bundleWorker } from '../../scripts/start/bundle-worker.ts';
import { migrateShards } from '../../scripts/start/migrate-shards.ts';
import { startServer as startRuntime } from '../../scripts/start/server.ts';
import { freePort } from './free-port.ts';
import { type GraphQLAnswer, postGraphQL } from './graphql.ts';

const ROOT = new URL('../..', import.meta.url).pathname;
const READY_WITHIN_MS = 60_000;

export interface ServerOptions {
  /** Number of shards of a new data folder. */
  readonly shards?: number;
  /** Data folder to use again; a fresh one, removed by `stop`, if left out. */
  readonly data?: string;
  /** wrangler.toml of another Worker, from the project's root; the demo's own if left out. */
  readonly config?: string;
  /** Load the demo data. */
  readonly demo?: boolean;
  /** Variables of the Worker, `SHARDQL_…`. */
  readonly env?: Readonly<Record<string, string>>;
  /** With GraphiQL and the console. */
  readonly pages?: boolean;
  /** Further options of `npm start`, of a process alone. */
  readonly args?: readonly string[];
  /** Run as on a deployment, with this `SHARDQL_OPERATOR_TOKEN`; else every caller has the developer role. */
  readonly operatorToken?: string;
}

export interface Server {
  readonly url: string;
  readonly origin: string;
  readonly data: string;
  /** Everything it printed so far. */
  output(): string;
  graphql(
    query: string,
    variables?: Readonly<Record<string, unknown>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<GraphQLAnswer>;
  /** Ends the server in good order and removes a data folder of its own. */
  stop(): Promise<void>;
}

/** In the test's own process. */
export interface LaunchedServer extends Server {
  /** Ends the runtime by SIGKILL: nothing that it does is finished. */
  kill(): Promise<void>;
}

export interface ServerProcess extends Server {
  readonly process: ChildProcess;
}

/** Resolves when the API is ready. */
export async function startServer(options: ServerOptions = {}): Promise<Server> {
  const server = await launchServer(options);
  try {
    await migrateShards(server.origin, () => {}, options.operatorToken);
    await awaitReady(server.origin);
    if (options.demo) await loadShop(server.origin, server.data, () => {});
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** Resolves when the runtime listens, with shards that may have to migrate. */
export async function launchServer(options: ServerOptions = {}): Promise<LaunchedServer> {
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'shardql-'));
  const { config, bundlePath } = await builtWorker(resolve(ROOT, options.config ?? 'wrangler.toml'));
  const pages = options.pages ? await builtPages() : null;
  let output = '';
  const [runtime, workerd] = await withRuntimeProcess(() =>
    startRuntime({
      port: 0,
      folders: { state: join(data, 'state'), temporary: join(data, 'tmp') },
      config,
      bundlePath,
      variables: variablesOf(options),
      isDevelopment: options.operatorToken === undefined,
      pages,
      print: ({ message }) => {
        output += `${message}\n`;
      },
    }),
  );
  return {
    ...callsOf(`${runtime.origin}/graphql`),
    data,
    output: () => output,
    async stop() {
      await runtime.stop();
      if (options.data === undefined) rmSync(data, { recursive: true, force: true });
    },
    async kill() {
      workerd.kill('SIGKILL');
      // In the same turn, or Miniflare would take it for a crash, and start another.
      await runtime.stop();
    },
  };
}

/** What `start` gives, and the workerd that it has started. */
async function withRuntimeProcess<T>(start: () => Promise<T>): Promise<[T, ChildProcess]> {
  const started: ChildProcess[] = [];
  const onChild = (message: unknown) => {
    const child = (message as { process: ChildProcess }).process;
    child.once('spawn', () => {
      if (/workerd(\.exe)?$/.test(child.spawnfile)) started.push(child);
    });
  };
  subscribe('child_process', onChild);
  try {
    const result = await start();
    return [result, started.at(-1)!];
  } finally {
    unsubscribe('child_process', onChild);
  }
}

const variablesOf = ({ shards, operatorToken, env }: ServerOptions): Readonly<Record<string, string>> => ({
  ...(operatorToken === undefined ? {} : { SHARDQL_OPERATOR_TOKEN: operatorToken }),
  ...(shards === undefined ? {} : { SHARDQL_SHARDS: String(shards) }),
  ...env,
});

interface ServedWorker {
  readonly config: BuiltWorker;
  readonly bundlePath: string;
}

const builtWorkers = new Map<string, Promise<ServedWorker>>();

/** Bundled once for all servers of this process. */
function builtWorker(configPath: string): Promise<ServedWorker> {
  const known = builtWorkers.get(configPath);
  if (known) return known;
  const folder = mkdtempSync(join(tmpdir(), 'shardql-bundle-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const bundlePath = join(folder, 'worker.js');
  const built = buildWorker(configPath, bundlePath).then((config) => ({ config, bundlePath }));
  builtWorkers.set(configPath, built);
  return built;
}

/** Built once for all servers of this process, as their Workers are. */
let pagesOfProcess: Promise<NonNullable<Parameters<typeof startRuntime>[0]['pages']>> | undefined;

function builtPages() {
  pagesOfProcess ??= (async () => {
    const folder = mkdtempSync(join(tmpdir(), 'shardql-bundle-'));
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
    const bundlePath = join(folder, 'pages.js');
    const [{ cache, builds, areBuilt }] = await Promise.all([
      preparePages(),
      bundleWorker(join(ROOT, 'scripts/pages/worker.ts'), bundlePath),
    ]);
    await areBuilt;
    return { cache, builds, bundlePath, examples: '[]' };
  })();
  return pagesOfProcess;
}

const callsOf = (url: string): Pick<Server, 'url' | 'origin' | 'graphql'> => ({
  url,
  origin: new URL(url).origin,
  async graphql(query, variables, headers) {
    await noticeClosed();
    return postGraphQL(url, query, variables, headers);
  },
});

/** A server closes connections that are idle while a test computes: two turns of the loop, and no request is sent into one. */
async function noticeClosed(): Promise<void> {
  for (let turn = 0; turn < 2; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** Resolves when the process has printed its `ready` line; rejects with its output if it ends or stays silent. */
export async function startProcess(options: ServerOptions = {}): Promise<ServerProcess> {
  const port = await freePort();
  const ownsData = options.data === undefined;
  const data = options.data ?? mkdtempSync(join(tmpdir(), 'shardql-'));
  const child = spawn(
    process.execPath,
    [
      'scripts/start.ts',
      '--data',
      data,
      ...(options.demo ? [] : ['--empty']),
      ...(options.config ? ['--config', options.config] : []),
      ...(options.args ?? []),
    ],
    {
      cwd: ROOT,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        PORT: String(port),
        ...variablesOf(options),
      },
    },
  );
  let output = '';
  const url = await new Promise<string>((resolve, reject) => {
    const fail = (reason: string) =>
      reject(new Error(`Expected the server to become ready, but ${reason}:\n${output}`));
    const timer = setTimeout(() => {
      child.kill('SIGTERM');
      fail(`it did not within ${READY_WITHIN_MS} ms`);
    }, READY_WITHIN_MS);
    const listen = (chunk: Buffer) => {
      output += chunk.toString();
      const ready = /^ready (\S+)$/m.exec(output);
      if (ready) {
        clearTimeout(timer);
        resolve(ready[1]!);
      }
    };
    child.stdout.on('data', listen);
    child.stderr.on('data', listen);
    child.once('exit', (code, signal) => {
      clearTimeout(timer);
      fail(`it ended with ${signal ?? code}`);
    });
  });

  return {
    ...callsOf(url),
    data,
    process: child,
    output: () => output,
    async stop() {
      await end(child);
      if (ownsData) rmSync(data, { recursive: true, force: true });
    },
  };
}

const end = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.once('exit', () => resolve());
    child.kill('SIGTERM');
  });
