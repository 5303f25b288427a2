/** Runs a script of the project in a process of its own. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

const PROJECT = join(import.meta.dirname, '../..');

export interface FinishedScript {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Never waits synchronously: while a test stands still, a server closes its idle connections, and the next request is
 * sent into a closed one.
 */
export function runScript(...args: readonly string[]): Promise<FinishedScript> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: PROJECT, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}
