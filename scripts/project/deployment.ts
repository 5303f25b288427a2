import { relative, resolve } from 'node:path';
import type { Unstable_Config } from 'wrangler';
import { CliError } from '../cli/cli-error.ts';
import { readConfig } from './read-model.ts';
import { findConfig, storageScript } from './storage-config.ts';

/** A configuration of wrangler, as it is in one environment. */
export interface ConfigFile {
  readonly path: string;
  readonly config: Unstable_Config;
}

/** The Workers that are deployed together, in one environment. */
export interface Deployment {
  /** Empty: the one without `--env`. */
  readonly env: string;
  readonly api: ConfigFile;
  /** That of the Durable Objects; null: they are the API's own. */
  readonly storage: ConfigFile | null;
}

/** Throws `CliError` if a configuration cannot be used, lacks the environment, or names a Worker for the shards that none configures. */
export function readDeployment(configPath: string, env: string): Deployment {
  const api = readFile(configPath, env);
  const script = storageScript(api.config);
  if (script === null) return { env, api, storage: null };
  const path = findConfig(configPath, script, env);
  if (path === null) {
    throw new CliError(
      `Expected a configuration of the Worker ${script} beside ${configPath}, since its bindings name it as script_name, but found none.`,
    );
  }
  return { env, api, storage: readFile(path, env) };
}

/** Both, with the one first that the other one's bindings lead to. */
export const configsOf = ({ api, storage }: Deployment): readonly ConfigFile[] =>
  storage === null ? [api] : [storage, api];

function readFile(given: string, env: string): ConfigFile {
  const path = relative(process.cwd(), resolve(given));
  const names = readConfig(path, '').definedEnvironments ?? [];
  if (env !== '' && !names.includes(env)) {
    const found = names.length > 0 ? names.join(', ') : 'none';
    throw new CliError(
      `Expected an environment ${env} in ${path}, but found ${found}. docs/deploying.md shows how to write one.`,
    );
  }
  return { path, config: readConfig(path, env) };
}
