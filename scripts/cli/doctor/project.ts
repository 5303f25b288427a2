import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Unstable_Config } from 'wrangler';
import { getOrInsert } from '../../../src/lib/get-or-insert.ts';
import type { MigrationBundle, Model } from '../../../src/model/types.ts';
import type { ConfigFile } from '../../project/deployment.ts';
import { type EnvironmentConfigs, readEnvironments } from '../../project/environments.ts';
import { importFile } from '../../project/import-file.ts';
import { findModel, mainOf, type ProjectPaths, readModel } from '../../project/read-model.ts';
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

export interface Environment extends EnvironmentConfigs {
  readonly storage: StorageEnvironment | null;
}

export interface StorageEnvironment extends ConfigFile {
  /** Names that its module exports. */
  readonly exports: readonly string[];
}

/** Throws `CliError` that names what is missing. */
export async function readProject(paths: ProjectPaths): Promise<Project> {
  const exportsOf = exportsReader();
  const configs = readEnvironments(paths.config);
  const [{ config }] = configs;
  const environments = await Promise.all(configs.map((each) => withExports(each, exportsOf)));
  const main = mainOf(config, paths.config);
  const { path: modelPath, model } = await readModel(paths.model ?? findModel(main));
  const bundlePath = join(dirname(modelPath), 'migrations/index.ts');
  const bundle = existsSync(bundlePath) ? (await importFile<{ bundle: MigrationBundle }>(bundlePath)).bundle : null;
  const exports = await exportsOf(main, config);
  return { environments, exports, model, worker: await readWorkerOptions(main), bundle };
}

async function withExports(
  { name, config, storage }: EnvironmentConfigs,
  exportsOf: ExportsReader,
): Promise<Environment> {
  if (storage === null) return { name, config, storage };
  const exports = await exportsOf(mainOf(storage.config, storage.path), storage.config);
  return { name, config, storage: { ...storage, exports } };
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
