import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from '../support/free-port.ts';

const PROJECT = join(import.meta.dirname, '../..');
const COUNTER_CONFIG = join(import.meta.dirname, 'counter/wrangler.toml');

export interface Run {
  readonly child: ChildProcess;
  readonly port: number;
  readonly data: string;
  /** The `ready` line's address; rejects if the process ends without. */
  readonly ready: Promise<string>;
  /** Exit code and everything printed. */
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
  get(path: string): Promise<Response>;
}

/** An empty folder that goes when the test ends. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'shardql-start-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));
  return folder;
}

/** Runs `npm start`'s script as a process of its own, with the counter's Worker unless `args` name another. */
export async function runStart(
  options: {
    readonly data?: string;
    readonly port?: number;
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    /** Through a shell, as npm does, which then is `child`. */
    readonly asNpm?: boolean;
    /** Gets what ends the process; by default that happens when the test ends. */
    readonly onEnd?: (end: () => void) => void;
  } = {},
): Promise<Run> {
  const { data = makeFolder(), port = await freePort(), args = ['--config', COUNTER_CONFIG], env = {} } = options;
  const { onEnd = onTestFinished, asNpm = false } = options;
  const command = [process.execPath, 'scripts/start.ts', '--data', data, ...args];
  // Something after it, so that the shell stays beside it.
  const [program, ...rest] = asNpm ? ['sh', '-c', `${command.map((part) => `'${part}'`).join(' ')}; exit`] : command;
  const child = spawn(program!, rest, {
    cwd: PROJECT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PORT: String(port), ...(asNpm && { npm_lifecycle_event: 'start' }), ...env },
  });
  onEnd(() => {
    child.kill('SIGTERM');
  });
  let output = '';
  const ended = new Promise<{ code: number | null; output: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, output })),
  );
  const ready = new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk;
        const address = /^ready (\S+)$/m.exec(output)?.[1];
        if (address) resolve(address);
      });
    }
    ended.then(({ code }) => reject(new Error(`ended with ${code} before it was ready: ${output}`)));
  });
  // Tests of refusals look at `ended` alone.
  ready.catch(() => {});
  return { child, port, data, ready, ended, get: (path) => fetch(`http://127.0.0.1:${port}${path}`) };
}
