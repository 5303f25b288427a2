import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** The whole server side has one core, the load the other: neither can help or disturb the other. */
export const SERVER_CORE = '0';
export const LOAD_CORE = '1';

/** Pins this process with all its threads to the load core. Throws where that cannot be done. */
export function pinToLoadCore(): void {
  if (process.platform !== 'linux' || availableParallelism() < 2) {
    throw new Error('Expected Linux with at least two cores, but got another machine: figures would mean nothing.');
  }
  execFileSync('taskset', ['--all-tasks', '--pid', '--cpu-list', LOAD_CORE, String(process.pid)], { stdio: 'ignore' });
}

/** The command, pinned to the server core with everything it starts. */
export const onServerCore = (command: readonly string[]): readonly [string, ...string[]] => [
  'taskset',
  '--cpu-list',
  SERVER_CORE,
  ...command,
];
