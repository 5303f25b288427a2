import { bindingProblems } from '../project/binding-problems.ts';
import { bundleWorker } from './bundle-worker.ts';
import { StartError } from './start-error.ts';
import { readWorkerConfig, type WorkerConfig } from './worker-config.ts';

/** Reads a configuration, bundles its Worker to `outfile`, and compares the two. Throws `StartError` with all that is wrong. */
export async function buildWorker(configPath: string, outfile: string): Promise<WorkerConfig> {
  const config = readWorkerConfig(configPath);
  const { exports, isShardql } = await bundleWorker(config.main, outfile, config.define);
  // Other Workers bind what they like.
  const problems = isShardql ? bindingProblems(config.config, exports) : [];
  if (problems.length > 0) throw new StartError(problems.map((problem) => `${configPath}: ${problem}`).join('\n'));
  return config;
}
