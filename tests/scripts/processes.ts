/** Looks at processes of this machine (Linux, where the tests run). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The runtime's process id, as noted in the data folder. */
export const workerdOf = (data: string): number =>
  JSON.parse(readFileSync(join(data, 'owner.json'), 'utf8')).workerd.pid;

/** A process that has ended but was not yet waited for (Z) counts as ended. */
export function isAlive(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2)[0] !== 'Z';
  } catch {
    return false;
  }
}

/** Children of a process that run the watchdog. */
export const watchdogsOf = (parent: number): number[] =>
  readdirSync('/proc')
    .filter(
      (name) => /^\d+$/.test(name) && parentOf(name) === parent && read(`/proc/${name}/cmdline`).includes('watchdog'),
    )
    .map(Number);

const parentOf = (pid: string): number => Number(/^PPid:\s+(\d+)$/m.exec(read(`/proc/${pid}/status`))?.[1]);

/** Empty if the process has ended meanwhile. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
