import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';

const HERE = import.meta.dirname;
/** Below `node_modules`, so that a fresh install builds again and nothing of it is ever committed. */
const CACHE = join(HERE, '../../node_modules/.cache/shardql/graphiql');
const SOURCES = ['page.tsx', 'role-switch.tsx', 'callers.ts', 'page.html', 'build-graphiql.ts'];

// Monaco runs each language service in a worker of its own; these packages come with GraphiQL.
const fromGraphiql = createRequire(createRequire(import.meta.url).resolve('@graphiql/react'));
const WORKERS = {
  'editor.worker': 'monaco-editor/esm/vs/editor/editor.worker.js',
  'json.worker': 'monaco-editor/esm/vs/language/json/json.worker.js',
  'graphql.worker': 'monaco-graphql/esm/graphql.worker.js',
};

export interface Graphiql {
  /** Folder of all builds: there before the build is. */
  readonly cache: string;
  /** Name of this build's folder in it, with page, scripts, styles and fonts. */
  readonly build: string;
  readonly isBuilt: Promise<void>;
}

/** Builds GraphiQL once per version of its packages and sources; other work can go on meanwhile. */
export async function prepareGraphiql(): Promise<Graphiql> {
  await mkdir(CACHE, { recursive: true });
  const build = await cacheKey();
  const isBuilt = buildInto(join(CACHE, build));
  // A failure reaches those who await the build; until then it must not count as unhandled.
  isBuilt.catch(() => {});
  return { cache: CACHE, build, isBuilt };
}

async function buildInto(folder: string): Promise<void> {
  if (await exists(folder)) return;
  const draft = `${folder}.${process.pid}`;
  await mkdir(draft, { recursive: true });
  await Promise.all([bundlePage(draft), bundleWorkers(draft), cp(join(HERE, 'page.html'), join(draft, 'index.html'))]);
  // Complete or absent, even if two starts build at the same time: the second rename fails, and the first is as good.
  await rename(draft, folder).catch(() => rm(draft, { recursive: true }));
}

const shared = {
  bundle: true,
  minify: true,
  target: 'es2022',
  define: { 'process.env.NODE_ENV': '"production"' },
  logLevel: 'error',
} as const;

const bundlePage = (outdir: string) =>
  build({
    ...shared,
    entryPoints: [join(HERE, 'page.tsx')],
    outdir,
    format: 'esm',
    splitting: true,
    jsx: 'automatic',
    loader: { '.ttf': 'file', '.woff2': 'file' },
    assetNames: '[name]-[hash]',
    publicPath: '/graphiql/',
  });

const bundleWorkers = (outdir: string) => {
  const entryPoints = Object.entries(WORKERS).map(([name, path]) => [name, fromGraphiql.resolve(path)]);
  return build({ ...shared, entryPoints: Object.fromEntries(entryPoints), outdir, format: 'iife' });
};

async function cacheKey(): Promise<string> {
  const hash = createHash('sha256');
  for (const name of SOURCES) hash.update(await readFile(join(HERE, name)));
  const lock = JSON.parse(await readFile(join(HERE, '../../package-lock.json'), 'utf8'));
  for (const name of ['graphiql', '@graphiql/react', 'monaco-editor', 'monaco-graphql', 'react', 'esbuild']) {
    hash.update(`${name}@${lock.packages[`node_modules/${name}`]?.version} `);
  }
  return hash.digest('hex').slice(0, 16);
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
