import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** A process id alone may have been given to another process since; with its start time it names one process for good. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the process started, in the system's own form; only ever compared for equality. */
  readonly started: string;
}

/** Null if no such process runs. */
export function identify(pid: number): ProcessIdentity | null {
  const started = startOf(pid);
  return started === null ? null : { pid, started };
}

export const isRunning = ({ pid, started }: ProcessIdentity): boolean => startOf(pid) === started;

/** Ends the process if it still runs, and waits until it has gone. */
export async function endProcess(identity: ProcessIdentity, deadlineMs = 5_000): Promise<boolean> {
  const end = Date.now() + deadlineMs;
  while (isRunning(identity)) {
    if (Date.now() > end) return false;
    try {
      process.kill(identity.pid, 'SIGKILL');
    } catch {
      return !isRunning(identity);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return true;
}

function startOf(pid: number): string | null {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
    }
    // The name in parentheses may hold spaces and parentheses, so fields are counted from its end (proc(5)).
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const state = fields[0];
    return state === 'Z' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
