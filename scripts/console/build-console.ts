import { globSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { PageBuild } from '../pages/prepare-pages.ts';
import { ownFile } from '../project/folders.ts';

const HERE = import.meta.dirname;

/** The operators' page: one script and one file of styles. */
export const CONSOLE: PageBuild = {
  sources: globSync('**/*.{ts,tsx,js,css,txt}', { cwd: HERE }).map((name) => join(HERE, name)),
  packages: ['preact', '@preact/signals', 'uplot'],
  build: (folder) => Promise.all([bundle(folder), cp(join(HERE, 'page.txt'), join(folder, 'page.txt'))]),
};

const bundle = (outdir: string) =>
  build({
    entryPoints: [ownFile('scripts/console/console.tsx')],
    outdir,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'error',
  });
