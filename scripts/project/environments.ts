import { relative } from 'node:path';
import type { Unstable_Config } from 'wrangler';
import type { ConfigFile } from './deployment.ts';
import { readConfig } from './read-model.ts';
import { findConfig, storageScript } from './storage-config.ts';

/** What one environment of the configurations deploys. */
export interface EnvironmentConfigs {
  /** Null: the one without `--env`. */
  readonly name: string | null;
  readonly config: Unstable_Config;
  /** Null: the Durable Objects are the API's own, or no configuration of their Worker was found. */
  readonly storage: ConfigFile | null;
}

/** The configuration as it is without `--env`, then that of each `env.<name>`. Throws `CliError` where wrangler cannot use a file. */
export function readEnvironments(path: string): readonly [EnvironmentConfigs, ...EnvironmentConfigs[]] {
  const config = readConfig(path, '');
  const names: readonly string[] = config.definedEnvironments ?? [];
  return [environmentOf(path, null, config), ...names.map((name) => environmentOf(path, name, readConfig(path, name)))];
}

function environmentOf(path: string, name: string | null, config: Unstable_Config): EnvironmentConfigs {
  const script = storageScript(config);
  const found = script === null ? null : findConfig(path, script, name ?? '');
  const storage =
    found === null ? null : { path: relative(process.cwd(), found), config: readConfig(found, name ?? '') };
  return { name, config, storage };
}
