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
  args: [VITEST, 'run', '--project', project, ...files],
  env: { [variable]: String(size), SEED: String(seed) },
});
