/** wrangler as a process of its own: it knows the account, and its commands are what its documentation describes. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export const WRANGLER = join(
  dirname(createRequire(import.meta.url).resolve('wrangler/package.json')),
  'bin/wrangler.js',
);

/** What a command of wrangler has answered. */
export interface WranglerAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

interface AskOptions {
  /** What it reads from its standard input, such as a secret, which no argument may have: other users of a machine see those. */
  readonly input?: string;
  /** Environment variables, beside those of this process. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a command of wrangler that asks nothing at the terminal. */
export function askWrangler(args: readonly string[], options: AskOptions = {}): Promise<WranglerAnswer> {
  // Questions would wait for ever, and colours stand between the words that are looked for.
  const env = {
    ...process.env,
    CI: 'true',
    NO_COLOR: '1',
    FORCE_COLOR: '0',
    WRANGLER_HIDE_BANNER: 'true',
    ...options.env,
  };
  const child = spawn(process.execPath, [WRANGLER, ...args], { env, stdio: 'pipe' });
  const [stdout, stderr] = [child.stdout, child.stderr].map(collect) as [() => string, () => string];
  child.stdin.on('error', () => {});
  child.stdin.end(options.input ?? '');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, stdout: stdout(), stderr: stderr() }));
  });
}

/** Runs a command of wrangler in the terminal of this process. Gives its exit code. */
export function runWrangler(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [WRANGLER, ...args], { stdio: 'inherit' });
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString();
}
