import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Unstable_Config } from 'wrangler';
import type { MigrationBundle, Model } from '../../../src/model/types.ts';
import { importFile } from '../../project/import-file.ts';
import { loadWrangler } from '../../project/load-wrangler.ts';
import { bundleWorker } from '../../start/bundle-worker.ts';
import { CliError } from '../cli-error.ts';

/** What the doctor examines. */
export interface Project {
  /** The configuration as it is without `--env`, then that of each `env.<name>`. */
  readonly environments: readonly Environment[];
  /** Names that the Worker's module exports. */
  readonly exports: readonly string[];
  readonly model: Model;
  /** Null: none was made yet. */
  readonly bundle: MigrationBundle | null;
}

export interface Environment {
  /** Null: the one without `--env`. */
  readonly name: string | null;
  readonly config: Unstable_Config;
}

export interface ProjectPaths {
  /** wrangler.toml. */
  readonly config: string;
  /** The model file; looked for beside `main`, and in `schema/` beside it, if left out. */
  readonly model?: string;
}

/** Throws `CliError` that names what is missing. */
export async function readProject(paths: ProjectPaths): Promise<Project> {
  const environments = readEnvironments(paths.config);
  const { main, define } = environments[0]!.config;
  if (main === undefined) throw new CliError(`Expected ${paths.config} to name the Worker as "main", but it does not.`);
  const modelPath = resolve(paths.model ?? findModel(main));
  const { default: model } = await importFile<{ default?: Model }>(modelPath);
  if (!model?.physicalTables) throw new CliError(`Expected ${modelPath} to export a model by default, but got none.`);
  const bundlePath = join(dirname(modelPath), 'migrations/index.ts');
  const bundle = existsSync(bundlePath) ? (await importFile<{ bundle: MigrationBundle }>(bundlePath)).bundle : null;
  const { exports } = await bundleWorker(main, null, define).catch((error: Error) => {
    throw new CliError(error.message);
  });
  return { environments, exports, model, bundle };
}

function readEnvironments(path: string): readonly [Environment, ...Environment[]] {
  if (!existsSync(path)) throw new CliError(`Expected a wrangler.toml at ${path}, but found no file.`);
  const { unstable_readConfig } = loadWrangler();
  // An empty name is the configuration without `--env`, also where CLOUDFLARE_ENV names another.
  const read = (env: string) => unstable_readConfig({ config: path, env }, { hideWarnings: true });
  try {
    const config = read('');
    const names: readonly string[] = config.definedEnvironments ?? [];
    const named = names.map((name) => ({ name, config: read(name) }));
    return [{ name: null, config }, ...named];
  } catch (error) {
    throw new CliError(`Cannot use ${path}: ${(error as Error).message.trim().split('\n')[0]}`);
  }
}

function findModel(main: string): string {
  const places = ['model.ts', 'schema/model.ts'].map((name) => join(dirname(main), name));
  const found = places.find((path) => existsSync(path));
  if (found) return found;
  throw new CliError(`Expected a model at ${places.join(' or ')}, but found none. Name it with --model.`);
}
