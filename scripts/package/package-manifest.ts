import { readFileSync } from 'node:fs';
import { findPackageJSON } from 'node:module';
import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../project/folders.ts';

/** What the package's code, or types that are declared in it, share with code of the project: one copy each. */
const PEERS = ['drizzle-orm', 'graphql'];

/** Packages that are loaded by their names as text, which no import shows. */
const LOADED_BY_NAME = ['drizzle-kit', 'wrangler'];

/** A project's own may serve, as far as GraphiQL allows: a page has one copy. */
const SHARED_WITH_GRAPHIQL = ['react', 'react-dom'];

interface Manifest {
  readonly version: string;
  readonly license: string;
  readonly exports: Readonly<Record<string, string>>;
  readonly sideEffects: readonly string[];
  readonly peerDependencies: Readonly<Record<string, string>>;
}

/** package.json of the package, from that of the repository and the packages that its files import. */
export function packageManifest(imported: readonly string[]) {
  const { version, license, exports, sideEffects } = readManifest(join(PACKAGE_FOLDER, 'package.json'));
  const names = [...new Set([...imported, ...LOADED_BY_NAME])].filter((name) => !PEERS.includes(name)).sort();
  const graphiqlPeers = installed('graphiql').peerDependencies;
  const versionOf = (name: string) =>
    SHARED_WITH_GRAPHIQL.includes(name) ? graphiqlPeers[name] : installed(name).version;
  return {
    name: 'shardql',
    version,
    description: 'A GraphQL data API over sharded SQLite that runs entirely on Cloudflare Workers',
    license,
    type: 'module',
    engines: { node: '>=22.18' },
    bin: { shardql: 'bin/shardql.js' },
    exports: {
      ...Object.fromEntries(Object.entries(exports).map(([name, source]) => [name, conditionsOf(source)])),
      './package.json': './package.json',
    },
    sideEffects: sideEffects.map((path) => path.replace(/\.ts$/, '.js')),
    dependencies: Object.fromEntries(names.map((name) => [name, versionOf(name)])),
    peerDependencies: Object.fromEntries(PEERS.map((name) => [name, `^${installed(name).version}`])),
  };
}

const conditionsOf = (source: string) => ({
  types: source.replace(/\.ts$/, '.d.ts'),
  default: source.replace(/\.ts$/, '.js'),
});

const installed = (name: string): Manifest => readManifest(findPackageJSON(name, import.meta.url)!);

const readManifest = (path: string): Manifest => JSON.parse(readFileSync(path, 'utf8'));
