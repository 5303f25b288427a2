import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Unstable_Config } from 'wrangler';
import type { Model } from '../../src/model/types.ts';
import { CliError } from '../cli/cli-error.ts';
import { importFile } from './import-file.ts';
import { readWranglerConfig } from './wrangler-config.ts';

export interface ProjectPaths {
  /** wrangler.toml. */
  readonly config: string;
  /** The model file; looked for beside `main`, and in `schema/` beside it, if left out. */
  readonly model?: string;
}

export interface ProjectModel {
  readonly path: string;
  readonly model: Model;
}

/** Throws `CliError` where wrangler cannot use the file. An empty `env` is the configuration without `--env`, also where CLOUDFLARE_ENV names another. */
export function readConfig(path: string, env: string): Unstable_Config {
  if (!existsSync(path)) throw new CliError(`Expected a wrangler.toml at ${path}, but found no file.`);
  try {
    return readWranglerConfig(path, env);
  } catch (error) {
    throw new CliError(`Cannot use ${path}: ${(error as Error).message.trim().split('\n')[0]}`);
  }
}

/** The file that `main` of the configuration names. Throws `CliError` if it names none. */
export function mainOf({ main }: Unstable_Config, path: string): string {
  if (main === undefined) throw new CliError(`Expected ${path} to name the Worker as "main", but it does not.`);
  return main;
}

/** Loads a model file. Throws `CliError` that says what is wrong with it. */
export async function readModel(file: string): Promise<ProjectModel> {
  const path = resolve(file);
  const { default: model } = await importFile<{ default?: Model }>(path);
  if (!model?.physicalTables) {
    throw new CliError(
      `Expected ${path} to export a model by default, but got ${typeof model}. Export defineModel(…).`,
    );
  }
  return { path, model };
}

/** The model file of a Worker, by convention. Throws `CliError` that names the places. */
export function findModel(main: string): string {
  const places = ['model.ts', 'schema/model.ts'].map((name) => join(dirname(main), name));
  const found = places.find((path) => existsSync(path));
  if (found) return found;
  throw new CliError(`Expected a model at ${places.join(' or ')}, but found none. Name it with --model.`);
}
