import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { Unstable_Config } from 'wrangler';
import { getOrInsert } from '../../../src/lib/get-or-insert.ts';
import type { MigrationBundle, Model } from '../../../src/model/types.ts';
import { importFile } from '../../project/import-file.ts';
import { mainOf, type ProjectPaths, readConfig, readModel } from '../../project/read-model.ts';
import { findConfig, storageScript } from '../../project/storage-config.ts';
import { bundleWorker } from '../../start/bundle-worker.ts';
import { CliError } from '../cli-error.ts';
import { type ReadOptions, readWorkerOptions } from './worker-options.ts';

/** What the doctor examines. */
export interface Project {
  /** The configuration as it is without `--env`, then that of each `env.<name>`. */
  readonly environments: readonly Environment[];
  /** Names that the Worker's module exports. */
  readonly exports: readonly string[];
  readonly model: Model;
  readonly worker: ReadOptions;
  /** Null: none was made yet. */
  readonly bundle: MigrationBundle | null;
}

export interface Environment {
  /** Null: the one without `--env`. */
  readonly name: string | null;
  readonly config: Unstable_Config;
  /** Null: the Durable Objects are the API's own, or no configuration of their Worker was found. */
  readonly storage: StorageEnvironment | null;
}

export interface StorageEnvironment {
  readonly path: string;
  readonly config: Unstable_Config;
  /** Names that its module exports. */
  readonly exports: readonly string[];
}

/** Throws `CliError` that names what is missing. */
export async function readProject(paths: ProjectPaths): Promise<Project> {
  const exportsOf = exportsReader();
  const environments = await readEnvironments(paths.config, exportsOf);
  const { config } = environments[0];
  const main = mainOf(config, paths.config);
  const { path: modelPath, model } = await readModel(main, paths.model);
  const bundlePath = join(dirname(modelPath), 'migrations/index.ts');
  const bundle = existsSync(bundlePath) ? (await importFile<{ bundle: MigrationBundle }>(bundlePath)).bundle : null;
  const exports = await exportsOf(main, config);
  return { environments, exports, model, worker: await readWorkerOptions(main), bundle };
}

async function readEnvironments(
  path: string,
  exportsOf: ExportsReader,
): Promise<readonly [Environment, ...Environment[]]> {
  const config = readConfig(path, '');
  const names: readonly string[] = config.definedEnvironments ?? [];
  const main = await readEnvironment(path, null, config, exportsOf);
  const others = names.map((name) => readEnvironment(path, name, readConfig(path, name), exportsOf));
  return [main, ...(await Promise.all(others))];
}

async function readEnvironment(
  path: string,
  name: string | null,
  config: Unstable_Config,
  exportsOf: ExportsReader,
): Promise<Environment> {
  const script = storageScript(config);
  const found = script === null ? null : findConfig(path, script, name ?? '');
  if (found === null) return { name, config, storage: null };
  const storage = readConfig(found, name ?? '');
  const exports = await exportsOf(mainOf(storage, found), storage);
  return { name, config, storage: { path: relative(process.cwd(), found), config: storage, exports } };
}

type ExportsReader = (main: string, config: Unstable_Config) => Promise<readonly string[]>;

/** Bundles each module once: environments usually share theirs. */
function exportsReader(): ExportsReader {
  const known = new Map<string, Promise<readonly string[]>>();
  return (main, { define }) =>
    getOrInsert(known, JSON.stringify([main, define]), async () => {
      try {
        return (await bundleWorker(main, null, define)).exports;
      } catch (error) {
        throw new CliError((error as Error).message);
      }
    });
}
