import { build } from 'esbuild';
import { PACKAGE_FOLDER } from '../project/folders.ts';

/** What starts by itself: exports, the command line, and what it runs in other processes, threads, Workers and browsers. */
const ENTRIES = [
  'src/index.ts',
  'src/model-entry.ts',
  'scripts/shardql.ts',
  'scripts/start/watchdog.ts',
  'scripts/cli/backup/inspector-thread.ts',
  'scripts/pages/worker.ts',
  'scripts/graphiql/page.tsx',
  'scripts/console/console.tsx',
];

export interface SourceClosure {
  /** Source files that run, styles of the pages among them; relative to the repository. */
  readonly files: readonly string[];
  /** Names of the packages that they import. */
  readonly packages: readonly string[];
}

/** What the package needs: everything that its entries import, at once or later. Types are gone. */
export async function sourceClosure(): Promise<SourceClosure> {
  const { metafile } = await build({
    absWorkingDir: PACKAGE_FOLDER,
    entryPoints: ENTRIES,
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    outdir: 'none',
    splitting: true,
    packages: 'external',
    logLevel: 'silent',
  });
  const inputs = Object.entries(metafile.inputs);
  const imported = inputs.flatMap(([, { imports }]) => imports.filter(({ external }) => external));
  const names = imported.map(({ path }) => packageName(path)).filter((name) => !/^(node|cloudflare):/.test(name));
  return { files: inputs.map(([path]) => path).sort(), packages: [...new Set(names)].sort() };
}

/** `drizzle-orm/sqlite-core` → `drizzle-orm`. */
const packageName = (path: string): string => path.split('/', path.startsWith('@') ? 2 : 1).join('/');
