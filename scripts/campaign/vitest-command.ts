import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Campaign } from './campaigns.ts';

export interface VitestCommand {
  /** Arguments of Node. */
  readonly args: readonly string[];
  /** What the tests find in the environment besides what is there. */
  readonly env: Readonly<Record<string, string>>;
}

const VITEST = join(dirname(createRequire(import.meta.url).resolve('vitest/package.json')), 'vitest.mjs');

/** The command that runs a campaign's tests; to be run in the project's root. */
export const vitestCommand = (
  { project, files, variable }: Campaign,
  { size, seed }: { readonly size: number; readonly seed: number },
): VitestCommand => ({
  // A time limit is for the share of the runs that `npm test` has. Tests whose own limits grow with their size keep these.
  args: [VITEST, 'run', '--project', project, '--testTimeout=0', ...files],
  env: { [variable]: String(size), SEED: String(seed) },
});
