import { resolve } from 'node:path';
import type { BuildFailure, BuildOptions } from 'esbuild';
import { build } from 'esbuild';
import { ownFile } from '../project/folders.ts';
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
  metafile: true,
  logLevel: 'silent',
} satisfies BuildOptions;

/** What is known of a Worker once it is bundled. */
export interface BundledWorker {
  /** Names that its module exports. */
  readonly exports: readonly string[];
  /** True if it is made by `createApi`, `createStorage` or `createWorker`. */
  readonly isShardql: boolean;
}

/** One of them makes a Worker of ShardQL. */
const ENTRIES: ReadonlySet<string> = new Set(
  ['index', 'create-api', 'create-storage'].map((name) => ownFile(`src/${name}.ts`)),
);

/** Bundles a Worker's entry file into one module at `outfile`; null writes nothing, for which there is nothing to minify. */
export async function bundleWorker(
  main: string,
  outfile: string | null,
  define: Readonly<Record<string, string>> = {},
): Promise<BundledWorker> {
  const production = { 'process.env.NODE_ENV': '"production"', ...define };
  const output = outfile === null ? { write: false, sourcemap: false, minify: false } : { outfile };
  try {
    const { metafile } = await build({ ...OPTIONS, ...output, entryPoints: [main], define: production });
    const { exports = [] } = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined) ?? {};
    const isShardql = Object.keys(metafile.inputs).some((input) => ENTRIES.has(resolve(input)));
    return { exports, isShardql };
  } catch (error) {
    const first = (error as BuildFailure).errors?.[0];
    const at = first?.location ? ` (${first.location.file}:${first.location.line})` : '';
    throw new StartError(`Cannot bundle ${main}: ${first?.text ?? (error as Error).message}${at}`);
  }
}
