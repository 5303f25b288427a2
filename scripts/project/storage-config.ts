/** Finds the Worker of the Durable Objects of an API, where they are a Worker of their own. */
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { Unstable_Config } from 'wrangler';
import { readWranglerConfig } from './wrangler-config.ts';

const CONFIG_FILE = /^wrangler.*\.(?:toml|jsonc?)$/;

/** Name of the Worker that the shards are bound from; null: they are this one's own. */
export function storageScript({ name, durable_objects }: Unstable_Config): string | null {
  const script = durable_objects.bindings.find((binding) => binding.name === 'SHARD')?.script_name;
  return script === undefined || script === name ? null : script;
}

/**
 * The file beside `path` that configures the Worker of this name; null: there is none. Names of environments are part of those of Workers.
 *
 * @param env an environment of wrangler; empty: none.
 */
export function findConfig(path: string, script: string, env: string): string | null {
  const folder = dirname(resolve(path));
  const others = readdirSync(folder)
    .filter((file) => CONFIG_FILE.test(file))
    .map((file) => join(folder, file))
    .filter((file) => file !== resolve(path));
  return others.find((file) => nameOf(file, env) === script) ?? null;
}

function nameOf(path: string, env: string): string | undefined {
  try {
    return readWranglerConfig(path, env).name;
  } catch {
    // It is another Worker's, or would be found wrong where it is used.
    return undefined;
  }
}
