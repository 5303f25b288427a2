import type { BuildFailure, BuildOptions } from 'esbuild';
import { build } from 'esbuild';
import { StartError } from './start-error.ts';

/**
 * How wrangler bundles with `minify` and without `keep_names`: the platform's export conditions, its own modules left
 * alone, text modules as strings. Starting an isolate, the runtime reads every word of the bundle.
 */
const OPTIONS = {
  bundle: true,
  format: 'esm',
  target: 'es2024',
  platform: 'browser',
  conditions: ['workerd', 'worker', 'browser'],
  external: ['cloudflare:*', 'node:*'],
  loader: { '.sql': 'text', '.txt': 'text', '.html': 'text' },
  minify: true,
  sourcemap: 'linked',
  logLevel: 'silent',
} satisfies BuildOptions;

/** Bundles a Worker's entry file into one module at `outfile`. */
export async function bundleWorker(main: string, outfile: string, define: Readonly<Record<string, string>> = {}) {
  const production = { 'process.env.NODE_ENV': '"production"', ...define };
  try {
    await build({ ...OPTIONS, entryPoints: [main], outfile, define: production });
  } catch (error) {
    const first = (error as BuildFailure).errors?.[0];
    const at = first?.location ? ` (${first.location.file}:${first.location.line})` : '';
    throw new StartError(`Cannot bundle ${main}: ${first?.text ?? (error as Error).message}${at}`);
  }
}
