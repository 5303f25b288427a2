import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { availableParallelism, cpus, loadavg, release } from 'node:os';

/** What a figure depends on besides the code. */
export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly kernel: string;
  readonly node: string;
  readonly workerd: string;
  /** Processes that wanted to run, on average over the last minute. Above 2 at the start, others were at work. */
  readonly load: number;
}

export const describeMachine = (): Machine => ({
  cores: availableParallelism(),
  cpu: cpus()[0]?.model ?? 'unknown',
  kernel: release(),
  node: process.version,
  workerd: createRequire(import.meta.url)('workerd/package.json').version,
  load: Number(loadavg()[0]!.toFixed(2)),
});

/** Short id of the commit, with `-dirty` if files differ from it; `unversioned` where git knows nothing of the sources. */
export function describeCommit(): string {
  const { status, stdout } = spawnSync('git', ['describe', '--always', '--dirty', '--exclude=*'], { encoding: 'utf8' });
  return status === 0 ? stdout.trim() : 'unversioned';
}
