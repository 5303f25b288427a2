import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Unstable_Config } from 'wrangler';
import type { MigrationBundle, Model } from '../../../src/model/types.ts';
import { importFile } from '../../project/import-file.ts';
import { mainOf, type ProjectPaths, readConfig, readModel } from '../../project/read-model.ts';
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
}

/** Throws `CliError` that names what is missing. */
export async function readProject(paths: ProjectPaths): Promise<Project> {
  const environments = readEnvironments(paths.config);
  const { config } = environments[0];
  const main = mainOf(config, paths.config);
  const { path: modelPath, model } = await readModel(main, paths.model);
  const bundlePath = join(dirname(modelPath), 'migrations/index.ts');
  const bundle = existsSync(bundlePath) ? (await importFile<{ bundle: MigrationBundle }>(bundlePath)).bundle : null;
  const { exports } = await bundleWorker(main, null, config.define).catch((error: Error) => {
    throw new CliError(error.message);
  });
  return { environments, exports, model, worker: await readWorkerOptions(main), bundle };
}

function readEnvironments(path: string): readonly [Environment, ...Environment[]] {
  const config = readConfig(path, '');
  const names: readonly string[] = config.definedEnvironments ?? [];
  return [{ name: null, config }, ...names.map((name) => ({ name, config: readConfig(path, name) }))];
}
