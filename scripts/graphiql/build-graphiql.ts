import { globSync } from 'node:fs';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import type { PageBuild } from '../pages/prepare-pages.ts';
import { ownFile, PACKAGE_FOLDER } from '../project/folders.ts';

const HERE = import.meta.dirname;
const DOCS = join(PACKAGE_FOLDER, 'docs');

const SOURCES = globSync('*.{tsx,ts,js,css,txt}', { cwd: HERE });
const PAGES_OF_GUIDE = globSync('*.md', { cwd: DOCS });

// Monaco runs each language service in a worker of its own; these packages come with GraphiQL.
const fromGraphiql = createRequire(createRequire(import.meta.url).resolve('@graphiql/react'));
const WORKERS = {
  'editor.worker': 'monaco-editor/esm/vs/editor/editor.worker.js',
  'json.worker': 'monaco-editor/esm/vs/language/json/json.worker.js',
  'graphql.worker': 'monaco-graphql/esm/graphql.worker.js',
};

/** The query page, with scripts, styles and fonts. */
export const GRAPHIQL: PageBuild = {
  sources: [...SOURCES.map((name) => join(HERE, name)), ...PAGES_OF_GUIDE.map((name) => join(DOCS, name))],
  packages: ['graphiql', '@graphiql/react', 'monaco-editor', 'monaco-graphql', 'react'],
  build: (folder) =>
    Promise.all([
      bundlePage(folder),
      bundleWorkers(folder),
      cp(join(HERE, 'page.txt'), join(folder, 'page.txt')),
      writeGuide(folder),
    ]),
};

/** The documentation, as the page shows it: `guide.txt` lists it, as JSON. */
async function writeGuide(folder: string): Promise<void> {
  const pages = await Promise.all(
    PAGES_OF_GUIDE.map(async (file) => {
      const text = await readFile(join(DOCS, file), 'utf8');
      const name = basename(file, '.md');
      await writeFile(join(folder, `guide-${name}.txt`), text);
      return { name, title: /^# (.*)$/m.exec(text)?.[1] ?? name };
    }),
  );
  // The table of contents first.
  const order = pages.toSorted(
    (a, b) => Number(b.name === 'README') - Number(a.name === 'README') || (a.title < b.title ? -1 : 1),
  );
  await writeFile(join(folder, 'guide.txt'), JSON.stringify(order));
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
    entryPoints: [ownFile('scripts/graphiql/page.tsx')],
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
