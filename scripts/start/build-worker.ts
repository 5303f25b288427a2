import { dirname, join } from 'node:path';
import { bindingProblems } from '../project/binding-problems.ts';
import { findConfig, storageScript } from '../project/storage-config.ts';
import { bundleWorker } from './bundle-worker.ts';
import { StartError } from './start-error.ts';
import { readWorkerConfig, type WorkerConfig } from './worker-config.ts';

/** A configuration whose Worker is bundled, and that of its Durable Objects too where they are a Worker of their own. */
export interface BuiltWorker extends WorkerConfig {
  readonly storage: StorageWorker | null;
}

export interface StorageWorker {
  readonly config: WorkerConfig;
  readonly bundlePath: string;
}

/**
 * Reads a configuration, bundles its Worker to `outfile`, and that of its Durable Objects to `storage.js` beside it, and compares
 * them with what they are bound to. Throws `StartError` with all that is wrong.
 */
export async function buildWorker(configPath: string, outfile: string): Promise<BuiltWorker> {
  const config = readWorkerConfig(configPath);
  const script = storageScript(config.config);
  const [, storage] = await Promise.all([
    bundleConfigured(config, configPath, outfile),
    script === null ? null : buildStorage(configPath, script, join(dirname(outfile), 'storage.js')),
  ]);
  return { ...config, storage };
}

async function buildStorage(apiPath: string, script: string, bundlePath: string): Promise<StorageWorker> {
  const path = findConfig(apiPath, script, '');
  if (path === null) {
    throw new StartError(
      `Expected a configuration of the Worker ${script} beside ${apiPath}, which names it as script_name, but found none.`,
    );
  }
  const config = readWorkerConfig(path);
  await bundleConfigured(config, path, bundlePath);
  return { config, bundlePath };
}

async function bundleConfigured(config: WorkerConfig, path: string, outfile: string): Promise<void> {
  const { exports, isShardql } = await bundleWorker(config.main, outfile, config.define);
  // Other Workers bind what they like.
  const problems = isShardql ? bindingProblems(config.config, exports) : [];
  if (problems.length > 0) throw new StartError(problems.map((problem) => `${path}: ${problem}`).join('\n'));
}
