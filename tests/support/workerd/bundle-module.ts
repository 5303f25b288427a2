import { type BuildOptions, build } from 'esbuild';

/** Bundles a Worker's entry file into one module for the runtime, as the product is, but not minified. */
export async function bundleModule(
  entry: string,
  outfile: string,
  plugins: BuildOptions['plugins'] = [],
): Promise<void> {
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'es2024',
    platform: 'browser',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*', 'node:*'],
    loader: { '.sql': 'text' },
    define: { 'process.env.NODE_ENV': '"production"' },
    logLevel: 'silent',
    plugins,
  });
}
