import { globSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { PageBuild } from '../pages/prepare-pages.ts';

const HERE = import.meta.dirname;
const SOURCES = globSync('*.{ts,tsx,txt}', { cwd: HERE });

// Monaco runs each language service in a worker of its own; these packages come with GraphiQL.
const fromGraphiql = createRequire(createRequire(import.meta.url).resolve('@graphiql/react'));
const WORKERS = {
  'editor.worker': 'monaco-editor/esm/vs/editor/editor.worker.js',
  'json.worker': 'monaco-editor/esm/vs/language/json/json.worker.js',
  'graphql.worker': 'monaco-graphql/esm/graphql.worker.js',
};

/** The query page, with scripts, styles and fonts. */
export const GRAPHIQL: PageBuild = {
  sources: SOURCES.map((name) => join(HERE, name)),
  packages: ['graphiql', '@graphiql/react', 'monaco-editor', 'monaco-graphql', 'react'],
  build: (folder) =>
    Promise.all([bundlePage(folder), bundleWorkers(folder), cp(join(HERE, 'page.txt'), join(folder, 'page.txt'))]),
};

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
    publicPath: '/_shardql/graphiql/',
  });

const bundleWorkers = (outdir: string) => {
  const entryPoints = Object.entries(WORKERS).map(([name, path]) => [name, fromGraphiql.resolve(path)]);
  return build({ ...shared, entryPoints: Object.fromEntries(entryPoints), outdir, format: 'iife' });
};
