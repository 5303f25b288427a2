import { execFileSync } from 'node:child_process';
import type { ServerProcess } from '../server.ts';

/** The process and all its descendants: workerd must not live on to finish what Node was asked for. */
export function killTree(server: ServerProcess): Promise<void> {
  const table = execFileSync('ps', ['-e', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const parents = table
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as [number, number]);
  const doomed = [server.process.pid!];
  for (const pid of doomed) doomed.push(...parents.filter(([, parent]) => parent === pid).map(([child]) => child));
  const ended = new Promise<void>((resolve) => server.process.once('exit', () => resolve()));
  for (const pid of doomed) process.kill(pid, 'SIGKILL');
  return ended;
}
