import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { PACKAGE_FOLDER } from '../project/folders.ts';
import { installedCommands } from './installed-commands.ts';

/** Oldest runtime: that of the command line. workerd and browsers know more. */
const TARGET = ['node22.18', 'es2024'];

/** Specifiers of the project's own modules, as esbuild prints them. */
const OWN_MODULE = /((?:\bfrom|\bimport)\s*\(?\s*")(\.{1,2}\/[^"]+)\.tsx?"/g;

/**
 * Compiles each source file to a JavaScript file of the same place and name. They are not bundled: what a model imports and what the
 * commands import are one copy, and the Worker's own bundler takes what it needs.
 */
export async function compileSources(files: readonly string[], folder: string): Promise<void> {
  const sources = files.filter((path) => /\.tsx?$/.test(path));
  const isConsole = (path: string) => path.startsWith('scripts/console/');
  await Promise.all([
    compile(
      sources.filter((path) => !isConsole(path)),
      folder,
      'react',
    ),
    compile(sources.filter(isConsole), folder, 'preact'),
  ]);
  for (const path of files.filter((path) => !sources.includes(path))) {
    cpSync(join(PACKAGE_FOLDER, path), join(folder, path));
  }
}

async function compile(entryPoints: string[], outdir: string, jsxImportSource: string): Promise<void> {
  const { outputFiles } = await build({
    absWorkingDir: PACKAGE_FOLDER,
    entryPoints,
    outdir,
    outbase: PACKAGE_FOLDER,
    format: 'esm',
    target: TARGET,
    charset: 'utf8',
    jsx: 'automatic',
    jsxImportSource,
    write: false,
    logLevel: 'silent',
  });
  for (const { path, text } of outputFiles) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, installedCommands(text.replace(OWN_MODULE, '$1$2.js"')));
  }
}
