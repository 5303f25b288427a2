import { dirname, join } from 'node:path';
import type { Miniflare, V4MiniflareOptions, V4WorkerOptions, WorkerdStructuredLog } from 'miniflare';
import type { Pages } from '../pages/prepare-pages.ts';
import type { StorageWorker } from './build-worker.ts';
import { HOST } from './free-port.ts';
import { SourcePositions } from './source-positions.ts';
import { startFailure } from './start-failure.ts';
import type { WorkerConfig } from './worker-config.ts';

const COMPATIBILITY_DATE = '2026-10-01';
/** Node's modules and globals would be loaded with the isolate. */
const WITHOUT_NODE = ['no_nodejs_compat_v2', 'no_nodejs_global_timers'];

/**
 * Notes of workerd that ask nothing of anybody: an alarm that was due at a restart has been rescheduled, and runs at its new time; one
 * that is late, as on a machine with much to do, runs now.
 */
const NO_NEWS = /^NOSENTRY SQLite alarm (?:handler canceled|overdue, running)/;

export interface ServerOptions {
  /** 0: one that is free. */
  readonly port: number;
  /** Where rows are kept, and what goes with the process. */
  readonly folders: RuntimeFolders;
  /** With the Worker of its Durable Objects; without `storage`, they are its own. */
  readonly config: WorkerConfig & { readonly storage?: StorageWorker | null };
  /** Override those of wrangler.toml. */
  readonly variables: Readonly<Record<string, string>>;
  readonly bundlePath: string;
  /** Every caller has the developer role. Default true. */
  readonly isDevelopment?: boolean;
  /** Null: none. */
  readonly pages: (Pick<Pages, 'cache' | 'builds'> & PagesWorker) | null;
  /** Gets what the Worker logs; the console if left out. */
  readonly print?: Print;
}

type Print = (log: WorkerdStructuredLog) => void;

const printToConsole: Print = ({ level, message }) =>
  (level === 'error' || level === 'warn' ? console.error : console.log)(message);

export interface RuntimeFolders {
  readonly state: string;
  readonly temporary: string;
}

interface PagesWorker {
  readonly bundlePath: string;
  readonly examples: string;
}

export interface Server {
  readonly origin: string;
  stop(): Promise<void>;
}

/** Loading takes half a second of CPU; call it early, while something else is pending. */
export const loadMiniflare = (): Promise<typeof import('miniflare')> => import('miniflare');

/**
 * Runs the Worker in workerd, listening on the port itself: no development proxy, no entry Worker. Throws `StartError`
 * if the port is taken or the Worker does not start.
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { config, folders, bundlePath, pages, variables, print, isDevelopment = true } = options;
  const { storage } = config;
  const bundlePaths = [bundlePath, ...(storage ? [storage.bundlePath] : [])];
  const workers = [
    workerOptions(options),
    ...(storage ? [storageOptions(storage, variables)] : []),
    ...(pages ? [pagesOptions(pages, isDevelopment ? new SourcePositions(bundlePaths) : null)] : []),
  ];
  const runtime = await run(workers, folders, bundlePaths, print);
  const { origin } = await runtime.unsafeGetDirectURL(config.name);
  return { origin, stop: () => runtime.dispose() };
}

/** Throws `StartError` if the bundle cannot be loaded. Runs it with no bindings, and in a folder that need not last. */
export async function requireLoadable(
  { name, options }: WorkerConfig,
  bundlePath: string,
  folder: string,
): Promise<void> {
  const { compatibilityDate = COMPATIBILITY_DATE, compatibilityFlags } = options;
  const worker = { name, compatibilityDate, compatibilityFlags, ...modulesOf(bundlePath) };
  const folders = { state: join(folder, 'state'), temporary: join(folder, 'tmp') };
  await (await run([worker], folders, [bundlePath])).dispose();
}

async function run(
  workers: V4WorkerOptions[],
  folders: RuntimeFolders,
  bundlePaths: readonly string[],
  printTranslated: Print = printToConsole,
): Promise<Miniflare> {
  const positions = new SourcePositions(bundlePaths);
  const print: Print = (log) => {
    if (!NO_NEWS.test(log.message)) printTranslated({ ...log, message: positions.translate(log.message) });
  };
  // Until the Worker runs, what the runtime says matters only if it does not come to that.
  let early: WorkerdStructuredLog[] | null = [];
  const handleLog = (log: WorkerdStructuredLog) => (early ? early.push(log) : print(log));
  const { convertV4MiniflareOptions, Log, LogLevel, Miniflare } = await loadMiniflare();
  const shared = { ...sharedOptions(folders, handleLog), log: new Log(LogLevel.NONE) };
  const runtime = new Miniflare(convertV4MiniflareOptions({ ...shared, workers }));
  try {
    await runtime.ready;
  } catch (error) {
    await runtime.dispose().catch(() => {});
    const logs = early.map(({ message }) => message);
    throw startFailure(logs, error as Error, positions);
  }
  for (const log of early) print(log);
  early = null;
  return runtime;
}

function sharedOptions(folders: RuntimeFolders, handleLog: (log: WorkerdStructuredLog) => void) {
  return {
    // Miniflare's own port, with an entry Worker in front. Nobody uses it; it cannot be switched off.
    host: HOST,
    port: 0,
    handleStructuredLogs: handleLog,
    resourcePersistencePath: folders.state,
    resourceTmpPath: folders.temporary,
    // Nothing here asks the network.
    cf: false,
    telemetry: { enabled: false },
  } satisfies Partial<V4MiniflareOptions>;
}

function workerOptions({ port, config, bundlePath, variables, pages, isDevelopment = true }: ServerOptions) {
  const options = bundledOptions(config, bundlePath);
  return {
    ...options,
    bindings: { ...options.bindings, ...variables, SHARDQL_DEVELOPMENT: String(isDevelopment) },
    serviceBindings: { ...options.serviceBindings, ...(pages && { SHARDQL_PAGES: PAGES_NAME }) },
    unsafeDirectSockets: [{ host: HOST, port }],
  };
}

function storageOptions({ config, bundlePath }: StorageWorker, variables: ServerOptions['variables']) {
  const options = bundledOptions(config, bundlePath);
  return { ...options, bindings: { ...options.bindings, ...variables } };
}

function bundledOptions({ name, options: { modulesRules: _, ...options } }: WorkerConfig, bundlePath: string) {
  return { compatibilityDate: COMPATIBILITY_DATE, ...options, name, ...modulesOf(bundlePath) };
}

const modulesOf = (path: string) => ({ modules: [{ type: 'ESModule' as const, path }], modulesRoot: dirname(path) });

const PAGES_NAME = 'shardql-pages';

/** Answers a stack with the same one in terms of the sources. */
const translating = (positions: SourcePositions) => async (request: { text(): Promise<string> }) => {
  const { Response } = await loadMiniflare();
  return new Response(positions.translate(await request.text()));
};

const pagesOptions = (
  { bundlePath, cache, builds, examples }: NonNullable<ServerOptions['pages']>,
  positions: SourcePositions | null,
) => ({
  name: PAGES_NAME,
  compatibilityDate: COMPATIBILITY_DATE,
  compatibilityFlags: WITHOUT_NODE,
  ...modulesOf(bundlePath),
  serviceBindings: {
    CACHE: { disk: { path: cache, writable: false } },
    ...(positions && { SOURCES: translating(positions) }),
  },
  bindings: { BUILDS: { ...builds }, EXAMPLES: examples },
});
